"""Writes the engine's YAML: the same bytes for the same data, expressions over several lines kept readable."""

from __future__ import annotations

import yaml

HEAD = "# Written by regiowacht from the region folder; change that, not this file.\n"


class _Dumper(yaml.SafeDumper):
    """Block style for texts of several lines, no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


def to_yaml(document: dict[str, object]) -> bytes:
    """Return ``document`` as YAML in the order of its keys, UTF-8, with a line saying where it comes from."""
    body = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6)
    return (HEAD + body).encode()

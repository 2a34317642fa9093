"""The page of audit rules: each with its reason, remedy, parameters, references and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.judge.baseline import find_baseline, shipped
from regiowacht_audit.judge.rule import SEVERITIES, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.judge.schema import Example, RuleFile

PATH = "reference/audit-rules.md"
HEADER = """# Audit rules

What [`regiowacht audit check`](commands.md) asks of a configuration. A rule speaks of facts, never of a vendor's
commands: which platforms tell the facts, and the cases that prove it, stand in [the matrix](audit-matrix.md). What a
configuration does not tell is `n/a`, never a pass; of an excerpt nothing is said that rests on an absence.

Parameters are set by a baseline; `minimal` and `recommended` come with the product, and a region may add its own under
`baselines/`. How a rule is added: [Add an audit rule or a platform](../how-to/add-an-audit-rule.md). References name
documents by their own numbers or titles; nothing of their text stands here.

"""
REFERENCES = {
    "stig": "DISA STIG Cisco IOS XE Switch NDM", "cyfun": "CyberFundamentals 2023", "bio": "BIO 1.04, chapter",
    "cis": "CIS Cisco IOS 17.x v1.0.0, item", "csf": "NIST CSF 2.0",
}  # fmt: skip


def page() -> str:
    """Return the page as Markdown."""
    rows = [f"| [{rule.id}](#{_anchor(rule)}) | {rule.title.en} | {rule.severity} |" for rule in _by_severity()]
    table = "\n".join(["| rule | asks | severity |", "| --- | --- | --- |", *rows])
    return HEADER + table + "\n" + "\n".join(line for rule in rules() for line in _rule(rule))


def _by_severity() -> list[RuleFile]:
    return sorted(rules(), key=lambda rule: (SEVERITIES.index(rule.severity), rule.id))


def _anchor(rule: RuleFile) -> str:
    kept = "".join(char for char in f"{rule.id} {rule.title.en}".lower() if char.isalnum() or char in " -")
    return kept.replace(" ", "-")


def _rule(rule: RuleFile) -> Iterator[str]:
    yield f"\n## {rule.id} {rule.title.en}\n"
    yield f"**{rule.title.nl}** · {rule.severity}\n"
    yield f"{rule.reason.en}\n"
    yield f"*{rule.reason.nl}*\n"
    yield f"**Remedy.** {rule.remedy.en}\n"
    yield f"*{rule.remedy.nl}*\n"
    yield from _params(rule)
    told = [f"{REFERENCES[kind]} {text}" for reference in rule.refs for kind, text in reference.items()]
    if told:
        yield f"References: {'; '.join(told)}.\n"
    yield from _example("Good", rule.good)
    yield from _example("Bad", rule.bad)


def _params(rule: RuleFile) -> Iterator[str]:
    if not rule.params:
        return
    names = shipped()
    yield f"| parameter | default | {' | '.join(f'`{name}`' for name in names)} |"
    yield "| --- | --- |" + " --- |" * len(names)
    for param, value in rule.params.items():
        cells = [find_baseline(name).params[rule.id][param] for name in names]
        yield "| " + " | ".join([f"`{param}`", _shown(value), *map(_shown, cells)]) + " |"
    yield ""


def _shown(value: object) -> str:
    text = (
        ", ".join(map(str, value))
        if isinstance(value, list)
        else str(value).lower()
        if value in (True, False)
        else str(value)
    )
    return f"`{text.replace('|', chr(92) + '|')}`" if text else "-"


def _example(title: str, example: Example) -> Iterator[str]:
    yield f"{title} ({example.platform}):\n"
    yield f"```text\n{example.config.rstrip()}\n```\n"

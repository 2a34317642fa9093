"""Says in plain words what libyaml could not read."""

from __future__ import annotations

import yaml

from regiowacht_contract.errors import Problem

_TEXTS = (
    # what libyaml says (part of it), and the key of what we say
    ("mapping values are not allowed", "inventory.yaml-colon"),
    ("could not find expected ':'", "inventory.yaml-no-colon"),
    ("did not find expected key", "inventory.yaml-indent"),
    ("did not find expected '-' indicator", "inventory.yaml-indent"),
    ("block sequence entries are not allowed", "inventory.yaml-indent"),
    ("did not find expected ',' or '}'", "inventory.yaml-brace"),
    ("did not find expected ',' or ']'", "inventory.yaml-bracket"),
    ("did not find expected node content", "inventory.yaml-bracket"),
    ("unexpected end of stream", "inventory.yaml-quote"),
    ("unexpected document indicator", "inventory.yaml-quote"),
    ("cannot start any token", "inventory.yaml-character"),
    ("unknown escape character", "inventory.yaml-escape"),
    ("found undefined alias", "inventory.yaml-alias"),
    ("but found another document", "inventory.yaml-documents"),
    ("expected <document start>", "inventory.yaml-after"),
    ("maximum nesting depth", "inventory.yaml-deep"),
    ("control characters are not allowed", "inventory.yaml-control"),
)


def explain_yaml_error(file: str, content: bytes, error: yaml.YAMLError) -> Problem:
    """Return the problem behind a YAMLError, at the line where a person should look."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    line = _line(content, error)
    if _has_tab(content, line, error):
        return Problem(file, line, "inventory.yaml-tab")
    context = str(getattr(error, "context", None) or "")
    for part, key in _TEXTS:
        if part in said or (part in context and not said):
            return Problem(file, line, key)
    return Problem(file, line, "inventory.yaml-other", {"said": said or "?"})


def _line(content: bytes, error: yaml.YAMLError) -> int:
    if isinstance(error, yaml.reader.ReaderError):
        return content[: error.position].count(b"\n") + 1
    said = str(getattr(error, "problem", None) or "")
    # An unclosed quote or brace is found where it can go on no longer; it began where its context says.
    begins_earlier = (
        "end of stream" in said or "document indicator" in said or "expected ':'" in said or "expected ','" in said
    )
    first, second = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    mark = (second or first) if begins_earlier else (first or second)
    last = content.rstrip().count(b"\n") + 1  # what is missing at the end is missing on the last line with text
    return min(int(mark.line) + 1, last) if mark is not None else 1


def _has_tab(content: bytes, line: int, error: yaml.YAMLError) -> bool:
    lines = content.split(b"\n")
    if not 1 <= line <= len(lines):
        return False
    text = lines[line - 1]
    indent = text[: len(text) - len(text.lstrip())]
    mark = getattr(error, "problem_mark", None)
    at = mark.column if mark is not None and mark.line == line - 1 else 0
    return b"\t" in indent or text.decode("utf-8", "replace")[at : at + 1] == "\t"

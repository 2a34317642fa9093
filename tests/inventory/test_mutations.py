"""Whatever a person does to a line, the loader answers with a Region or with problems, never with a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from regiowacht_contract.errors import RegionInvalid
from regiowacht_contract.texts import LANGS
from regiowacht_inventory import Region, example_path, load
from tests.inventory.base import write_base

FILES = {
    str(path.relative_to(example_path())): path.read_text(encoding="utf-8")
    for path in sorted(example_path().rglob("*.yml"))
}
LINES = [(file, number) for file, text in FILES.items() for number in range(text.count("\n"))]
JUNK = st.one_of(
    st.sampled_from(
        ["", "\t", "{", "}", "[", "]", "'", '"', ":", "- ", "? ", "*x", "&x", "!x", "|", ">", "---", "...", "%", "~"]
    ),
    st.sampled_from(
        ["a: b", "  - {name: x}", "sites:", "name: [a]", "id: {}", "devices: 1", "<<: *x", "null", "0x1f", "1e9"]
    ),
    st.text(max_size=30),
)


def answer_of(folder: Path) -> Region | RegionInvalid:
    try:
        return load(folder)
    except RegionInvalid as error:
        return error


@settings(max_examples=150, deadline=None)
@given(edits=st.lists(st.tuples(st.sampled_from(LINES), st.none() | JUNK, st.booleans()), min_size=1, max_size=4))
def test_any_edit_of_lines_gives_a_region_or_problems(edits: list[tuple[tuple[str, int], str | None, bool]]) -> None:
    lines = {file: text.split("\n") for file, text in FILES.items()}
    for (file, number), junk, keeps_indent in edits:
        line = lines[file][number]
        indent = line[: len(line) - len(line.lstrip())] if keeps_indent else ""
        lines[file][number] = "" if junk is None else indent + junk
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_base(folder, {file: "\n".join(text) for file, text in lines.items()})
        answer = answer_of(folder)
        if isinstance(answer, RegionInvalid):
            assert answer.problems
            for problem in answer.problems:
                assert problem.file.startswith(str(folder))
                assert all(problem.message(lang) for lang in LANGS)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_give_problems(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_base(folder, FILES)
        (folder / "gemeenten" / "zandbeke.yml").write_bytes(content)
        answer = answer_of(folder)
        assert isinstance(answer, RegionInvalid)
        assert answer.problems

"""The HTML report: one file, in one language, in which nothing that a device or a person wrote becomes code."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from regiowacht_audit.judge.finding import LINES_MAX
from regiowacht_audit.report.html import ROWS_SHOWN, run_as_html
from tests.audit.report.samples import CANARY, HOSTILE, IOS, judged, unread

NOW_S = 1_767_225_600.0


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_what_a_device_says_is_text_and_never_code() -> None:
    hostile = judged(gemeente='"><img src=x>', device="x' onload='y")
    page = Tags(run_as_html(f"Regio {HOSTILE}", [judged(), hostile], NOW_S, "en"))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "iframe", "object", "link", "form"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert HOSTILE in "".join(page.words)


def test_a_row_of_a_device_stands_there_as_it_is() -> None:
    device = judged(text="hostname sw-1\nsnmp-server community public RO <b>&amp;\nline vty 0 4\nend\n")
    words = "".join(Tags(run_as_html("Regio", [device], NOW_S, "en")).words)
    assert "snmp-server community public RO <b>&amp;" in words


def test_it_is_one_file_that_asks_for_nothing() -> None:
    page = run_as_html("Regio", [judged(), unread()], NOW_S, "nl")
    assert not re.search(r"\bsrc\s*=|\bhref\s*=\s*[\"']?[^#\"']", page)
    assert "@import" not in page
    assert "url(" not in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("nl", ("Configuratie-audit Regio", "Wat te doen", "kritiek", "Niet gelezen", "laat niet binnen")),
        ("en", ("Configuration audit Regio", "What to do", "critical", "Not read", "does not let in")),
    ],
)
def test_it_is_in_one_language(lang: str, words: tuple[str, ...]) -> None:
    page = run_as_html("Regio", [judged(), unread()], NOW_S, lang)  # type: ignore[arg-type]
    assert f'<html lang="{lang}">' in page
    assert [word for word in words if word not in page] == []


def test_no_secret_is_in_it_and_its_fingerprint_is() -> None:
    device = judged()
    page = run_as_html("Regio", [device], NOW_S, "en")
    assert CANARY not in page
    assert "&lt;secret:" in page


def test_every_device_is_in_the_table_and_has_its_place() -> None:
    page = Tags(run_as_html("Regio", [judged(), judged("oosthove"), unread()], NOW_S, "en"))
    asked = [str(attributes["href"])[1:] for tag, attributes in page.tags if tag == "a"]
    places = [attributes["id"] for tag, attributes in page.tags if tag == "h2"]
    assert asked == places == ["zandbeke-sw-1", "oosthove-sw-1", "oosthove-sw-9"]


def test_the_gravest_stands_first() -> None:
    page = run_as_html("Regio", [judged()], NOW_S, "en")
    order = re.findall(r'<article><h3><span class="tag (\w+)">', page)
    grades = ["critical", "high", "medium", "low"]
    assert order == sorted(order, key=grades.index)
    assert len(order) > 5


def test_many_rows_are_told_as_a_number() -> None:
    ports = "".join(f"snmp-server community public{n} RW\n" for n in range(20))
    page = run_as_html("Regio", [judged(text=f"hostname sw-1\n{ports}line vty 0 4\nend\n")], NOW_S, "en")
    assert f"… +{LINES_MAX - ROWS_SHOWN}" in page


def test_the_same_audit_gives_the_same_bytes() -> None:
    assert run_as_html("Regio", [judged()], NOW_S, "nl") == run_as_html("Regio", [judged()], NOW_S, "nl")
    assert judged().platform is IOS

"""Configurations as JSON and as XML: values are judged behind the names that enclose them, wherever they stand."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_audit.scrub import scrub
from regiowacht_audit.scrub.leaves import leaves

JUNOS: dict[str, Any] = {
    "configuration": {
        "system": {
            "host-name": "rt-zandbeke-1",
            "login": {
                "user": [{"name": "beheer", "class": "super-user", "authentication": {"encrypted-password": "«1»"}}],
                "message": "Toegang alleen voor bevoegden",
            },
            "radius-server": [{"name": "10.1.1.1", "port": 1812, "secret": "«2»"}],
            "ntp": {"authentication-key": [{"name": 1, "type": "md5", "value": "«3»"}]},
        },
        "snmp": {
            "location": "Markt 1",
            "community": [{"name": "«4»", "authorization": "read-only", "clients": [{"name": "10.0.0.0/8"}]}],
        },
        "security": {"ike": {"policy": [{"name": "P", "mode": "main", "pre-shared-key": {"ascii-text": "«5»"}}]}},
        "interfaces": {"interface": [{"name": "ge-0/0/0", "description": "uplink", "mtu": 9192}]},
    }
}
CANARIES = ["zomerhuis", "Kq7aX0bZ9cY8", "9001234567", "p@$%w!", "welkom bij ons"]
FORMS: dict[str, dict[str, Any]] = {
    "rows": {"indent": 4},
    "one row": {"separators": (",", ":")},
    "one row with blanks": {},
}


def with_canaries(text: str) -> str:
    for number, canary in enumerate(CANARIES, 1):
        text = text.replace(f"«{number}»", canary)
    return text


@pytest.mark.parametrize("form", FORMS)
def test_a_configuration_in_json_loses_its_secrets_and_nothing_else(form: str) -> None:
    marked = json.dumps(JUNOS, ensure_ascii=False, **FORMS[form])
    got = scrub(with_canaries(marked), "statements").text
    assert json.loads(got) == json.loads(with_marks_hidden(marked))
    assert got.count("\n") == marked.count("\n")


def with_marks_hidden(text: str) -> str:
    for number in range(1, len(CANARIES) + 1):
        text = text.replace(f"«{number}»", "<secret>")
    return text


def element(name: str, value: object) -> ElementTree.Element:
    made = ElementTree.Element(name)
    if isinstance(value, dict):
        for key, inner in value.items():
            made.extend(element(key, one) for one in (inner if isinstance(inner, list) else [inner]))
    else:
        made.text = str(value)
    return made


@pytest.mark.parametrize("is_indented", [True, False])
def test_a_configuration_in_xml_loses_its_secrets_and_nothing_else(*, is_indented: bool) -> None:
    root = element("configuration", JUNOS["configuration"])
    if is_indented:
        ElementTree.indent(root)
    marked = ElementTree.tostring(root, encoding="unicode")
    got = scrub(with_canaries(marked), "statements").text
    assert got == with_marks_hidden(marked)


def test_a_value_of_several_rows_keeps_their_number() -> None:
    text = "<configuration>\n  <a>\n    <secret>\n      zomer\n      huis\n    </secret>\n  </a>\n</configuration>"
    got = scrub(text, "statements").text
    assert got.count("\n") == text.count("\n")
    assert not any(word in got for word in ("zomer", "huis"))
    assert got.startswith("<configuration>\n  <a>\n    <secret>\n      <secret>")


@pytest.mark.parametrize("cut", range(20, 400, 7))
def test_a_document_that_is_cut_off_is_read_as_far_as_it_goes(cut: int) -> None:
    for text in (json.dumps({"snmp": {"community": [{"name": "zomerhuis"}]}, "more": "x" * 400}), "<a><b>x</b>" * 60):
        assert scrub(text[:cut], "statements").text.find("zomerhuis") == -1


@given(st.text(alphabet='{}[]":,\\ \nab<>/!-?=', max_size=300))
def test_whatever_stands_there_values_lie_within_the_text_and_in_order(text: str) -> None:
    for syntax in ("statements", "indent"):
        for start in ('{"a":', "<a><b>", ""):
            behind = 0
            for leaf in leaves(start + text, syntax):
                assert behind <= leaf.begin <= leaf.end <= len(start + text)
                behind = leaf.end


def test_other_configurations_are_no_documents() -> None:
    for text in (
        "system {\n    host-name x;\n}",
        "<HP>display current-configuration\n#\n version 7.1\n#",
        "hostname x",
    ):
        assert list(leaves(text, "statements")) == []

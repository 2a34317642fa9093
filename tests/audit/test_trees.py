"""Each syntax family becomes one tree of lines, with the numbers that the file has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.document import read_text
from regiowacht_audit.platform import find_platform
from regiowacht_audit.tree.routeros import values

if TYPE_CHECKING:
    from regiowacht_audit.tree.line import Line


def tree(platform: str, text: str) -> Line:
    return read_text(text, find_platform(platform))


def flat(top: Line) -> list[tuple[int, str]]:
    return [(line.number, " ".join(line.words)) for line in top.walk()]


def test_indentation_makes_the_tree_and_comments_do_not_count() -> None:
    top = tree("cisco_ios", "!\nline vty 0 4\n transport input ssh\n!\nend\n")
    assert [(line.number, line.words[0], len(line.children)) for line in top.children] == [
        (2, "line", 1),
        (5, "end", 0),
    ]


def test_words_of_a_banner_are_no_commands() -> None:
    top = tree("cisco_ios", "banner motd ^C\ntransport input telnet\nip http server\n^C\nline vty 0 4\n")
    assert flat(top) == [(1, "banner motd"), (5, "line vty 0 4")]
    assert top.children[0].texts == ["transport input telnet", "ip http server"]


def test_a_banner_that_never_ends_takes_nothing_along() -> None:
    top = tree("cisco_ios", "banner motd ^C\nhallo\nip http server\n")
    assert flat(top)[-1] == (3, "ip http server")


def test_blocks_that_close_with_a_word_need_no_indentation() -> None:
    top = tree(
        "aruba_osswitch", 'vlan 1\nname "DEFAULT"\nip address 192.0.2.2 255.255.255.0\n   exit\nno telnet-server\n'
    )
    assert [line.word(0) for line in top.children] == ["vlan", "no"]
    assert [line.word(0) for line in top.children[0].children] == ["name", "ip"]


def test_a_separator_brings_indented_lines_to_the_top() -> None:
    top = tree(
        "hp_comware", "version 7.1.070\n#\n telnet server enable\n#\nline vty 0 4\n idle-timeout 5 0\n#\n return\n"
    )
    assert [line.number for line in top.children] == [1, 3, 5, 8]


BRACES = """system {
    services {
        /* old */
        inactive: telnet;
        ssh {
            protocol-version v2; ## comment; {
        }
    }
    login { message "a {
brace; and # sign"; }
    name-server [ 192.0.2.1 192.0.2.2 ];
}
"""


def test_braces_become_statements() -> None:
    told = flat(tree("juniper_junos", BRACES))
    assert (6, "system services ssh protocol-version v2") in told
    assert (9, "system login message a {\nbrace; and # sign") in told
    assert [text for _, text in told if "name-server" in text] == [
        "system name-server 192.0.2.1",
        "system name-server 192.0.2.2",
    ]
    assert not [text for _, text in told if "telnet" in text]


def test_set_commands_tell_the_same_as_braces() -> None:
    top = tree(
        "juniper_junos", "set system services telnet\nset system services ssh\ndeactivate system services telnet\n"
    )
    assert flat(top) == [(2, "system services ssh")]


def test_sections_nest_and_a_quoted_text_is_one_word() -> None:
    text = 'config vdom\nedit root\nconfig system global\nset hostname "a\nb"\nset x 1\nend\nnext\nend\n'
    assert flat(tree("fortinet", text))[-2:] == [(4, "set hostname a\nb"), (6, "set x 1")]


@pytest.mark.parametrize(
    "text", ["/ip service\nset telnet disabled=yes\n", "/ip service set telnet \\\n    disabled=yes\n"]
)
def test_both_forms_of_an_export_are_one_tree(text: str) -> None:
    (path,) = tree("mikrotik_routeros", text).children
    assert path.words == ["/ip service"]
    assert values(path.children[0]) == {"disabled": "yes"}

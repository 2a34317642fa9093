"""Expressions that would hang the agent are refused when they are configured; the usual ones are not."""

from __future__ import annotations

import pytest

from regiowacht_agent.config import settings
from regiowacht_agent.config_file import load
from regiowacht_agent.regex_cost import is_slow
from regiowacht_agent.settings import Invalid, Regex
from regiowacht_contract.errors import UsageError

SLOW = [
    r"^(/|.*)*$x", r"(a+)+$", r"(a|a)*$", r"((a)|(aa))+b", r"(?:a*)*b", r"(?P<n>a*){2,}b", r"(a?){40}a{40}",
    r"(a*)(?#note)*b", r"(?x)(a*) *b", r"([(]a*)+b", r"(\(a*)+b", r"(a*){40}b", ".*" * 6 + "x", "a?" * 30 + "a" * 30,
    "(a|a)" * 30 + "b", r"(x|(a*)*)b", r"((a*)?)*b", r"(?=(a+)+b)a",
]  # fmt: skip
FAST = [
    "", r"^lo$", r"^(veth.*|br-.*|docker.*|lo)$", r"^/(dev|proc|sys|var/lib/docker/.+|var/lib/kubelet/.+)($|/)",
    r"^nvme\d+n\d+(p\d+)?$", r"^(ab)+$", r"[(*+]+\*\(", r"^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$", r"a{2,3}{",
    r"^(rootfs/(var/lib/docker/containers|var/lib/docker/overlay2|run/docker/netns))($|/)", r"[]*]+", r"a\\+",
]  # fmt: skip


@pytest.mark.parametrize("pattern", SLOW)
def test_what_could_take_for_ever_is_refused(pattern: str) -> None:
    assert is_slow(pattern)
    with pytest.raises(Invalid) as refused:
        Regex().check(pattern)
    assert refused.value.key == "agent.slow-regex"


@pytest.mark.parametrize("pattern", FAST)
def test_what_people_write_is_taken(pattern: str) -> None:
    assert Regex().check(pattern) == pattern


def test_every_default_is_taken() -> None:
    expressions = [setting for setting in settings() if isinstance(setting.kind, Regex)]
    assert len(expressions) > 5
    assert [setting.kind.check(setting.default) for setting in expressions] == [s.default for s in expressions]


@pytest.mark.parametrize("pattern", ["a{99999999999999999999}", "(" * 5000 + ")" * 5000, "a" * 2001])
def test_what_cannot_be_an_expression_is_one_sentence(pattern: str) -> None:
    with pytest.raises(UsageError, match=r"^--collector\.netdev\.device-exclude "):
        load(None, {"netdev.device_exclude": pattern})

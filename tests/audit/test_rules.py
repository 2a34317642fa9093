"""Rules are data: each is whole in both languages, and its own examples are judged as it says."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.document import Document
from regiowacht_audit.facts.names import NAMES
from regiowacht_audit.facts.sheet import Sheet
from regiowacht_audit.judge.baseline import find_baseline, shipped
from regiowacht_audit.judge.beside import say_beside
from regiowacht_audit.judge.check import facts_of
from regiowacht_audit.judge.finding import judge
from regiowacht_audit.judge.functions import FUNCTIONS
from regiowacht_audit.judge.rule import rules
from regiowacht_audit.platform import find_platform, platforms
from tests.audit.case_files import FINE

if TYPE_CHECKING:
    from regiowacht_audit.judge.schema import Example, RuleFile

RULES = rules()
REFERENCES = {"stig", "cyfun", "bio", "cis", "csf"}


def status(rule: RuleFile, example: Example) -> str:
    """Judge an example as if it were a whole configuration: it shows what matters and leaves out the rest."""
    document = Document(example.config.splitlines(), find_platform(example.platform))
    document.is_whole = True
    sheet = facts_of(document)
    say_beside(sheet, FINE)
    return next(judge(sheet, [rule], find_baseline("recommended"))).status


def test_thirty_rules_stand_in_files_of_their_own_name() -> None:
    names = [
        entry.name for entry in (resources.files("regiowacht_audit") / "rules").iterdir() if entry.name[:2] == "RW"
    ]
    assert sorted(names) == [f"{rule.id}.yaml" for rule in RULES]
    assert len(RULES) == 30


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_good_example_passes_and_bad_one_fails(rule: RuleFile) -> None:
    assert (status(rule, rule.good), status(rule, rule.bad)) == ("pass", "fail")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_names_what_exists(rule: RuleFile) -> None:
    checks = [*rule.when, *rule.holds]
    used = set(re.findall(r"\$(\w+)", " ".join(str(check.model_dump(exclude_unset=True)) for check in checks)))
    by_functions = {"max_accounts"} & rule.params.keys()
    assert used | by_functions == rule.params.keys()
    assert {check.function for check in checks if check.function} <= FUNCTIONS.keys()
    assert {key for reference in rule.refs for key in reference} <= REFERENCES
    assert rule.title.nl != rule.title.en


def test_where_nothing_is_known_nothing_passes_and_nothing_fails() -> None:
    found = list(judge(Sheet(is_whole=True), RULES, find_baseline("recommended")))
    assert {(one.status, one.why) for one in found} == {("n/a", "unknown")}


def test_every_fact_is_used_by_a_rule_or_shown() -> None:
    used = {check.fact for rule in RULES for check in [*rule.when, *rule.holds]}
    assert NAMES.keys() - used == {"dns.servers"}


@pytest.mark.parametrize("name", shipped())
def test_shipped_baseline_judges_every_rule(name: str) -> None:
    assert list(find_baseline(name).params) == [rule.id for rule in RULES]


def test_aliases_lead_to_one_platform_each() -> None:
    names = [name for platform in platforms() for name in (platform.name, *platform.aliases)]
    assert len(names) == len(set(names))
    assert find_platform("hp_procurve").name == "aruba_osswitch"
    assert len(platforms()) == 20

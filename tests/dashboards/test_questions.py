"""Every question of an operator is answered within two clicks: the links are there, and so are panels and data."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.demo.history import DEMO, Past, load_past, make_past
from regiowacht_contract.texts import LANGS, Lang, keys, say
from regiowacht_dashboards.interpolation import expressions
from regiowacht_dashboards.links import OWN_VALUE
from regiowacht_dashboards.questions import MOST_CLICKS, QUESTIONS, START, Click, Question
from tests.cli.history.made import END, region_of
from tests.dashboards.built import UIDS, dashboard, panel
from tests.dashboards.choices import choice, in_trouble, may_be_empty
from tests.dashboards.preview.engine import prometheus
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = re.compile(r"/d/([A-Za-z0-9_-]+)")
SET = re.compile(r"[?&]var-(\w+)=")
KEPT = re.compile(r"\$\{(\w+):queryparam\}")

each_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key.partition(".")[2])


def links(raw: dict[str, Any], title: str) -> Iterator[tuple[str, str]]:
    """(uid, url) of every link of a panel, of its columns too; without a title of those on top of the dashboard."""
    if not title:
        yield from ((found[1], link["url"]) for link in raw["links"] if (found := TARGET.match(link.get("url", ""))))
        return
    config = panel(raw, title)["fieldConfig"]
    sets = [config["defaults"], *({p["id"]: p["value"] for p in o["properties"]} for o in config["overrides"])]
    for found in sets:
        for link in found.get("links", ()):
            for uid in leads_to(link["url"], found.get("mappings", ())):
                yield uid, link["url"]


def leads_to(url: str, mappings: Any) -> Iterator[str]:
    """The uid in an address, or those that the cell may hold where the cell's own value is the uid."""
    if url.startswith(f"/d/{OWN_VALUE}"):
        yield from (uid for mapping in mappings if mapping["type"] == "value" for uid in mapping["options"])
    elif target := TARGET.match(url):
        yield target[1]


def walk(question: Question, lang: Lang) -> str:
    """Follow every click and return where it ends."""
    here = START
    for click in question.way:
        follow(here, click, lang)
        here = click.to
    return here


def follow(here: str, click: Click, lang: Lang) -> None:
    raw = dashboard(here, lang)
    title = say(f"{here}.{click.panel}", lang) if click.panel else ""
    urls = [url for uid, url in links(raw, title) if uid == click.to]
    assert urls, f"nothing in {title or 'the links on top'} of {here} leads to {click.to}"
    variables = {variable["name"]: variable for variable in dashboard(click.to, lang)["templating"]["list"]}
    for url in urls:
        chosen, kept = set(SET.findall(url)), set(KEPT.findall(url))
        assert chosen | kept <= set(variables), url
        # What one value has to be chosen of is set by what was clicked; many values cannot be carried over.
        alone = {name for name, one in variables.items() if one["type"] == "query" and not one.get("multi")}
        assert alone - {"regio", "port"} <= chosen, url
        assert {"datasource", "regio"} <= kept, url


def test_there_are_at_least_sixteen_and_none_twice() -> None:
    assert len({question.key for question in QUESTIONS}) == len(QUESTIONS) >= 16
    assert {question.key for question in QUESTIONS} == {key for key in keys() if key.startswith("questions.")}


@pytest.mark.parametrize("lang", LANGS)
@each_question
def test_a_question_is_answered_within_two_clicks(question: Question, lang: Lang) -> None:
    assert len(question.way) <= MOST_CLICKS
    assert walk(question, lang) == question.uid
    assert question.answers
    for key in question.answers:
        found = panel(dashboard(question.uid, lang), say(f"{question.uid}.{key}", lang))
        assert found.get("targets") or found["type"] == "text"


def test_every_dashboard_is_within_two_clicks() -> None:
    """Not only those that a question ends at: whatever there is can be reached."""
    reached = {START}
    for _ in range(MOST_CLICKS):
        reached |= {uid for here in reached for uid in onward(here)}
    assert reached == set(UIDS)


def onward(here: str) -> Iterator[str]:
    raw = dashboard(here)
    for title in ("", *(one["title"] for one in raw["panels"] if one.get("targets"))):
        yield from (uid for uid, _ in links(raw, title))


def test_a_way_that_is_not_there_is_noticed() -> None:
    with pytest.raises(AssertionError, match="leads to rw-server"):
        follow(START, Click("rw-server"), "nl")
    with pytest.raises(AssertionError, match="leads to rw-audit"):
        follow(START, Click("rw-audit", "attention"), "nl")


@pytest.fixture(scope="module")
def past() -> Past:
    return make_past(region_of(DEMO), END)


@pytest.fixture(scope="module")
def url(past: Past, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("questions")
    load_past(past, folder / "data", Path(need("promtool")))
    with prometheus(folder / "data", folder) as running:
        yield running.url


def has_data(url: str, expr: str) -> bool:
    body = urllib.parse.urlencode({"query": expr, "time": END}).encode()
    with urllib.request.urlopen(f"{url}/api/v1/query", data=body, timeout=60) as answer:
        return bool(json.load(answer)["data"]["result"])


@pytest.mark.tools
@pytest.mark.timeout(600)
@each_question
def test_what_answers_has_data_in_a_regions_past(question: Question, past: Past, url: str) -> None:
    """But for the alerts: no rules ran in that past."""
    titles = {say(f"{question.uid}.{key}", "nl") for key in question.answers}
    raw = dashboard(question.uid)
    raw["panels"] = [one for one in raw["panels"] if one["title"] in titles and one["type"] != "row"]
    here = expressions(raw, choice(question.uid, past))
    there = expressions(raw, in_trouble(question.uid, past))
    for (title, expr), (_, other) in zip(here, there, strict=True):
        assert may_be_empty(expr) or has_data(url, expr) or has_data(url, other), title

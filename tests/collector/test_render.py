"""What is rendered: the same bytes, whole files, accepted by the engine's own tool."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from regiowacht_collector import Options, render
from regiowacht_collector.files import differences, read_files, write_files
from regiowacht_collector.promtool import check_files
from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.defaults import DEVICES_SERIES_MAX, DEVICES_SIZE_MAX_BYTES
from regiowacht_contract.errors import Found, PartMissing, Unavailable, UsageError
from regiowacht_inventory import Snmp
from tests.collector.regions import example, region_of, server
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.tools
def test_the_engines_own_tool_accepts_every_file(tmp_path: Path) -> None:
    check_files(render(example()), type(tmp_path)(need("promtool")))


@pytest.mark.tools
def test_the_tool_refuses_a_broken_rule(tmp_path: Path) -> None:
    files = {**render(example()), "rules/state.yml": b"groups: [{name: x, rules: [{record: a, expr: 'sum('}]}]\n"}
    with pytest.raises(Found, match=r"state\.yml"):
        check_files(files, type(tmp_path)(need("promtool")))


def test_without_the_tool_a_check_says_what_to_install() -> None:
    with pytest.raises(PartMissing, match="apt install"):
        check_files(render(example()), None)


def test_the_same_region_gives_the_same_bytes() -> None:
    assert list(render(example()).items()) == list(render(example()).items())


def test_targets_carry_the_five_labels_and_never_an_address_as_instance() -> None:
    region = region_of(
        [server("zandbeke", "srv-a", address="10.12.0.10"), server("zandbeke", "srv-b", address="fd00::1")]
    )

    groups = json.loads(render(region)["targets/zandbeke.json"])

    assert groups == [
        {
            "targets": [address],
            "labels": {
                "gemeente": "zandbeke",
                "scope": "zandbeke/infrastructuur",
                "site": "stadhuis",
                "instance": name,
                "job": "node",
            },
        }
        for name, address in (("srv-a", "10.12.0.10:9780"), ("srv-b", "[fd00::1]:9780"))
    ]


def test_only_what_has_an_agent_and_an_address_is_scraped() -> None:
    region = region_of([server("zandbeke", "a"), server("zandbeke", "b", address="10.0.0.1", job="relay")])
    assert json.loads(render(region)["targets/zandbeke.json"]) == []


def test_only_and_addresses_keep_a_demo_on_its_own_machine() -> None:
    key = ("zandbeke", "srv-files")
    files = render(example(), Options(addresses={key: "127.0.0.1:1234"}, only=[key]))

    targets = [group["targets"] for path, content in files.items() if path.startswith("targets/")
               for group in json.loads(content)]  # fmt: skip

    assert targets == [["127.0.0.1:1234"]]


def test_every_gemeente_has_its_file() -> None:
    paths = [path for path in render(example()) if path.startswith("targets/")]
    assert paths == [f"targets/{gemeente.gemeente}.json" for gemeente in example().gemeenten]


def test_a_backlog_of_a_fortnight_is_accepted_and_nothing_is_added_to_series() -> None:
    config = yaml.safe_load(render(example())["prometheus.yml"])
    assert config["storage"]["tsdb"]["out_of_order_time_window"] == "15d"
    assert "external_labels" not in config["global"]


def test_a_target_has_limits() -> None:
    node = next(
        job
        for job in yaml.safe_load(render(example())["prometheus.yml"])["scrape_configs"]
        if job["job_name"] == "node"
    )
    assert 0 < node["sample_limit"] <= 50_000
    assert 0 < node["label_limit"] < 100


def test_without_carried_pages_there_is_no_job_for_them() -> None:
    jobs = yaml.safe_load(render(example())["prometheus.yml"])["scrape_configs"]
    assert "carried" not in [job["job_name"] for job in jobs]


@pytest.mark.tools
def test_agents_that_ask_others_have_a_page_more_and_one_job_a_gemeente(tmp_path: Path) -> None:
    files = render(example())
    check_files(files, type(tmp_path)(need("promtool")))
    jobs = {job["job_name"]: job for job in yaml.safe_load(files["prometheus.yml"])["scrape_configs"]}
    assert [name for name in jobs if name.startswith("assets of ")] == [
        f"assets of {gemeente.gemeente}" for gemeente in example().gemeenten
    ]
    job = jobs["assets of zandbeke"]
    assert job["metrics_path"] == "/assets"
    assert job["honor_labels"] is True
    # srv-app asks nobody, so it has no such page to read
    assert [group["labels"]["instance"] for group in job["static_configs"]] == ["srv-bib", "srv-files"]
    assert {group["labels"]["job"] for group in job["static_configs"]} == {"regiowacht"}


@pytest.mark.tools
def test_agents_that_ask_devices_and_their_standbys_have_a_page_of_those(tmp_path: Path) -> None:
    files = render(example())
    check_files(files, type(tmp_path)(need("promtool")))
    jobs = {job["job_name"]: job for job in yaml.safe_load(files["prometheus.yml"])["scrape_configs"]}
    assert [name for name in jobs if name.startswith("devices of ")] == [
        f"devices of {gemeente.gemeente}" for gemeente in example().gemeenten
    ]
    job = jobs["devices of zandbeke"]
    assert (job["metrics_path"], job["honor_labels"]) == ("/devices", True)
    assert (job["scrape_interval"], job["scrape_timeout"]) == ("60s", "30s")
    # srv-app asks in place of srv-files
    assert [group["labels"]["instance"] for group in job["static_configs"]] == ["srv-bib", "srv-app", "srv-files"]
    # what is told of the page is not what is told of the other page, and stays off the series
    assert {group["labels"]["page"] for group in job["static_configs"]} == {"devices"}
    assert job["metric_relabel_configs"][-1] == {"regex": "page", "action": "labeldrop"}
    assert job["metric_relabel_configs"][:-1] == jobs["assets of zandbeke"]["metric_relabel_configs"]
    assert job["sample_limit"] == DEVICES_SERIES_MAX
    assert int(job["body_size_limit"].removesuffix("MB")) * 10**6 == DEVICES_SIZE_MAX_BYTES


def test_devices_are_asked_for_as_often_as_the_region_says_or_one_who_renders() -> None:
    region = replace(example(), snmp=Snmp.model_validate({"interval": "30s"}))
    for options, interval in ((None, "30s"), (Options(devices_interval_s=5), "5s")):
        jobs = yaml.safe_load(render(region, options)["prometheus.yml"])["scrape_configs"]
        told = {(job["scrape_interval"], job["scrape_timeout"]) for job in jobs if "devices" in job["job_name"]}
        assert told == {(interval, interval)}
    with pytest.raises(UsageError, match="devices-interval"):
        Options(devices_interval_s=0)


def test_without_anything_to_ask_there_is_no_such_page() -> None:
    region = region_of([server("zandbeke", "srv-a", address="10.12.0.10")])
    jobs = yaml.safe_load(render(region)["prometheus.yml"])["scrape_configs"]
    assert [job["job_name"] for job in jobs] == ["regiowacht", "node", "engine"]


def test_the_engine_is_asked_how_it_fares_and_little_of_it_is_kept() -> None:
    (job,) = [
        job
        for job in yaml.safe_load(render(example(), Options(engine_port=9999))["prometheus.yml"])["scrape_configs"]
        if job["job_name"] == "engine"
    ]
    (group,) = job["static_configs"]
    assert group["targets"] == ["127.0.0.1:9999"]
    assert group["labels"] == {
        "gemeente": "_regio",
        "scope": "_regio/overig",
        "instance": "engine",
        "job": "regiowacht",
    }
    (step,) = job["metric_relabel_configs"]
    assert step["action"] == "keep"
    assert re.fullmatch(step["regex"], "prometheus_rule_evaluation_failures_total")
    assert not re.fullmatch(step["regex"], "go_goroutines")


@pytest.mark.tools
@pytest.mark.tools
def test_alertmanagers_are_told_where_there_are_any(tmp_path: Path) -> None:
    assert "alerting" not in yaml.safe_load(render(example())["prometheus.yml"])
    files = render(example(), Options(managers=("127.0.0.1:9784", "127.0.0.1:9794")))
    check_files(files, type(tmp_path)(need("promtool")))
    [told] = yaml.safe_load(files["prometheus.yml"])["alerting"]["alertmanagers"]
    assert told["static_configs"] == [{"targets": ["127.0.0.1:9784", "127.0.0.1:9794"]}]


def test_carried_pages_keep_their_labels_and_say_nothing_that_is_the_collectors(tmp_path: Path) -> None:
    files = render(example(), Options(carried=("127.0.0.1:9100", "[::1]:9101"), only=[]))
    check_files(files, type(tmp_path)(need("promtool")))
    (job,) = [job for job in yaml.safe_load(files["prometheus.yml"])["scrape_configs"] if job["job_name"] == "carried"]
    (step,) = job["metric_relabel_configs"]

    assert job["honor_labels"] is True
    assert job["static_configs"][0]["targets"] == ["127.0.0.1:9100", "[::1]:9101"]
    assert job["sample_limit"] >= 50_000
    assert step["action"] == "drop"
    for name in ("regiowacht_asset_info", "regiowacht:asset_state", "anything:at_all", "ALERTS", "ALERTS_FOR_STATE"):
        assert re.fullmatch(step["regex"], name)
    for name in ("up", "node_load1", "regiowacht_agent_info"):
        assert not re.fullmatch(step["regex"], name)


@pytest.mark.parametrize("address", ["", "127.0.0.1", "host:0", "http://host:80", "host:80/metrics", "a b:1"])
def test_a_carried_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match=r"127\.0\.0\.1:9100"):
        Options(carried=(address,))


def test_every_name_that_a_target_may_send_gets_the_scope_of_its_laag() -> None:
    node = yaml.safe_load(render(example())["prometheus.yml"])["scrape_configs"][1]
    for metric in catalogue().values():
        if metric.laag in {"connectiviteit", "infrastructuur", "overig"} and metric.family not in {
            "region",
            "recorded",
            "repair",
            "gateway",
            "alerts",
        }:
            assert relabelled(node["metric_relabel_configs"], metric.name) == f"zandbeke/{metric.laag}"
    assert relabelled(node["metric_relabel_configs"], "their_own_total") == "zandbeke/overig"
    for name in ("regiowacht_asset_info", "ALERTS", "ALERTS_FOR_STATE"):
        assert relabelled(node["metric_relabel_configs"], name) is None


def relabelled(steps: list[dict[str, object]], name: str) -> str | None:
    """Apply the steps as Prometheus does (replace, drop, labeldrop) and return the scope, or None when dropped."""
    labels = {"__name__": name, "gemeente": "zandbeke", "scope": "zandbeke/infrastructuur"}
    for step in steps:
        source = step.get("source_labels")
        value = ";".join(labels.get(label, "") for label in source) if isinstance(source, list) else ""
        found = re.fullmatch(str(step["regex"]), value)
        if step.get("action") == "drop" and found:
            return None
        if step.get("action") == "labeldrop":
            labels = {label: kept for label, kept in labels.items() if not re.fullmatch(str(step["regex"]), label)}
        elif "target_label" in step and found:
            labels[str(step["target_label"])] = found.expand(str(step["replacement"]).replace("$1", r"\1"))
    assert set(labels) == {"__name__", "gemeente", "scope"}
    return labels["scope"]


@pytest.mark.parametrize(
    ("option", "value"),
    [("scrape_interval_s", 0), ("scrape_interval_s", 61), ("rule_interval_s", -1), ("exporter_port", 70000)],
)
def test_options_out_of_range_are_refused(option: str, value: int) -> None:
    with pytest.raises(UsageError, match=str(value)):
        replace(Options(), **{option: value})  # type: ignore[arg-type]  # one of several int options


def test_writing_touches_only_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    write_files({"targets/a.json": b"1", "targets/b.json": b"1", "prometheus.yml": b"1"}, tmp_path)
    (tmp_path / "own-notes.txt").write_text("kept")
    before = (tmp_path / "targets/a.json").stat()

    changed = write_files({"targets/a.json": b"1", "prometheus.yml": b"2"}, tmp_path)

    assert changed == ["prometheus.yml", "targets/b.json"]
    assert (tmp_path / "targets/a.json").stat().st_ino == before.st_ino
    assert read_files(tmp_path) == {"targets/a.json": b"1", "prometheus.yml": b"2"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own-notes.txt", "prometheus.yml", "targets"]


def test_differences_are_told_before_they_are_made(tmp_path: Path) -> None:
    files = {"prometheus.yml": b"a: 1\n"}
    assert differences(files, tmp_path).splitlines() == [
        "--- /dev/null",
        "+++ b/prometheus.yml",
        "@@ -0,0 +1 @@",
        "+a: 1",
    ]
    write_files(files, tmp_path)
    assert differences(files, tmp_path) == ""
    assert "-a: 1" in differences({}, tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Unavailable, match="out"):
        write_files({"prometheus.yml": b""}, tmp_path / "out")

"""``regiowacht collector invite|revoke`` as a person uses them."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.data_folder import DataFolder
from regiowacht_collector.gateway.joining.store import Store
from regiowacht_contract.join_code import is_token, read_code
from regiowacht_inventory import example_path
from tests.collector import command

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


@pytest.fixture(autouse=True)
def _has_run(tmp_path: Path) -> None:
    DataFolder(tmp_path).close()


def regiowacht(data: Path, verb: str, *words: str) -> subprocess.CompletedProcess[str]:
    return command.regiowacht("collector", verb, *words, "--data", str(data))


def invite(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return regiowacht(data, "invite", *words, "--region", str(example_path()))


def test_the_command_to_type_runs_nothing_that_stands_in_the_collectors_url(tmp_path: Path) -> None:
    region = tmp_path / "region"
    shutil.copytree(example_path(), region)
    text = (region / "region.yml").read_text(encoding="utf-8")
    other = re.sub(r"(?m)^(  url: https://[^/\s]+)\S*", r"\1/$(id)", text, count=1)
    assert other != text
    (region / "region.yml").write_text(other, encoding="utf-8")
    answer = regiowacht(tmp_path, "invite", "zandbeke", "--server", "srv-app", "--region", str(region))
    assert answer.returncode == 0, answer.stderr
    (line,) = [line for line in answer.stderr.splitlines() if "agent join" in line]
    assert re.search(r"agent join 'https://\S+/\$\(id\)' ", line)


def test_code_is_data_and_the_command_to_type_is_talk(tmp_path: Path) -> None:
    answer = invite(tmp_path, "zandbeke", "--server", "srv-app")
    code = answer.stdout.strip()
    assert answer.returncode == 0, answer.stderr
    assert read_code(code) == code
    assert "regiowacht agent join https://" in answer.stderr
    assert code in answer.stderr
    assert [(one.server, one.uses) for one in Store(tmp_path).invites()] == [("srv-app", 1)]


def test_another_client_gets_a_token_and_where_to_send(tmp_path: Path) -> None:
    told = json.loads(invite(tmp_path, "zandbeke", "--client", "telegraf", "--json").stdout)
    assert is_token(told["token"])
    assert told["url"].endswith("/api/v1/write")
    assert (told["kind"], told["expires"], told["state"]) == ("other", None, "valid")


@pytest.mark.parametrize(("words", "said"), [
    ([], "which gemeente"),
    (["zandbeek", "--server", "srv-app"], "zandbeke"),
    (["zandbeke"], "--server NAME"),
    (["zandbeke", "--server", "srv-ap"], "there is: srv-app, srv-bib, srv-files\n"),
    (["zandbeke", "--server", "iets-anders"], "there is: srv-app, srv-bib, srv-files\n"),
    (["zandbeke", "--uses", "0"], "--uses 0"),
    (["zandbeke", "--uses", "2", "--hours", "0"], "--hours 0"),
    (["zandbeke", "--uses", "2", "--server", "srv-app"], "--uses"),
    (["zandbeke", "--client", "srv-app"], "--server srv-app"),
    (["zandbeke", "--client", ""], "--client"),
])  # fmt: skip
def test_what_the_region_does_not_know_is_refused_with_what_it_does(
    tmp_path: Path, words: list[str], said: str
) -> None:
    answer = invite(tmp_path, *words)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_list_shows_who_is_invited_and_who_has_joined_and_no_secret(tmp_path: Path) -> None:
    code = invite(tmp_path, "zandbeke", "--uses", "3").stdout.strip()
    token = invite(tmp_path, "zandbeke", "--client", "telegraf").stdout.strip()
    listed = regiowacht(tmp_path, "invite", "--list").stdout
    whole = regiowacht(tmp_path, "invite", "--list", "--json").stdout
    assert "3 more times" in listed
    assert "telegraf  joined" in listed
    assert not [secret for secret in (code, token) if secret in listed + whole]
    assert [one["state"] for one in json.loads(whole)["invites"]] == ["open"]
    assert regiowacht(tmp_path, "invite", "duinkerke", "--list").stdout == ""


def test_revoke_ends_credential_and_code_and_says_when_there_is_none(tmp_path: Path) -> None:
    invite(tmp_path, "zandbeke", "--client", "telegraf")
    identity = json.loads(invite(tmp_path, "zandbeke", "--uses", "3", "--json").stdout)["id"]
    assert regiowacht(tmp_path, "revoke", "zandbeke", "telegraf").returncode == 0
    assert regiowacht(tmp_path, "revoke", "--id", identity).returncode == 0
    assert regiowacht(tmp_path, "revoke", "--list").stdout == ""
    again = regiowacht(tmp_path, "revoke", "zandbeke", "telegraf")
    assert (again.returncode, "zandbeke/telegraf" in again.stderr) == (1, True)
    assert regiowacht(tmp_path, "revoke", "zandbeke").returncode == 2


def test_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "gateway").write_text("")
    answer = invite(tmp_path, "zandbeke", "--server", "srv-app")
    assert answer.returncode == 3
    assert str(tmp_path / "gateway") in answer.stderr


@pytest.mark.parametrize("name", ["empty", "away", "file"])
def test_folder_in_which_no_collector_ran_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    wrong = tmp_path / name
    answers = [
        invite(wrong, "zandbeke", "--server", "srv-app"),
        invite(wrong, "--list"),
        regiowacht(wrong, "revoke", "zandbeke", "srv-app"),
        regiowacht(wrong, "revoke", "--list"),
    ]
    for answer in answers:
        assert (answer.returncode, answer.stdout) == (2, "")
        assert f"no collector has run in {wrong} yet" in answer.stderr
        assert "--data" in answer.stderr
    assert not (wrong / "gateway").exists()


def test_storage_of_a_backup_is_a_collectors(tmp_path: Path) -> None:
    (tmp_path / "back" / "storage").mkdir(parents=True)
    assert invite(tmp_path / "back", "zandbeke", "--server", "srv-app").returncode == 0

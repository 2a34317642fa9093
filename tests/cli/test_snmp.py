"""``regiowacht snmp``: a real snmpd, asked by both engines; every way to ask it wrongly says what to check."""

from __future__ import annotations

import contextlib
import getpass
import io
import json
import re
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from regiowacht.console import Console
from regiowacht.main import main
from regiowacht.progress import Progress
from regiowacht.verbs.snmp_said import tell
from regiowacht_agent.snmp.failure import REASONS
from regiowacht_agent.snmp.session import Trouble
from regiowacht_contract.labels import TARGET_LABELS
from regiowacht_contract.texts import LANGS, say
from tests.agent.snmp import snmpd as net_snmp
from tests.agent.snmp.fake_agent import Quirks, serving
from tests.agent.snmp.poll.switch import ALIAS, HC_IN, SYSTEM, switch, text
from tests.agent.snmp.snmpd import AUTH_SECRET, BOTH_SECURE, COMMUNITY, PRIV_SECRET, SYS_NAME, has_ipv6

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.agent.snmp.snmpd import Snmpd

pytestmark = pytest.mark.snmp

EN = {"LANG": "en_GB.UTF-8"}
ENGINES = ("fast", "pysnmp")
QUICK = ("--timeout", "0.3", "--retries", "0")
MOVING = re.compile(r"snmp_(scrape|poll)_|sysUpTime|snmp_(cpu|memory|storage)|if(HC)?(In|Out)|ifLastChange")


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with net_snmp.snmpd(tmp_path_factory.mktemp("snmpd")) as running:
        yield running


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_COMMUNITY", COMMUNITY.decode())
    monkeypatch.setenv("FAKE_AUTH", AUTH_SECRET.decode())
    monkeypatch.setenv("FAKE_PRIV", PRIV_SECRET.decode())
    monkeypatch.setenv("FAKE_WRONG", "wrong-not-a-secret")
    for name, value in EN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", io.StringIO())


COMMUNITY_WORDS = ("--community", "env:FAKE_COMMUNITY")
USER_WORDS = (
    *("--user", BOTH_SECURE.name, "--auth", BOTH_SECURE.auth, "--auth-secret", "env:FAKE_AUTH"),
    *("--priv", BOTH_SECURE.priv, "--priv-secret", "env:FAKE_PRIV"),
)


def poll(port: int, *words: str, host: str = "127.0.0.1") -> int:
    return main(["snmp", "poll", host, "--port", str(port), *words], EN)


def samples(page: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return the samples of an exposition, which a real parser has to take."""
    found = [
        ((sample.name, tuple(sorted(sample.labels.items()))), sample.value)
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    ]
    assert len(dict(found)) == len(found), "two series of one name"
    return dict(found)


def notes(err: str) -> list[str]:
    """Return what was said beside the data, but that a slow machine is still reading."""
    return [line for line in err.splitlines() if not line.startswith("still reading")]


def still(page: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return the samples that do not change from one moment to the next."""
    return {key: value for key, value in samples(page).items() if not MOVING.match(key[0])}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "words",
    [("--version", "1", *COMMUNITY_WORDS), ("--version", "2c", *COMMUNITY_WORDS), COMMUNITY_WORDS, USER_WORDS],
    ids=["1", "2c", "without", "3"],
)
def test_a_device_is_read_whole(
    device: Snmpd, engine: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert poll(device.port, "--engine", engine, *words) == 0
    said = capsys.readouterr()
    told = samples(said.out)
    assert not {label for _name, labels in told for label, _value in labels} & set(TARGET_LABELS)
    names = {name for name, _labels in told}
    assert {"sysUpTime", "ifOperStatus", "snmp_memory_size_bytes"} <= names
    (info,) = (dict(labels) for name, labels in told if name == "snmp_device_info")
    assert info["sys_name"] == SYS_NAME
    (asker,) = (dict(labels) for name, labels in told if name == "snmp_poll_engine_info")
    assert asker["engine"] == engine
    assert told["snmp_scrape_packets_sent", ()] >= 1
    assert told["snmp_scrape_pdus_returned", ()] >= len(names)
    assert told["snmp_poll_success", ()] == 1, said.err
    assert notes(said.err) == []


def test_both_engines_tell_the_same(device: Snmpd, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for engine in ENGINES:
        assert poll(device.port, "--engine", engine, "--groups", "all", *COMMUNITY_WORDS) == 0
        told.append(still(capsys.readouterr().out))
    assert told[0] == told[1]
    assert len(told[0]) > 20


def test_groups_and_ports_say_what_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(switch(range(1, 9))) as (_agent, server):
        told = {}
        for words in ((), ("--groups", "status"), ("--groups", "status,traffic"), ("--ports", "used")):
            assert poll(server.port, "--community", "public", *words) == 0
            told[words] = samples(capsys.readouterr().out)
    count = {words: sum(name == "ifHCInOctets_total" for name, _labels in found) for words, found in told.items()}
    assert count == {(): 8, ("--groups", "status"): 0, ("--groups", "status,traffic"): 8, ("--ports", "used"): 4}
    assert sum(name == "ifOperStatus" for name, _labels in told["--ports", "used"]) == 8


@pytest.mark.skipif(not has_ipv6(), reason="this machine's loopback has no IPv6")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
@pytest.mark.parametrize("engine", ENGINES)
def test_ipv6_and_names(device: Snmpd, host: str, engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert poll(device.port, "--engine", engine, *COMMUNITY_WORDS, host=host) == 0
    assert SYS_NAME in capsys.readouterr().out
    assert poll(device.port, "--engine", engine, *COMMUNITY_WORDS, host="localhost") == 0
    assert SYS_NAME in capsys.readouterr().out


def test_json_tells_samples_and_how_it_was_asked(device: Snmpd, capsys: pytest.CaptureFixture[str]) -> None:
    assert poll(device.port, "--json", *USER_WORDS) == 0
    said = capsys.readouterr().out
    told = json.loads(said)
    assert {key: told[key] for key in ("host", "port", "version", "engine", "answered", "troubles")} == {
        "host": "127.0.0.1", "port": device.port, "version": "3", "engine": "fast", "answered": True, "troubles": [],
    }  # fmt: skip
    assert {"name": "snmp_poll_success", "labels": {}, "value": 1.0} in told["samples"]
    assert AUTH_SECRET.decode() not in said


def test_a_secret_may_be_in_a_file_or_typed(
    device: Snmpd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "community").write_text(f"{COMMUNITY.decode()}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert poll(device.port, "--community", "file:community") == 0
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return COMMUNITY.decode()

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", ask)
    assert poll(device.port) == 0
    assert asked == ["Community: "]
    monkeypatch.setattr(getpass, "getpass", lambda prompt: "")
    capsys.readouterr()
    assert poll(device.port) == 2
    assert "--community: nothing was typed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ((), "--community is missing, and there is no terminal"),
        (("--community", "hunter-not-a-secret"), "--community takes env:NAME or file:PATH, not the secret itself"),
        (("--community", "public", "--auth", "sha"), "--auth does not belong to version 2c"),
        (("--version", "3"), "version 3 of SNMP needs --user"),
        (("--version", "3", "--community", "public"), "--community does not belong to version 3"),
        (("--user", "me", "--version", "1", "--community", "public"), "--user does not belong to version 1"),
        (("--user", "me", "--priv", "aes128"), "no --priv without --auth"),
        (("--user", "me", "--auth", "sha"), "--auth-secret is missing"),
        (("--user", "me", "--auth-secret", "env:FAKE_AUTH"), "--auth-secret makes no sense without --auth"),
        (("--user", "me", "--auth", "sha3"), "--auth"),
        (("--community", "public", "--port", "70000"), "--port has to be a number from 1 to 65535, not 70000"),
        (("--community", "public", "--timeout", "soon"), "--timeout has to be a number, not 'soon'"),
        (("--community", "public", "--timeout", "nan"), "--timeout has to be a number from 0.1 to 60"),
        (("--community", "public", "--window", "0"), "--window has to be a number from 1 to 8"),
        (("--community", "public", "--groups", "trafic"), "did you mean 'traffic'?"),
        (("--community", "public", "--version", "2"), "--version"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    words: tuple[str, ...], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert poll(9, *words) == 2
    said = capsys.readouterr()
    assert part in said.err
    assert said.err.count("\n") == 1
    assert "not-a-secret" not in said.err
    assert said.out == ""


@pytest.mark.parametrize("host", ["", "a b", "http://switch", "switch:161", "-"])
def test_a_host_that_is_none_is_wrong_use(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert poll(9, "--community", "public", host=host) == 2
    assert "is no name or address" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("127.0.0.1:16161", "127.0.0.1 --port 16161"),
        ("switch.example:161", "switch.example --port 161"),
        ("[fe80::1%eth0]:1161", "fe80::1%eth0 --port 1161"),
    ],
)
def test_a_port_behind_the_host_is_told_where_it_belongs(
    host: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert poll(9, "--community", "public", host=host) == 2
    assert meant in capsys.readouterr().err


def with_(words: tuple[str, ...], **changed: str) -> tuple[str, ...]:
    """Return words with the values of some options changed."""
    told = list(words)
    for name, value in changed.items():
        told[told.index(f"--{name.replace('_', '-')}") + 1] = value
    return tuple(told)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--community", "env:FAKE_WRONG", *QUICK), "timeout"),
        (with_(USER_WORDS, user="nobody"), "user"),
        (with_(USER_WORDS, auth_secret="env:FAKE_WRONG"), "auth"),
        (with_(USER_WORDS, auth="md5"), "auth"),
        (("--user", "nobody"), "user"),
        ((*USER_WORDS, "--context", "nowhere"), "access"),
    ],
)
def test_who_may_not_ask_is_told_what_to_check(
    device: Snmpd, engine: str, words: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert poll(device.port, "--engine", engine, *words) == 3
    said = capsys.readouterr()
    assert said.out == ""
    begin = say(f"snmp.failed-{reason}", "en", host="127.0.0.1", port=device.port, detail="\0").partition("\0")[0]
    assert said.err.splitlines()[-1].startswith(f"regiowacht: {begin}")
    assert "not-a-secret" not in said.err
    assert poll(device.port, "--engine", engine, "--json", *words) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["answered"], told["reason"]) == (False, reason)
    assert told["message"].startswith(begin)
    assert {sample["name"]: sample["value"] for sample in told["samples"]}["snmp_poll_success"] == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_device_that_refuses_everything_did_answer(
    device: Snmpd, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert poll(device.port, "--engine", engine, "--user", BOTH_SECURE.name) == 0
    said = capsys.readouterr()
    assert samples(said.out)["snmp_poll_success", ()] == 0
    assert "check the rights (view) and the context" in said.err.splitlines()[-1]
    assert len(notes(said.err)) < 10


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """Yield the port of somebody who never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_device_that_is_not_there_is_told_from_one_that_keeps_silent(
    engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with silent() as port:
        assert poll(port, "--engine", engine, "--community", "public", *QUICK) == 3
        assert "a wrong community looks the same" in capsys.readouterr().err
    assert poll(port, "--engine", engine, "--community", "public") == 3
    assert f"cannot be reached on port {port}" in capsys.readouterr().err
    assert poll(port, "--engine", engine, "--community", "public", host="no-such-host.invalid") == 3
    assert "the name no-such-host.invalid has no address" in capsys.readouterr().err


@pytest.mark.parametrize("reference", ["env:FAKE_NOT_SET", "file:/no/such/file"])
def test_a_secret_that_cannot_be_read_names_its_place(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert poll(9, "--community", reference) == 3
    assert f"the secret cannot be read: check whether it is there and whether you may read it ({reference}" in (
        capsys.readouterr().err
    )


def test_an_engine_that_is_not_installed_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pysnmp", None)
    monkeypatch.delitem(sys.modules, "regiowacht_agent.snmp.pysnmp_engine.session", raising=False)
    for name in [name for name in sys.modules if name.startswith(("pysnmp.", "regiowacht_agent.snmp.pysnmp_engine"))]:
        monkeypatch.delitem(sys.modules, name)
    assert poll(9, "--engine", "pysnmp", "--community", "public") == 3
    assert "pip install 'regiowacht[snmp]'" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_missing_is_said_and_the_rest_is_there(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    column = ".".join(map(str, HC_IN))
    with serving(switch(range(1, 9)), Quirks(loop_at=f"{column}.4")) as (_agent, server):
        assert poll(server.port, "--engine", engine, "--community", "public") == 0
    said = capsys.readouterr()
    told = samples(said.out)
    assert told["snmp_poll_success", ()] == 0
    assert any(name == "snmp_poll_reason_info" for name, _labels in told)
    assert sum(name == "ifOperStatus" for name, _labels in told) == 8
    assert notes(said.err)[0].startswith("note: ")


def test_names_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    objects = switch(range(1, 3)) | {(*SYSTEM, 5, 0): text('sw"1\\\n\x1b[2J\x00'), (*ALIAS, 1): text("\x1b[2J")}
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with serving(objects) as (_agent, server):
        assert poll(server.port, "--community", "public") == 0
    said = capsys.readouterr().out
    assert samples(said)["snmp_poll_success", ()] == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", said)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_device_without_anything_known_answers_all_the_same(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    with serving({(1, 3, 6, 1, 4, 1, 99999, 1, 0): text("lonely")}) as (_agent, server):
        assert poll(server.port, "--engine", engine, "--community", "public") == 0
    said = capsys.readouterr()
    assert "has not one table that Regiowacht knows" in said.err
    assert "snmp_poll_engine_info" in said.out


def identify(port: int, *words: str) -> int:
    return main(["snmp", "identify", "127.0.0.1", "--port", str(port), *words], EN)


def table(page: str) -> dict[str, tuple[str, str]]:
    """Return rows and reason of each table that ``identify`` shows."""
    rows = [line.split(None, 2) for line in page.partition("\n\n")[2].splitlines()[1:]]
    return {name: (count, why) for name, count, why in rows}


def test_identify_shows_what_answers_and_why(device: Snmpd, capsys: pytest.CaptureFixture[str]) -> None:
    assert identify(device.port, *COMMUNITY_WORDS) == 0
    said = capsys.readouterr()
    assert SYS_NAME in said.out
    assert re.search(r"^SNMP +1: yes; 2c: yes; 3: yes, with a user$", said.out, re.MULTILINE)
    assert re.search(r"^engine +fast: reads the [0-9]+ columns just as pysnmp does$", said.out, re.MULTILINE)
    assert re.search(r"^family +\S", said.out, re.MULTILINE)
    shown = table(said.out)
    assert shown["if_mib/interfaces"] == (
        str(len(socket.if_nameindex())),
        "has 1.3.6.1.2.1.2.2.1.1 (Interfaces)",
    )
    assert shown["ups_mib/source"] == ("-", "nothing below 1.3.6.1.2.1.33.1.4.1 (Uninterruptible power supplies)")
    assert shown["ucd_snmp/memory"][1].startswith(
        "has 1.3.6.1.4.1.2021.4.5, but host_resources/memory says the same better"
    )
    assert "nothing is missing" in said.err


@pytest.mark.parametrize("engine", ENGINES)
def test_identify_by_one_engine_as_json(device: Snmpd, engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert identify(device.port, "--engine", engine, "--json", *USER_WORDS) == 0
    said = capsys.readouterr().out
    told = json.loads(said)
    assert (told["answered"], told["engine"], told["check"], told["versions"]) == (True, engine, "", {"3": "yes"})
    assert told["system"]["name"] == SYS_NAME
    assert isinstance(told["system"]["uptime"], int)
    rows = {one["name"]: one["rows"] for one in told["tables"]}
    assert rows["if_mib/interfaces"] == len(socket.if_nameindex())
    assert rows["printer_mib/supplies"] is None
    assert "not-a-secret" not in said


def test_identify_says_which_versions_do_not_work_and_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    column = ".".join(map(str, HC_IN))
    with serving(switch(range(1, 9)), Quirks(loop_at=f"{column}.4")) as (_agent, server):
        assert identify(server.port, "--community", "public", *QUICK) == 0
    said = capsys.readouterr()
    assert "3: no (no answer in time)" in said.out
    assert "note: " in said.err
    assert "nothing is missing" not in said.err


def test_identify_of_a_device_that_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    with silent() as port:
        assert identify(port, "--community", "public", *QUICK) == 3
        assert "a wrong community looks the same" in capsys.readouterr().err
        assert identify(port, "--community", "public", "--json", *QUICK) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["answered"], told["reason"]) == (False, "timeout")
    assert identify(port) == 2


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words(reason: Any, lang: Any) -> None:
    failed = say(f"snmp.failed-{reason}", lang, host="sw-1", port=161, detail="because")
    assert "because" in failed
    err = io.StringIO()
    tell([Trouble(reason, "because", (1, 3), 3), Trouble(reason, "because")], Console(lang, stderr=err))
    lines = err.getvalue().splitlines()
    assert len(lines) == 2
    assert all(say(f"snmp.missing-{reason}", lang) in line and "because" in line for line in lines)
    assert " 3;" in lines[0]


def test_who_waits_long_is_told_so() -> None:
    err = io.StringIO()
    seen = io.StringIO()
    console = Console("en", stdout=seen, stderr=err)
    with Progress(console, "snmp.still-reading", first_s=0.01, every_s=0.01, host="sw-1", engine="fast"):
        while err.getvalue().count("\n") < 2:
            pass
    assert err.getvalue().startswith("still reading sw-1, 0 s (fast)…\nstill reading")
    assert seen.getvalue() == ""

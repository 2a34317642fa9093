"""One file, one frozen object; every mistake told with its line and what would be right."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.config import Config, settings
from regiowacht_agent.config_file import MAX_BYTES, FileInvalid, load
from regiowacht_agent.toml_lines import line_of
from regiowacht_contract.errors import UsageError
from regiowacht_contract.texts import LANGS, say

CASES = tomllib.loads(Path(__file__).with_name("bad_configs.toml").read_text(encoding="utf-8"))["case"]


def _load(tmp_path: Path, text: str, **overrides: object) -> Config:
    path = tmp_path / "agent.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, {key.replace("__", "."): value for key, value in overrides.items()})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_mistake_is_told_with_its_line(tmp_path: Path, case: dict[str, Any]) -> None:
    with pytest.raises(FileInvalid) as raised:
        _load(tmp_path, case["text"])
    assert [problem.line for problem in raised.value.problems] == [case["line"]]
    assert case["says"] in raised.value.message("en")
    assert f"agent.toml:{case['line']}: " in raised.value.message("nl")


def test_an_empty_file_means_all_defaults(tmp_path: Path) -> None:
    assert _load(tmp_path, "") == Config() == load(None)
    assert Config().listen == "127.0.0.1:9780"


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileInvalid) as raised:
        _load(tmp_path, 'x = 1\nlanguage = "fr"\n[http]\nidle_timeout_s = -1\n')
    assert [problem.line for problem in raised.value.problems] == [1, 2, 4]


def test_values_reach_the_object(tmp_path: Path) -> None:
    config = _load(
        tmp_path,
        'listen = "[::1]:1"\n[families]\ntcpstat = true\ncpu = false\n[http]\nidle_timeout_s = 2\n'
        '[asset]\ngemeente = "zandbeke"\n',
    )
    assert config.listen == "[::1]:1"
    assert config.is_on("tcpstat", default=False)
    assert not config.is_on("cpu", default=True)
    assert config.http.idle_timeout_s == 2
    assert config.asset.gemeente == "zandbeke"
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.listen = "x"  # type: ignore[misc]


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    text = 'listen = "127.0.0.1:1"\n[families]\ncpu = false\nstat = true\n'
    config = _load(tmp_path, text, listen="127.0.0.1:2", families__cpu=True)
    assert config.listen == "127.0.0.1:2"
    assert config.families == {"cpu": True, "stat": True}


def test_only_what_is_asked_for_by_name_is_on_when_the_defaults_are_off() -> None:
    config = load(None, {"disable_defaults": True, "families.cpu": True})
    assert config.is_on("cpu", default=True)
    assert not config.is_on("stat", default=True)


def test_a_switch_with_an_impossible_value_is_wrong_use() -> None:
    with pytest.raises(UsageError, match=r"--listen has to be HOST:PORT.*not nowhere"):
        load(None, {"listen": "nowhere"})
    with pytest.raises(UsageError, match=r"--collector\.filesystem\.mount-timeout has to be between"):
        load(None, {"filesystem.mount_timeout_s": 99.0})


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml: No such file"):
        load(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="is not an ordinary file"):
        load(tmp_path)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_bytes(b"listen = '\xff'\n")
    with pytest.raises(FileInvalid, match="not UTF-8"):
        load(path)
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(FileInvalid, match="too large"):
        load(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[filesystem]\nmount_timeout_s = true\n", "moet een aantal seconden zijn, zoals 5 of 0.5, niet true"),
        ("reader = 5\n", "reader moet een tekst tussen aanhalingstekens zijn, niet 5"),
        ("[textfile]\ndirectory = 5\n", "moet een tekst tussen aanhalingstekens zijn, of een lijst daarvan, niet 5"),
        ("[families]\ncpu = 1\n", "families.cpu moet true of false zijn, niet 1"),
        ("http = 5\n", "http moet een tabel zijn, [http], niet 5"),
        ("listen = \n", "geen geldige TOML; wat het leest, zegt in het Engels waarom: 'Invalid value'"),
        ('[diskstats]\ndevice_exclude = "("\n', "zegt in het Engels waarom: 'missing ), unterminated subpattern"),
    ],
)
def test_a_mistake_is_a_dutch_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FileInvalid) as raised:
        _load(tmp_path, text)
    assert says in raised.value.message("nl")


def test_a_deep_nest_is_refused_and_does_not_crash(tmp_path: Path) -> None:
    with pytest.raises(FileInvalid, match="not valid TOML"):
        _load(tmp_path, "x = " + "[" * 100_000)


@given(st.text(max_size=200))
def test_any_text_is_a_configuration_or_a_told_mistake(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "agent.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    told: Config | FileInvalid
    try:
        told = load(path)
    except FileInvalid as invalid:
        told = invalid
    assert isinstance(told, Config) or all(told.message(lang) for lang in LANGS)


def test_two_configurations_have_two_hashes() -> None:
    assert load(None).hash == Config().hash
    assert load(None, {"listen": "127.0.0.1:1"}).hash != Config().hash
    assert len(Config().hash) == 8


def test_every_setting_has_its_text_and_a_default_that_it_would_take() -> None:
    switches = [setting.switch for setting in settings() if setting.switch]
    assert len(set(switches)) == len(switches)
    for setting in settings():
        assert setting.kind.check(setting.default) == setting.default, setting.key
        for lang in LANGS:
            assert say(setting.text, lang)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a = 1\n[t]\nb = 2\n", "t.b", 3),
        ("t.b = 2\n", "t.b", 1),
        ('"t" . b = 2\n', "t.b", 1),
        ("[ t ] # words\nb=2\n", "t.b", 2),
        ("x = 1\nt = {b = 2}\n", "t.b", 2),
        ("b = 1\n[u]\nb = 2\n[t]\nb = 3\n", "t.b", 5),
        ("[t]\n", "t.c", 1),
        ("", "a", 0),
    ],
)
def test_keys_are_found_where_they_stand(text: str, key: str, line: int) -> None:
    assert line_of(text, key) == line


@pytest.mark.parametrize(
    "text",
    [
        "a=" + "9" * 6000,
        "listen = [0x" + "f" * 6000 + "]",
        "[http]\nconnections_max = 0x" + "f" * 6000,
        "a=" + "[" * 9000,
    ],
)
def test_a_number_or_nesting_without_end_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileInvalid) as raised:
        _load(tmp_path, text)
    assert "not valid TOML" in raised.value.message("en")
    assert len(raised.value.message("en")) < 400


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert _load(tmp_path, '\ufefflisten = "127.0.0.1:2"\r\n').listen == "127.0.0.1:2"


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_ordinary_file_is_never_waited_for(tmp_path: Path, kind: str) -> None:
    paths = {"pipe": tmp_path / "pipe", "device": Path("/dev/zero"), "folder": tmp_path}
    os.mkfifo(paths["pipe"])
    with pytest.raises(UsageError, match="is not an ordinary file"):
        load(paths[kind])

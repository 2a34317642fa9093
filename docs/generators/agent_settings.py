"""Reference page: every setting of the agent, from the table that its parser uses."""

from __future__ import annotations

from regiowacht_agent.config import settings
from regiowacht_agent.polls.settings import is_required, list_settings
from regiowacht_agent.reader import PLATFORMS, READERS, entries
from regiowacht_agent.settings import Choice, Number, Setting
from regiowacht_agent.system import LINUX, MACOS, WINDOWS
from regiowacht_contract.texts import say

PATH = "reference/agent-settings.md"

NAMES = {MACOS: "macOS", WINDOWS: "Windows"}


ABOUT_LISTS = {
    "probe": "A line or a service that this agent asks for; any number of these. `regiowacht agent render` writes one "
    "for every uplink with a far end and every service whose poller the server is.",
    "relay": "A page of metrics that this agent carries for a server without an agent; any number of these.",
    "device": "A device that this agent asks over SNMP; any number of these. `regiowacht agent render` writes one for "
    "every device with a credential for SNMP whose poller or standby the server is.",
    "poller": "The agent of another server that this one stands by for; any number of these, named by `standby_of` of "
    "the devices that are asked here while it is silent.",
}


def page() -> str:
    """Return the page as Markdown."""
    parts = [
        "# Settings of the agent",
        "",
        "The agent reads one TOML file, named with `--config FILE`. An empty file, or none, means every default. A "
        "switch on the command line overrides the file; the switches are those of node_exporter where it has one. "
        "An unknown key is refused with the nearest one there is. `regiowacht agent check --config FILE` says whether "
        "a file is right and what would be measured with it.",
    ]
    tables: dict[str, list[Setting]] = {}
    for setting in settings():
        tables.setdefault(setting.key.rpartition(".")[0], []).append(setting)
    for table, rows in tables.items():
        parts += ["", f"## [{table}]" if table else "## At the top of the file"]
        for setting in rows:
            parts += _setting(setting)
    for name, about in ABOUT_LISTS.items():
        parts += ["", f"## [[{name}]]", "", about]
        for setting in list_settings(name):
            parts += _setting(setting)
    return "\n".join([*parts, *_families()])


def _setting(setting: Setting) -> list[str]:
    text = say(setting.text, "en")
    switch = f", switch `{setting.switch}`" if setting.switch else ""
    return [
        "",
        f"### {setting.key}",
        "",
        f"{text[0].upper()}{text[1:]}.",
        "",
        f"Type: {_kind(setting)}{switch}. {_default(setting)}",
    ]


def _kind(setting: Setting) -> str:
    if isinstance(setting.kind, Number):
        return f"{setting.kind.name}, {_plain(setting.kind.minimum)} to {_plain(setting.kind.maximum)}"
    if isinstance(setting.kind, Choice):
        return "one of " + ", ".join(f'`"{word}"`' for word in setting.kind.words)
    return setting.kind.name


def _plain(number: float) -> str:
    """Return a number as a person writes it into the file, without an exponent."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def _default(setting: Setting) -> str:
    return "Needed." if is_required(setting) else f"Default: `{_toml(setting.default)}`"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return f"'{value}'" if "\\" in value else f'"{value}"'
    return "[]" if value == () else str(value)


def _families() -> list[str]:
    parts = [
        "",
        "## [families]",
        "",
        "`NAME = true` switches a family on, `NAME = false` off; on the command line `--collector.NAME` and "
        "`--no-collector.NAME`.",
    ]
    parts += [
        "",
        "`backups`, `certificates` and `namedprocess` come on by themselves when something is declared for them.",
    ]
    tables = [(reader, LINUX, "") for reader in READERS]
    tables += [(reader, on, f" on {NAMES[on]}") for on, packages in PLATFORMS.items() for reader in packages]
    for reader, on, where in tables:
        parts += ["", f"Families of the reader `{reader}`{where}:", "", "| family | default |", "| --- | --- |"]
        parts += [f"| `{entry.name}` | {'on' if entry.default else 'off'} |" for entry in entries(reader, on)]
    return parts

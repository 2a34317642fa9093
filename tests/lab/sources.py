"""The machine's own Debian package sources, written for another suite; sources of others are left out.

Formats: sources.list(5). No address of a mirror stands here, so a machine behind a local mirror uses that.
"""

from __future__ import annotations

import re
from pathlib import Path

APT = Path("/etc/apt")
OS_RELEASE = Path("/etc/os-release")
KEYRING = "debian-archive-keyring"
ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)$")


def debian_sources(suite: str, apt: Path = APT, os_release: Path = OS_RELEASE) -> str:
    """Return a ``.sources`` file for ``suite`` with its updates and security, "" on a machine without Debian.

    A newer suite than the machine's has neither updates nor security of its own yet: for ``sid`` those are left out.
    """
    own = codename(os_release)
    known = {own: suite}
    if suite != "sid":
        known |= {f"{own}-updates": f"{suite}-updates", f"{own}-security": f"{suite}-security"}
    written: list[str] = []
    for stanza in [*_stanzas(apt), *_lines(apt)]:
        suites = [known[name] for name in stanza["suites"].split() if name in known]
        if own and suites and _is_debians(stanza):
            written.append(
                f"Types: deb\nURIs: {stanza['uris']}\nSuites: {' '.join(suites)}\nComponents: main\n"
                f"Signed-By: /usr/share/keyrings/{KEYRING}.gpg\n"
            )
    return "\n".join(dict.fromkeys(written))


def codename(os_release: Path = OS_RELEASE) -> str:
    """Return the Debian suite this machine runs, "" where it is no Debian (os-release(5))."""
    try:
        text = os_release.read_text()
    except OSError:
        return ""
    known = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.MULTILINE))
    return known.get("VERSION_CODENAME", "") if known.get("ID") == "debian" else ""


def _is_debians(stanza: dict[str, str]) -> bool:
    """Return whether Debian signs it: others name their own key and often Debian's suites."""
    return (
        stanza.get("enabled", "yes") != "no"
        and "deb" in stanza["types"].split()
        and "main" in stanza["components"].split()
        and KEYRING in stanza.get("signed-by", KEYRING)
    )


def _stanzas(apt: Path) -> list[dict[str, str]]:
    """Return the stanzas of every ``.sources`` file, keys in lower case."""
    found = []
    for file in sorted(apt.glob("sources.list.d/*.sources")):
        text = "\n".join(line for line in file.read_text(errors="replace").splitlines() if not line.startswith("#"))
        for block in re.split(r"\n\s*\n", text):
            pairs = re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t]+.*)*)", block, re.MULTILINE)
            stanza = {key.lower(): " ".join(value.split()) for key, value in pairs}
            if {"types", "uris", "suites", "components"} <= stanza.keys():
                found.append(stanza)
    return found


def _lines(apt: Path) -> list[dict[str, str]]:
    """Return the ``deb`` lines of the older one-line files as stanzas."""
    found = []
    for file in [apt / "sources.list", *sorted(apt.glob("sources.list.d/*.list"))]:
        if not file.is_file():
            continue
        for line in file.read_text(errors="replace").splitlines():
            match = ONE_LINE.match(line.partition("#")[0].strip())
            if match is None:
                continue
            options = dict(word.split("=", 1) for word in (match["options"] or "").split() if "=" in word)
            stanza = {"types": "deb", "uris": match["uri"], "suites": match["suite"], "components": match["components"]}
            found.append(stanza | {key.lower(): value for key, value in options.items()})
    return found

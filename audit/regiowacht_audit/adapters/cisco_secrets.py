"""Secrets as Cisco IOS, and those who write like it, put them into a configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.adapters.secret import Secret, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.tree.line import Line

WORDS = frozenset(
    [
        "password",
        "secret",
        "key",
        "key-string",
        "pre-shared-key",
        "server-key",
        "authentication-key",
        "message-digest-key",
        "md5",
        "authentication",
        "wpa-psk",
        "set-key",
        "domain-password",
        "area-password",
        "pac",
        "nhrp",
        "passphrase",
        "sha256",
        "sha512",
        "hash",
        "passwd",
        "ciphertext",
        "plaintext",
        "encrypted",
    ]
)
VALUE = r"(?:(?P<kind>\d{1,2}) )?(?P<value>\S+)"
AFTER_KEY = r"(?: (?:authentication|accounting|auth-port|acct-port|port|timeout|retransmit)\b.*)?"
PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<name>username \S+) (?:.*\b)?password {VALUE}",
        rf"(?P<name>enable password)(?: level \d+)? {VALUE}",
        rf"(?P<name>password) {VALUE}$",
        rf"(?P<name>neighbor \S+ password) {VALUE}$",
        rf"(?P<name>(?:tacacs|radius)-server)(?: .*)? key {VALUE}{AFTER_KEY}$",
        rf"(?P<name>server-private \S+).* key {VALUE}$",
        rf"(?P<name>client \S+ server-key) {VALUE}$",
        rf"(?P<name>(?:pac )?key) {VALUE}$",
        rf"(?P<name>key-string) {VALUE}$",
        rf"(?P<name>ip(?:v6)? ospf (?:message-digest-key \d+ md5|authentication-key)) {VALUE}$",
        rf"(?P<name>area \S+ virtual-link .*(?:message-digest-key \d+ md5|authentication-key)) {VALUE}$",
        rf"crypto (?P<name>isakmp key) {VALUE} (?:address|hostname)",
        rf"(?P<name>pre-shared-key)(?: (?:local|remote))? {VALUE}$",
        rf"(?P<name>pre-shared-key) address .* key {VALUE}$",
        rf"authentication (?:local|remote) (?P<name>pre-share) key {VALUE}$",
        rf"(?P<name>ppp (?:chap password|pap sent-username \S+ password)) {VALUE}$",
        rf"(?P<name>ip (?:ftp|http client|nhrp) (?:password|authentication)) {VALUE}$",
        rf"authentication (?P<name>mode hmac-sha-256) {VALUE}$",
        rf"(?P<name>wpa-psk (?:ascii|hex)) {VALUE}$",
        rf"(?P<name>(?:standby|vrrp) \d+ authentication)(?: md5 key-string| text)? {VALUE}$",
        rf"(?P<name>(?:isis|domain-password|area-password)(?: password)?) {VALUE}",
        rf"(?P<name>security wpa psk set-key (?:ascii|hex)) {VALUE}",
        rf"(?!description|remark|name|alias|aaa)(?P<name>\S+ .*\bpassword) {VALUE}$",
    )
)
NTP = re.compile(r"(?P<name>ntp authentication-key \d+) \S+ (?P<value>\S+)(?: (?P<kind>7|0))?$")
SECRET = re.compile(
    r"(?P<name>username \S+|enable|secret)(?: .*?)?(?:^| )secret (?:level \d+ )?"
    r"(?P<kind>\d+|sha512|sha256) (?P<value>\S+)"
)
HASH = re.compile(r"\$(?:[1568]|9|14|15|2[aby]|sha\d+)\$")
NO_VALUE = frozenset({"md5", "message-digest", "key-chain", "chain", "encryption", "policy", "prompt", "rotate"})


def cisco_secrets(top: Line) -> Iterator[Secret]:
    """Yield every secret below a line: passwords, keys of servers and neighbours, pre-shared keys."""
    for line in top.walk():
        if not WORDS.isdisjoint(line.words) and line.words[0] != "no" and not line.texts:
            secret = secret_of(line)
            if secret is not None:
                yield secret


def secret_of(line: Line) -> Secret | None:
    """Return the secret that a line holds, or None."""
    text = " ".join(line.words)
    found = SECRET.match(text)
    if found:
        return Secret(found["name"], line, "plain" if found["kind"] == "0" else "hashed", found["value"])
    found = NTP.match(text)
    if found:
        return Secret(found["name"], line, form_of(found["kind"] or ""), found["value"])
    for pattern in PATTERNS:
        found = pattern.match(text)
        if found:
            return _secret(line, found)
    return None


def _secret(line: Line, found: re.Match[str]) -> Secret | None:
    """Return the secret of a match, unless its value is a word of the grammar, or a key's number in a key chain.

    A word ``encrypted`` beside it, or a value in the shape of crypt(3), says that it is a hash.
    """
    kind, value = found["kind"] or "", found["value"]
    if value in NO_VALUE or (found["name"] == "key" and not kind and value.isdigit()):
        return None
    is_hashed = kind == "" and ("encrypted" in line.words or HASH.match(value) is not None)
    return Secret(found["name"], line, "hashed" if is_hashed else form_of(kind), value)

"""``regiowacht audit run``: reads the devices of a region, keeps and judges their configurations."""

from __future__ import annotations

import getpass
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json, add_region
from regiowacht.verbs.audit_push import add_push, gateway_of, push
from regiowacht_contract.errors import RegiowachtError, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterator

    from regiowacht.console import Console
    from regiowacht_audit.fetch.said import Said
    from regiowacht_audit.fetch.target import Target
    from regiowacht_audit.judge.baseline import Baseline
    from regiowacht_audit.outcome import Examiner, Outcome
    from regiowacht_audit.scrub.scanner import Scanner
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region

STORE = "audit-store"


def _add_run(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("devices", nargs="*", metavar="DEVICE", help=say("audit-run.help-devices", lang))
    parser.add_argument(
        "--gemeente", action="append", default=[], metavar="G", help=say("audit-run.option-gemeente", lang)
    )
    parser.add_argument("--for", dest="reader", default="", metavar="G", help=say("audit-run.option-for", lang))
    parser.add_argument("--from-dir", metavar="DIR", help=say("audit-run.option-from-dir", lang))
    parser.add_argument("--baseline", metavar="B", help=say("audit-run.option-baseline-run", lang))
    parser.add_argument("--store", metavar="DIR", help=say("audit-run.option-store", lang, default=STORE))
    parser.add_argument("--dry-run", action="store_true", help=say("audit-run.option-dry-run", lang))
    parser.add_argument("--html", metavar="FILE", help=say("audit-run.option-html", lang))
    parser.add_argument("--sarif", metavar="FILE", help=say("audit-run.option-sarif", lang))
    parser.add_argument("--metrics", metavar="FILE", help=say("audit-run.option-metrics", lang))
    add_push(parser, lang)
    add_json(parser, lang)


def _run(chosen: Namespace, console: Console) -> int:
    """Judge every device; 0 where all is well, 1 where one breaks a rule, 3 where one could not be read."""
    from regiowacht.region import open_region
    from regiowacht.verbs.audit_beside import store_of, with_reuse
    from regiowacht.verbs.audit_outputs import write_outputs
    from regiowacht_audit.outcome import exit_code
    from regiowacht_audit.targets import targets_of

    region, console = open_region(chosen.region, console)
    if chosen.from_dir is not None:
        _check_folder(Path(chosen.from_dir))
    if chosen.reader:
        chosen.gemeente = [chosen.reader]
    targets = targets_of(region, chosen.gemeente, chosen.devices, from_files=chosen.from_dir is not None)
    if not targets:
        raise UsageError("audit-run.nothing-to-read" if chosen.from_dir is None else "audit-run.no-platform")
    if chosen.dry_run:
        return _show_plan(region, targets, chosen, console)
    gateway = gateway_of(region, chosen)
    examiner = _examiner(region, targets)
    baselines = _baselines(region, targets, chosen)
    outcomes: list[Outcome] = []
    for outcome in _outcomes(targets, baselines, examiner, chosen, console):
        outcomes.append(_tellable(_kept(outcome, examiner, chosen), examiner))
        console.tell(
            "audit-run.progress",
            done=len(outcomes),
            all=len(targets),
            device=outcome.name,
            how=_how(outcomes[-1], console.lang),
        )
    outcomes.sort(key=lambda one: (one.gemeente, one.device))
    outcomes = with_reuse(region, outcomes, store_of(chosen), chosen.reader, console.lang)
    scanner = examiner.scanner()
    refused = write_outputs(region, outcomes, scanner, chosen, console.lang)
    if gateway is not None:
        refused += push(gateway, region, outcomes, scanner, chosen, console)
    told = _show_outcomes(region, outcomes, scanner, chosen, console)
    for error in refused:
        console.error(error)
    return max([exit_code(told), *(error.exit_code for error in refused)])


def _show_outcomes(
    region: Region, outcomes: list[Outcome], scanner: Scanner, chosen: Namespace, console: Console
) -> list[Outcome]:
    """Print what was found, once the scanner saw all of it; return what was told of each device."""
    from regiowacht_audit.report.console import run_as_text
    from regiowacht_audit.report.data import run_as_json
    from regiowacht_audit.report.looked_at import tellable

    if chosen.json:
        told = tellable(
            "--json",
            lambda some: json.dumps(run_as_json(region.regio, some, console.lang), ensure_ascii=False, indent=2),
            outcomes,
            scanner,
        )
        console.json(run_as_json(region.regio, told, console.lang))
        return told
    told = tellable("stdout", lambda some: "\n".join(run_as_text(some, console.lang)), outcomes, scanner)
    for line in run_as_text(told, console.lang):
        console.out(line)
    return told


def _show_plan(region: Region, targets: list[Target], chosen: Namespace, console: Console) -> int:
    from regiowacht_audit.fetch.commands import commands_of

    plan = [
        {
            "device": str(target),
            "address": target.address,
            "platform": target.platform.name,
            "credential": target.login.name or "-",
            "baseline": _baseline_name(region, target.gemeente, chosen),
            "commands": list(commands_of(target.platform.name).read),
        }
        for target in targets
    ]
    if chosen.json:
        console.json({"devices": plan})
    else:
        for one in plan:
            console.out(say("audit-run.plan", console.lang, **{**one, "commands": "; ".join(one["commands"])}))
    return 0


def _examiner(region: Region, targets: list[Target]) -> Examiner:
    from regiowacht_audit.outcome import Examiner
    from regiowacht_audit.scrub import Fingerprint
    from regiowacht_contract.secret import resolve

    key = resolve(region.audit.key).encode() if region.audit.key else b""
    references = {
        reference
        for target in targets
        for login in (target.login, *([target.jump.login] if target.jump else []))
        for reference in (login.password, login.enable)
        if reference
    }
    return Examiner(Fingerprint(key), tuple(sorted(_those_there(references))))


def _those_there(references: set[str]) -> Iterator[str]:
    """Yield the secrets that are there; a device whose password is not tells so itself, and files need none."""
    from regiowacht_contract.secret import resolve

    for reference in references:
        with suppress(RegiowachtError):
            yield resolve(reference)


def _baseline_name(region: Region, gemeente: str, chosen: Namespace) -> str:
    from regiowacht_audit.targets import baseline_name

    return str(chosen.baseline or baseline_name(region, gemeente))


def _baselines(region: Region, targets: list[Target], chosen: Namespace) -> dict[str, Baseline]:
    """Return what each gemeente is judged by; one that cannot be used ends the run before a device is asked."""
    from regiowacht_audit.judge.baseline import find_baseline

    folder = Path(chosen.region or ".") / "baselines"
    return {
        gemeente: find_baseline(_baseline_name(region, gemeente, chosen), folder)
        for gemeente in sorted({target.gemeente for target in targets})
    }


def _outcomes(
    targets: list[Target], baselines: dict[str, Baseline], examiner: Examiner, chosen: Namespace, console: Console
) -> Iterator[Outcome]:
    from regiowacht_audit.fetch.jump import Jumps
    from regiowacht_audit.fetch.pool import read_all
    from regiowacht_audit.judge.beside import Beside
    from regiowacht_audit.outcome import Outcome
    from regiowacht_audit.trust import FILE

    known_hosts = Path(chosen.region or ".") / FILE
    console.tell("audit-run.begins", count=len(targets))
    with Jumps(known_hosts) as jumps:
        read: Callable[[Target], Said]
        if chosen.from_dir is not None:
            read = _reader_of(Path(chosen.from_dir))
        else:
            from regiowacht_audit.fetch import session
            from regiowacht_audit.trust import read as keys_of

            keys_of(known_hosts)  # said once, before a device is asked, where it cannot be read

            def read(target: Target) -> Said:
                return session.read(target, known_hosts, jumps.through)

        for one in read_all(targets, read):
            target = one.target
            if one.error is not None:
                yield Outcome(target.gemeente, target.name, target.platform, error=one.error, took_s=one.took_s)
            else:
                of = (target.gemeente, target.name, target.platform, baselines[target.gemeente])
                yield examiner.examine(one.said.text, *of, Beside(startup=one.said.startup))


def _check_folder(folder: Path) -> None:
    """Refuse a folder that holds no configuration of any device.

    Raises:
        UsageError: it is not there, or there is none in it.
    """
    if not folder.is_dir():
        raise UsageError("audit-run.no-folder", path=folder)
    if not any(True for pattern in ("*.cfg", "*/*.cfg") for _ in folder.glob(pattern)):
        raise UsageError("audit-run.empty-folder", path=folder)


def _reader_of(folder: Path) -> Callable[[Target], Said]:
    """Return what reads a device's file: ``GEMEENTE/NAME.cfg``, or ``NAME.cfg``."""
    from regiowacht_audit.fetch.said import Said
    from regiowacht_contract.errors import Found

    def read(target: Target) -> Said:
        for path in (folder / target.gemeente / f"{target.name}.cfg", folder / f"{target.name}.cfg"):
            if path.is_file():
                try:
                    return Said(path.read_bytes().decode("utf-8", "surrogateescape"))
                except OSError as error:
                    raise Found("audit.unreadable", file=path, said=error.strerror) from None
        raise Found("audit-run.no-file-of-device", folder=folder, gemeente=target.gemeente, name=target.name)

    return read


def _kept(outcome: Outcome, examiner: Examiner, chosen: Namespace) -> Outcome:
    """Keep what was read from a device; what came from files is kept where a store was named, and is no backup."""
    from dataclasses import replace

    from regiowacht.verbs.audit_beside import store_of, with_backup
    from regiowacht_audit.scrub.scanner import Leak

    if outcome.error is not None:
        return outcome
    store = store_of(chosen)
    is_from_device = chosen.from_dir is None
    if not is_from_device:
        outcome = with_backup(outcome, store)
        if not chosen.store:
            return outcome
    of, at_s = (outcome.gemeente, outcome.device), int(time.time())
    who = os.environ.get("SUDO_USER") or getpass.getuser()
    try:
        change = store.keep(*of, outcome.text, scanner=examiner.scanner(), who=who, at_s=at_s)
        if is_from_device:
            store.seen(*of, at_s)
    except Leak as leak:
        return replace(outcome, error=leak, judged=None, text="")
    except RegiowachtError as error:  # a full disk keeps nothing, and makes no finding less true
        return replace(outcome, error=error)
    kept = replace(outcome, change=change)
    return with_backup(kept, store) if is_from_device else kept


def _tellable(outcome: Outcome, examiner: Examiner) -> Outcome:
    """Return an outcome whose error repeats no secret that the device said."""
    from dataclasses import replace

    if outcome.error is not None:
        try:
            examiner.scanner().check(outcome.error.message("en"), outcome.name)
        except RegiowachtError as leak:
            return replace(outcome, error=leak)
    return outcome


def _how(outcome: Outcome, lang: Lang) -> str:
    if outcome.error is not None:
        return outcome.error.message(lang)
    failed = sum(one.status == "fail" for one in outcome.judged.findings) if outcome.judged else 0
    changed = say("audit-run.changed", lang) if outcome.change else ""
    return say("audit-run.done", lang, failed=failed, seconds=round(outcome.took_s, 1), changed=changed)


RUN = Verb("run", "audit-run.help-run", _add_run, _run)

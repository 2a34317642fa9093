"""The Debian packages: built from the wheelhouse without root and without a network, the same bytes each time."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import parse_wheel_filename

from pack import control, legal, tree, wheelhouse
from pack.errors import PackError
from pack.fetch import find
from pack.kinds import KINDS
from pack.lock import ROOT, of_extras
from pack.target import MACHINES, PYTHONS, Target, this_machine

if TYPE_CHECKING:
    from pack.kinds import Kind

OUT = ROOT / "dist"
COMPRESSION = ("--uniform-compression", "-Zzstd", "-z6")
"""Every Debian and Ubuntu with Python 3.11 reads zstd; xz makes a quarter less of it in sixty times the time."""
FIRST_EPOCH = 1577836800
"""2020-01-01: for a source that is no clone of git."""


def make(
    kind: Kind, target: Target, house: Path, out: Path, *, version: str | None = None, epoch: int | None = None
) -> Path:
    """Build a package from the wheels in ``house`` into ``out``; return it.

    Args:
        kind: which.
        target: the Python and machine of the servers it is for.
        house: folder with the product's wheel and those of others.
        out: folder for the package.
        version: instead of the product's own.
        epoch: time of every file in it (Unix); the source's own by default.

    Raises:
        PackError: a wheel is missing, or dpkg-deb is.
    """
    own, others = _wheels(kind, target, house)
    version = version or f"{parse_wheel_filename(own.name)[1]}+py{target.python}"
    when = source_epoch() if epoch is None else epoch
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="regiowacht-deb-") as work:
        top = Path(work) / "tree"
        top.mkdir()
        tree.stage(kind, target, (own, *others), top)
        if kind.has_shelf:
            wheelhouse.write_sums(tree.fill_shelf(_shelf(own, house), top))
        _document(kind, target, version, when, top)
        _control(kind, target, version, top)
        _settle(top, when)
        return _build(top, out / f"{kind.name}_{version}_{MACHINES[target.machine]}.deb", when)


def source_epoch() -> int:
    """Return SOURCE_DATE_EPOCH, else the time of the last commit, else one that never changes."""
    if told := os.environ.get("SOURCE_DATE_EPOCH", "").strip():
        return int(told)
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return FIRST_EPOCH
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else FIRST_EPOCH


def _wheels(kind: Kind, target: Target, house: Path) -> tuple[Path, list[Path]]:
    """Return the product's wheel, and those of others."""
    own = list(house.glob("regiowacht-*.whl"))
    pins = of_extras(kind.extras, target.environment())
    found = find(pins, target, house)
    missing = [pin.name for pin in pins if pin.name not in found]
    if len(own) != 1 or missing:
        raise PackError(f"{house} lacks wheels for {target}: {', '.join(missing or ['regiowacht'])}; make wheelhouse")
    return own[0], [found[pin.name] for pin in pins]


def _shelf(own: Path, house: Path) -> list[Path]:
    """Return the wheels in ``house`` that agents on other servers are installed from."""
    found = {own}
    for machine in MACHINES:
        for python in PYTHONS:
            target = Target(python, machine)
            found.update(find(of_extras(wheelhouse.AGENT, target.environment()), target, house).values())
    return sorted(found)


def _document(kind: Kind, target: Target, version: str, epoch: int, top: Path) -> None:
    place = f"{tree.HOME}/lib/python{target.python}/site-packages"
    docs = top / "usr/share/doc" / kind.name
    told = legal.changelog(kind.name, version, control.maintainer(), epoch)
    tree.write(docs / "copyright", legal.copyright_of(top / place, f"/{place}"))
    tree.write(docs / "changelog.gz", tree.packed(told))
    tree.write(docs / "NEWS.md.gz", tree.packed((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))


def _control(kind: Kind, target: Target, version: str, top: Path) -> None:
    text = control.control(kind, target, version, control.size_bytes(top), control.maintainer())
    tree.write(top / "DEBIAN/control", text)
    tree.write(top / "DEBIAN/md5sums", control.md5sums(top))
    for name, script in control.scripts(kind).items():
        tree.write(top / "DEBIAN" / name, script, 0o755)


def _settle(top: Path, epoch: int) -> None:
    """Give every file its mode and time, whatever the umask and the wheels say."""
    for path in (*top.rglob("*"), top):
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o7777
            if path.name != "secrets":
                path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def _build(top: Path, package: Path, epoch: int) -> Path:
    dpkg_deb = shutil.which("dpkg-deb")
    if dpkg_deb is None:
        raise PackError("dpkg-deb is missing; Debian packages are made on Debian or Ubuntu")
    command = [dpkg_deb, "--root-owner-group", *COMPRESSION, "--build", str(top), str(package)]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackError(f"dpkg-deb: {(done.stderr.strip().splitlines() or ['no word why'])[-1]}")
    return package


def main() -> int:
    """Build both packages into dist/; return the exit code."""
    here = this_machine()
    parser = argparse.ArgumentParser(prog="python -m pack.deb", description=__doc__)
    parser.add_argument("--python", default=here.python, choices=PYTHONS, help="of the servers (default: this one's)")
    parser.add_argument(
        "--machine", default=here.machine, choices=MACHINES, help="of the servers (default: this one's)"
    )
    asked = parser.parse_args()
    target = Target(asked.python, asked.machine)
    tell = wheelhouse.tell_person
    try:
        house = wheelhouse.make(tell=tell, more=target)
        for kind in KINDS:
            package = make(kind, target, house, OUT)
            tell(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB")
            print(package)
    except PackError as error:
        tell(str(error))
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

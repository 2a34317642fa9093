"""The helper's task apt on the real apt, with a repository and a state of packages of our own."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.helper.apart import find_out
from regiowacht_agent.helper.outside import Outside
from tests.lab import product, rootfs
from tests.lab.machine import Machine
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from regiowacht_agent.helper.task import Result

STAMP = 1_790_000_000
APT_CONF = """
Dir "{root}";
Dir::State::status "{root}/var/lib/dpkg/status";
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Sandbox::User "root";
Acquire::Languages "none";
"""
FOLDERS = (
    *("var/lib/dpkg", "var/lib/apt/lists/partial", "var/lib/apt/periodic", "var/cache/apt/archives/partial"),
    *("etc/apt/apt.conf.d", "etc/apt/preferences.d", "run"),
)
INSTALLED = {
    "shell": ("1.0", "install", "{arch}"),
    "mailer": ("2.0", "install", "{arch}"),
    "editor": ("3.0", "hold", "{arch}"),
    "docs": ("1.0", "install", "all"),
    "library": ("1.0", "install", "{arch}"),
    "current": ("1.0", "install", "{arch}"),
}
OFFERED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "stable": {
        "shell": ("1.1", "{arch}"),
        "editor": ("3.1", "{arch}"),
        "docs": ("1.1", "all"),
        "current": ("1.0", "{arch}"),
    },
    "stable-security": {"shell": ("1.2", "{arch}"), "mailer": ("2.0-1", "{arch}")},
}


def _paragraphs(*rows: Mapping[str, str]) -> str:
    return "".join("".join(f"{name}: {value}\n" for name, value in row.items()) + "\n" for row in rows)


def _repository(folder: Path, arch: str) -> str:
    """Write a repository with two suites, and return the lines that name it."""
    lines = []
    for suite, packages in OFFERED.items():
        place = folder / f"dists/{suite}/main/binary-{arch}"
        place.mkdir(parents=True)
        rows = (
            {
                "Package": name,
                "Version": version,
                "Architecture": kind.format(arch=arch),
                "Maintainer": "test <test@zandbeke.example>",
                "Filename": f"pool/{name}.deb",
                "Size": "1000",
                "SHA256": "0" * 64,
                "Description": name,
            }
            for name, (version, kind) in packages.items()
        )
        content = _paragraphs(*rows).encode()
        (place / "Packages").write_bytes(content)
        label = "Zandbeke-Security" if suite.endswith("security") else "Zandbeke"
        release = {
            "Origin": "Zandbeke",
            "Label": label,
            "Suite": suite,
            "Version": "12.1",
            "Codename": suite.replace("stable", "boekworm"),
            "Date": "Mon, 01 Jan 2024 00:00:00 UTC",
            "Architectures": arch,
            "Components": "main",
            "SHA256": f"\n {hashlib.sha256(content).hexdigest()} {len(content)} main/binary-{arch}/Packages",
        }
        (folder / f"dists/{suite}/Release").write_text(_paragraphs(release))
        lines.append(f"deb [trusted=yes] file:{folder} {suite} main\n")
    return "".join(lines)


def _status(arch: str) -> str:
    return _paragraphs(
        *(
            {
                "Package": name,
                "Status": f"{wanted} ok installed",
                "Maintainer": "test <test@zandbeke.example>",
                "Architecture": kind.format(arch=arch),
                "Version": version,
                "Description": name,
            }
            for name, (version, wanted, kind) in INSTALLED.items()
        )
    )


class Debian:
    """A folder that is a Debian to apt: what is installed in it is what we say."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.arch = subprocess.run(
            ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for path in FOLDERS:
            (self.root / path).mkdir(parents=True)
        self.config = folder / "apt.conf"
        self.config.write_text(APT_CONF.format(root=self.root, arch=self.arch))
        (self.root / "etc/apt/sources.list").write_text(_repository(folder / "repository", self.arch))
        (self.root / "var/lib/dpkg/status").write_text(_status(self.arch))
        (self.root / "var/lib/apt/extended_states").write_text(
            _paragraphs({"Package": "library", "Architecture": self.arch, "Auto-Installed": "1"})
        )

    def update(self) -> None:
        """Fetch the lists, as apt's own timer does."""
        environ = {**os.environ, "APT_CONFIG": str(self.config), "LC_ALL": "C"}
        done = subprocess.run(["apt-get", "update"], env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def result(self, monkeypatch: pytest.MonkeyPatch) -> Result:
        """Return how the task fares."""
        monkeypatch.setenv("APT_CONFIG", str(self.config))
        return find_out("apt", load(None), Outside(root=self.root))

    def told(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Return the series that it tells."""
        result = self.result(monkeypatch)
        assert result.state == "ok", result
        return [row for row in result.text.splitlines() if not row.startswith("#")]


@pytest.fixture
def debian(tmp_path: Path) -> Debian:
    need("apt-get")
    need("dpkg")
    return Debian(tmp_path)


def test_what_waits_is_told_by_where_it_comes_from(debian: Debian, monkeypatch: pytest.MonkeyPatch) -> None:
    debian.update()
    (debian.root / "run/reboot-required").touch()
    stamp = debian.root / "var/lib/apt/periodic/update-success-stamp"
    stamp.touch()
    os.utime(stamp, (STAMP, STAMP))
    arch = debian.arch
    assert debian.told(monkeypatch) == [
        "apt_autoremove_pending 1",
        f"apt_package_cache_timestamp_seconds {STAMP}.0",
        f'apt_upgrades_held{{origin="Zandbeke:boekworm/stable",arch="{arch}"}} 1',
        f'apt_upgrades_pending{{origin="Zandbeke:boekworm-security/stable-security",arch="{arch}"}} 2',
        'apt_upgrades_pending{origin="Zandbeke:boekworm/stable",arch="all"} 1',
        f'apt_upgrades_pending{{origin="Zandbeke:boekworm/stable",arch="{arch}"}} 1',
        "node_reboot_required 1",
        'regiowacht_updates_security_pending{manager="apt"} 2',
    ]


def test_before_the_lists_were_fetched_nothing_waits(debian: Debian, monkeypatch: pytest.MonkeyPatch) -> None:
    told = debian.told(monkeypatch)
    assert 'apt_upgrades_pending{origin="",arch=""} 0' in told
    assert 'apt_upgrades_held{origin="",arch=""} 0' in told
    assert "node_reboot_required 0" in told
    (row,) = (row for row in told if row.startswith("apt_package_cache_timestamp_seconds"))
    assert float(row.split()[1]) == pytest.approx((debian.root / "var/lib/apt/lists/partial").stat().st_mtime, abs=0.01)


def test_a_broken_state_of_packages_is_a_failure_with_apts_words(
    debian: Debian, monkeypatch: pytest.MonkeyPatch
) -> None:
    (debian.root / "var/lib/dpkg/status").write_text("Package shell\nno such thing\n")
    result = debian.result(monkeypatch)
    assert (result.state, result.reason) == ("failed", "exit-100")
    assert "apt" in result.detail


def test_nothing_is_changed(debian: Debian, monkeypatch: pytest.MonkeyPatch) -> None:
    debian.update()
    files = ("var/lib/dpkg/status", "var/lib/apt/extended_states")
    before = [(debian.root / path).read_bytes() for path in files]
    debian.told(monkeypatch)
    assert [(debian.root / path).read_bytes() for path in files] == before


UNIT = f"""[Service]
Type=oneshot
ExecStart={" ".join(product.COMMAND)} helper --out /var/lib/regiowacht-helper
SuccessExitStatus=1
{"".join(f"Environment={name}={value}" + chr(10) for name, value in product.ENVIRONMENT.items())}
"""
AGENT = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env")
ONCE = ("once", "--collector.disable-defaults", "--collector.textfile")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    run_dir = tmp_path_factory.mktemp("helper") / f"regio-lab-test-{os.getpid()}"
    folder = run_dir / "product"
    folder.mkdir(parents=True)
    product.copy_to(folder)
    files = {
        "/etc/systemd/system/regiowacht-helper.service": UNIT.encode(),
        "/etc/apt/sources.list": b"",
    }
    machine = Machine.boot("updates", run_dir, rootfs.find().server, files=files, binds={folder: product.PLACE})
    try:
        machine.wait_booted()
        yield machine
    finally:
        machine.close()


@pytest.mark.systemd
def test_a_server_whose_own_packages_are_behind(server: Machine, tmp_path: Path) -> None:
    arch = server.run("dpkg", "--print-architecture").stdout.strip()
    version = server.run("dpkg-query", "-W", "-f=${Version}", "curl").stdout
    packages = _paragraphs(
        {
            "Package": "curl",
            "Version": f"{version}+zandbeke1",
            "Architecture": arch,
            "Maintainer": "test <test@zandbeke.example>",
            "Filename": "curl.deb",
            "Size": "1000",
            "SHA256": "0" * 64,
            "Description": "newer",
        }
    )
    server.write("/srv/repository/Packages", packages.encode())
    server.write("/etc/apt/sources.list", b"deb [trusted=yes] file:/srv/repository ./\n")
    server.run("apt-get", "-q", "update", within_s=60)
    server.write("/run/reboot-required", b"")
    server.run("systemctl", "start", "regiowacht-helper", within_s=120)
    environment = [f"{name}={value}" for name, value in product.ENVIRONMENT.items()]
    words = [*product.COMMAND, *ONCE, "--collector.textfile.directory=/var/lib/regiowacht-helper"]
    told = server.run(*AGENT, *environment, *words, within_s=60).stdout
    assert f'apt_upgrades_pending{{origin="localhost",arch="{arch}"}} 1\n' in told
    assert "node_reboot_required 1\n" in told
    assert 'regiowacht_helper_task_success{task="apt"} 1\n' in told
    assert "node_textfile_scrape_error 0\n" in told

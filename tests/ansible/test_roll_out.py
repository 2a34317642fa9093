"""Two clean servers, from nothing to a region, to a newer version, to nothing again."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.ansible.newer import newer
from tests.ansible.place import Place, hang_up
from tests.ansible.region import FIRST, HOSTS, SECOND, SECRETS
from tests.lab import rootfs
from tests.lab.lab import Lab
from tests.lab.waiting import until
from tests.lab.wheelhouse import wheelhouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.ansible.place import Play

pytestmark = [pytest.mark.ansible, pytest.mark.wheels, pytest.mark.tools, pytest.mark.timeout(1800)]

AGENT, COLLECTOR = "regiowacht-agent.service", "regiowacht-collector.service"
NONE = dict.fromkeys(HOSTS.values(), 0)
PYTHON_CACHE, ANSIBLES_OWN = "__pycache__", "/root/.ansible"
LEFT_BY_OTHERS = (
    "/var/lib/private",
    "/var/log/",
    "/var/lib/systemd/",
    "/var/lib/dbus/",
    "/var/cache/",
    "/var/tmp",
    "/etc/machine-id",
)
"""What the system itself writes while it runs."""


@dataclass
class Story:
    """What was seen until both servers were installed.

    Attributes:
        before: the files of each machine, before anything.
        beforehand: ``--check --diff`` on clean servers.
        untouched: their files after that.
        first, again, afterwards: the roll-out, the same once more, and ``--check --diff`` after it.
    """

    place: Place
    wheels: Path
    before: dict[str, dict[str, str]]
    beforehand: Play
    untouched: dict[str, dict[str, str]]
    first: Play
    again: Play
    afterwards: Play


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Both servers, installed; the tests of this file go on from there in their order."""
    wheels = wheelhouse()
    with Lab(rootfs.find()) as lab:
        place = Place.build(lab, tmp_path_factory.mktemp("controller"))
        try:
            before = {name: place.files(name) for name in HOSTS}
            beforehand = place.play("site.yml", "--check", "--diff", wheels=wheels)
            untouched = {name: place.files(name) for name in HOSTS}
            first = place.play("site.yml", "--diff", "-vvv", wheels=wheels, watch=True)
            again = place.play("site.yml", wheels=wheels)
            afterwards = place.play("site.yml", "--check", "--diff", wheels=wheels)
            yield Story(place, wheels, before, beforehand, untouched, first, again, afterwards)
        finally:
            hang_up(lab)


def new_files(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Return what is another than before, but for what the system and Ansible themselves leave."""
    return {
        path: told
        for path, told in sorted(after.items())
        if before.get(path) != told
        and PYTHON_CACHE not in path
        and not path.startswith((*LEFT_BY_OTHERS, ANSIBLES_OWN))
    }


def ask(place: Place, query: str) -> list[dict[str, Any]]:
    """Return what the engine on the collector's machine finds."""
    url = f"http://127.0.0.1:9783/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    with place.lab.hosts[FIRST].network(), urllib.request.urlopen(url, timeout=30) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return found


def versions(place: Place) -> dict[str, str]:
    """Return which version is installed, by server."""
    words = ("/opt/regiowacht/bin/python", "-c", "from importlib.metadata import version as v; print(v('regiowacht'))")
    return {name: place.machine(name).run(*words, check=False).stdout.strip() for name in HOSTS}


def test_check_on_clean_servers_tells_and_touches_nothing(story: Story) -> None:
    assert story.beforehand.code == 0, story.beforehand.said
    assert all(count >= 5 for count in story.beforehand.changed().values())
    assert "would join" in story.beforehand.said
    for name in HOSTS:
        assert new_files(story.before[name], story.untouched[name]) == {}


def test_a_roll_out_installs_all_of_it(story: Story) -> None:
    assert story.first.code == 0, story.first.said[-4000:]
    assert [story.place.machine(name).is_active(AGENT) for name in HOSTS] == [True, True]
    assert story.place.machine(FIRST).is_active(COLLECTOR)
    up = 'up{job="node"} == 1'
    until(lambda: {one["metric"]["instance"] for one in ask(story.place, up)} == set(HOSTS), 30, "both in the region")


def test_a_second_time_changes_nothing(story: Story) -> None:
    assert story.again.code == 0, story.again.said
    assert story.again.changed() == NONE, story.again.said
    assert story.afterwards.code == 0, story.afterwards.said
    assert story.afterwards.changed() == NONE, story.afterwards.said


def test_secrets_are_where_they_belong_and_nowhere_else(story: Story) -> None:
    server = story.place.machine(SECOND)
    assert (
        server.read("/etc/regiowacht/secrets/community").decode() == SECRETS["file:/etc/regiowacht/secrets/community"]
    )
    places = ("/etc/regiowacht/secrets", "/etc/regiowacht/secrets/community", "/etc/regiowacht/environment")
    assert server.run("stat", "-c", "%a %U", *places).stdout.split("\n")[:3] == ["700 root", "600 root", "600 root"]
    key = (story.place.folder / "authority-10.0.1.1.key").read_text().splitlines()[1]
    token = server.read("/var/lib/regiowacht/credential").decode().strip()
    code = [line for line in story.first.said.splitlines() if '"code"' in line]
    assert code == [], "the one-time code"
    said = story.beforehand.said + story.first.said + story.again.said + story.afterwards.said
    processes = "\n".join(story.place.processes)
    assert "agent join" in processes, "what is looked for was seen running"
    for secret in (*SECRETS.values(), key, token):
        assert secret not in said
        assert json.dumps(secret)[1:-1] not in said
        assert secret not in processes
    variables = server.run(
        "systemd-run", "--pipe", "--quiet", "-p", "EnvironmentFile=/etc/regiowacht/environment", "env"
    )
    assert f"SNMP_AUTH={SECRETS['env:SNMP_AUTH']}\n" in variables.stdout


def test_who_leaves_the_region_folder_leaves_the_collector(story: Story) -> None:
    (story.place.folder / "region/gemeenten/bb.yml").unlink()
    gone = story.place.play("site.yml", "--limit", HOSTS[FIRST], wheels=story.wheels)
    assert gone.code == 0, gone.said
    assert gone.changed() == {HOSTS[FIRST]: 2}, "the file, and the reading of it"
    assert "/etc/regiowacht/region/gemeenten/bb.yml" not in story.place.files(FIRST)
    until(lambda: ask(story.place, 'regiowacht_gemeente_info{gemeente="bb"}') == [], 30, "the gemeente to be gone")


def test_an_upgrade_stops_at_the_first_broken_server(story: Story, tmp_path: Path) -> None:
    place, wheels = story.place, newer(story.wheels, tmp_path / "wheels")
    broken = "/etc/systemd/system/regiowacht-agent.service.d/zz-broken.conf"
    place.machine(FIRST).write(broken, b"[Service]\nExecStart=\nExecStart=/bin/false\n")
    place.machine(FIRST).run("systemctl", "daemon-reload")
    old = versions(place)
    stopped = place.play("upgrade.yml", wheels=wheels)
    assert stopped.code != 0
    assert stopped.counts[HOSTS[FIRST]]["failed"] == 1, stopped.said
    assert HOSTS[SECOND] not in stopped.counts, "it was not begun with"
    assert versions(place)[SECOND] == old[SECOND]
    assert place.machine(SECOND).is_active(AGENT)

    place.machine(FIRST).run("rm", broken)
    place.machine(FIRST).run("systemctl", "daemon-reload")
    done = place.play("upgrade.yml", wheels=wheels)
    assert done.code == 0, done.said
    assert set(versions(place).values()) == {"99.0"}
    assert [place.machine(name).is_active(AGENT) for name in HOSTS] == [True, True]
    again = place.play("upgrade.yml", wheels=wheels)
    assert again.changed() == NONE, again.said


def test_removing_needs_a_name_and_leaves_nothing(story: Story) -> None:
    place = story.place
    slip = place.play("remove.yml", wheels=story.wheels)
    assert slip.code != 0
    assert "--limit" in slip.said
    assert place.machine(SECOND).is_active(AGENT)
    done = place.play("remove.yml", "-e", "remove_all=true", wheels=story.wheels)
    assert done.code == 0, done.said
    for name in HOSTS:
        assert new_files(story.before[name], place.files(name)) == {}
    again = place.play("remove.yml", "-e", "remove_all=true", wheels=story.wheels)
    assert again.code == 0, again.said
    assert again.changed() == NONE, again.said

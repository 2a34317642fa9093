"""The helper's tasks on what programs said; the answers were written for these tests after real ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.helper.task import TASKS
from tests.agent.helper_tools import NOW, Machine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("task", TASKS)
def test_a_machine_without_anything_is_no_failure(machine: Machine, task: str) -> None:
    result = machine.result(task)
    assert (result.state, result.text, result.series) == ("absent", "", 0)
    assert result.detail


DNF = """
kernel.x86_64                        5.14.0-503.40.1.el9_5              baseos
openssl-libs.x86_64                  1:3.2.2-6.el9_5.1                  baseos
a-package-with-a-name-as-long-as-no-column-holds.noarch
                                     1.0-1.el9                          appstream

Obsoleting Packages
grub2-tools.x86_64                   1:2.06-94.el9                      baseos
    grub2-tools.x86_64               1:2.06-92.el9                      @baseos
"""
DNF_SCRIPT = """case "$*" in
"-q check-update") cat {folder}/all; exit 100;;
"-q --security check-update") cat {folder}/security; exit 100;;
esac
exit 1"""


@pytest.mark.parametrize("header", ["Obsoleting Packages", "Obsoleting packages"])
def test_dnf_counts_by_repository(machine: Machine, header: str) -> None:
    (machine.folder / "all").write_text(DNF.replace("Obsoleting Packages", header))
    (machine.folder / "security").write_text("openssl-libs.x86_64  1:3.2.2-6.el9_5.1  baseos\n")
    machine.program("dnf", f"PATH=/bin:/usr/bin\n{DNF_SCRIPT.format(folder=machine.folder)}")
    assert machine.told("dnf") == [
        'regiowacht_updates_security_pending{manager="dnf"} 1',
        'yum_upgrades_pending{origin="appstream"} 1',
        'yum_upgrades_pending{origin="baseos"} 2',
    ]


@pytest.mark.parametrize("code", [0, 1])
def test_needs_restarting_says_whether_to_start_anew(machine: Machine, code: int) -> None:
    machine.program("yum", "exit 0")
    machine.program("needs-restarting", f"exit {code}")
    assert f"node_reboot_required {code}" in machine.told("dnf")
    assert 'yum_upgrades_pending{origin=""} 0' in machine.told("dnf")


def test_a_repository_out_of_reach_is_a_failure_with_its_words(machine: Machine) -> None:
    machine.program("dnf", "echo 'Errors during downloading metadata for repository baseos' >&2; exit 1")
    result = machine.result("dnf")
    assert (result.state, result.reason) == ("failed", "exit-1")
    assert result.detail == "dnf: Errors during downloading metadata for repository baseos"


NEEDRESTART = """NEEDRESTART-VER: 3.6
NEEDRESTART-KCUR: 6.1.0-18-amd64
NEEDRESTART-KEXP: 6.1.0-32-amd64
NEEDRESTART-KSTA: 3
NEEDRESTART-UCSTA: 1
NEEDRESTART-UCCUR: 0x00b5
NEEDRESTART-UCEXP:
NEEDRESTART-SVC: ssh.service
NEEDRESTART-SVC: cron.service
NEEDRESTART-SESS: root @ user manager service
"""


def test_needrestart(machine: Machine) -> None:
    machine.program("needrestart", f"PATH=/bin:/usr/bin\ntest \"$1\" = -b && cat <<'E'\n{NEEDRESTART}E")
    assert machine.told("needrestart") == [
        "needrestart_containers_count 0",
        'needrestart_kernel_status{current="6.1.0-18-amd64",expected="6.1.0-32-amd64"} 3',
        'needrestart_microcode_status{current="0x00b5",expected=""} 1',
        "needrestart_services_count 2",
        "needrestart_sessions_count 1",
        f'needrestart_timestamp{{version="3.6"}} {int(NOW)}',
    ]


def test_needrestart_that_says_nothing_is_not_understood(machine: Machine) -> None:
    machine.program("needrestart", "exit 0")
    assert machine.result("needrestart").reason == "not-understood"


CHRONY = "C0248F97,192.36.143.151,2,1790000000.123456789,-0.000012,0.000034,0.00005,-12.3,0.01,0.2,0.011,0.0012,64.9,"


def test_chrony(machine: Machine) -> None:
    machine.program("chronyc", f"test \"$*\" = '-n -c tracking' && echo '{CHRONY}Normal'")
    told = machine.told("chrony")
    assert 'chrony_tracking_reference_info{ref_id="C0248F97",ref_host="192.36.143.151"} 1' in told
    assert "chrony_tracking_stratum 2.0" in told
    assert "chrony_tracking_system_offset_seconds -1.2e-05" in told
    assert "chrony_tracking_root_dispersion_seconds 0.0012" in told
    assert "regiowacht_chrony_synchronised 1" in told


def test_chrony_without_a_source_and_without_a_daemon(machine: Machine) -> None:
    machine.program("chronyc", f"echo '{CHRONY}Not synchronised'")
    assert "regiowacht_chrony_synchronised 0" in machine.told("chrony")
    machine.program("chronyc", "echo '506 Cannot talk to daemon' && exit 1")
    result = machine.result("chrony")
    assert (result.reason, result.detail) == ("exit-1", "chronyc: 506 Cannot talk to daemon")
    machine.program("chronyc", "echo a,b")
    assert machine.result("chrony").reason == "not-understood"


FSTAB = """# <file system> <mount point> <type> <options>
UUID=1 / ext4 errors=remount-ro 0 1
UUID=2 /srv/back\\040ups/ ext4 defaults 0 2
//nas/data /data cifs _netdev,noauto 0 0
nas:/x /x nfs x-systemd.automount 0 0
nas:/y /y nfs
UUID=3 none swap sw 0 0
proc /proc
"""
MOUNTS = "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /srv/back\\040ups ext4 rw 0 0\nproc /proc proc rw 0 0\n"


@pytest.mark.parametrize("separator", ["\f", "\v", "\x1c", "\x85", "\u2028", "\r"])
def test_the_path_of_one_mount_is_not_taken_for_another_mount(machine: Machine, separator: str) -> None:
    machine.file("etc/fstab", "/dev/sdb1 /srv/backup ext4 defaults 0 2\n/dev/sdc1 /there ext4 defaults 0 2\n")
    machine.file(
        "proc/self/mounts",
        f"x /home/me/a{separator}y{separator}/srv/backup{separator}z fuse rw 0 0\n/dev/sdc1 /there ext4 rw 0 0\n",
    )
    assert machine.told("fstab") == [
        'node_fstab_mount_status{filesystem="/srv/backup"} 0',
        'node_fstab_mount_status{filesystem="/there"} 1',
    ]


def test_what_fstab_wants_is_there_or_not(machine: Machine) -> None:
    machine.file("etc/fstab", FSTAB)
    machine.file("proc/self/mounts", MOUNTS)
    assert machine.told("fstab") == [
        'node_fstab_mount_status{filesystem="/"} 1',
        'node_fstab_mount_status{filesystem="/srv/back ups"} 1',
        'node_fstab_mount_status{filesystem="/y"} 0',
        'node_fstab_mount_status{filesystem="/proc"} 1',
    ]


MDADM = """/dev/md0:
           Version : 1.2
        Raid Level : raid10
        Array Size : 2093056 (2044.00 MiB 2143.29 MB)
     Used Dev Size : 1046528 (1022.00 MiB 1071.64 MB)
      Raid Devices : 4
     Total Devices : 4
             State : clean, degraded
    Active Devices : 3
   Working Devices : 3
    Failed Devices : 1
     Spare Devices : 0
            Events : 42
"""


def _array(machine: Machine, device: str, level: str, layout: str) -> None:
    base = f"sys/block/{device}/md"
    for name, text in {"level": level, "layout": layout, "metadata_version": "1.2", "raid_disks": "4"}.items():
        machine.file(f"{base}/{name}", f"{text}\n")
    for number in range(4):
        machine.file(f"{base}/rd{number}/state", "in_sync\n" if number else "faulty\n")
        disk = machine.root / f"sys/devices/sd{'abcd'[number]}1"
        disk.mkdir(parents=True, exist_ok=True)
        (machine.root / base / f"rd{number}/block").symlink_to(disk)


def test_arrays_their_disks_and_what_mdadm_counts(machine: Machine) -> None:
    _array(machine, "md0", "raid10", "258")
    (machine.root / "dev/md").mkdir(parents=True)
    (machine.root / "dev/md0").touch()
    (machine.root / "dev/md/data").symlink_to("../md0")
    machine.program("mdadm", f"PATH=/bin:/usr/bin\ntest \"$*\" = '--detail /dev/md0' && cat <<'E'\n{MDADM}E")
    told = machine.told("md_info")
    assert 'node_md_info{md_device="md0",md_name="data",raid_level="10",md_metadata_version="1.2"} 1' in told
    assert 'node_md_disk_info{disk_device="sda1",md_device="md0",md_set=""} 1' in told
    assert 'node_md_disk_info{disk_device="sdb1",md_device="md0",md_set="B"} 1' in told
    assert 'node_md_disk_info{disk_device="sdc1",md_device="md0",md_set="A"} 1' in told
    full = 'md_device="md0",md_name="data",raid_level="10",md_num_raid_disks="4",md_metadata_version="1.2"'
    assert f"node_md_info_FailedDevices{{{full}}} 1" in told
    assert f"node_md_info_ArraySize{{{full}}} 2093056" in told
    assert f"node_md_info_Events{{{full}}} 42" in told


def test_arrays_without_mdadm(machine: Machine) -> None:
    _array(machine, "md127", "raid1", "0")
    told = machine.told("md_info")
    assert 'node_md_info{md_device="md127",md_name="md127",raid_level="1",md_metadata_version="1.2"} 1' in told
    assert len(told) == 5


SCAN = {
    "smartctl": {"version": [7, 3], "exit_status": 0},
    "devices": [
        {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
        {"name": "/dev/sdb", "type": "sat", "protocol": "ATA"},
        {"name": "/dev/sdc", "type": "scsi", "protocol": "SCSI"},
        {"name": "/dev/nvme0", "type": "nvme", "protocol": "NVMe"},
        {"name": "/dev/sdx", "type": "sat", "protocol": "ATA"},
        {"name": "/dev/sdy", "type": "sat", "protocol": "ATA"},
    ],
}
ATA = {
    "smartctl": {"exit_status": 64},
    "model_family": "Some Disks",
    "model_name": "ST1000",
    "serial_number": "WD-1",
    "firmware_version": "1.0",
    "smart_support": {"available": True, "enabled": True},
    "smart_status": {"passed": False},
    "ata_smart_attributes": {
        "table": [
            {"id": 5, "name": "Reallocated_Sector_Ct", "value": 98, "worst": 97, "thresh": 36,
             "raw": {"value": 24, "string": "24"}},
            {"id": 194, "name": "Temperature_Celsius", "value": 64, "worst": 45, "thresh": 0,
             "raw": {"value": 90194313252, "string": "36 (Min/Max 20/45)"}},
            {"id": 241, "name": "Total_LBAs_Read", "value": 1, "worst": 1, "thresh": 0,
             "raw": {"value": 7, "string": "0x7"}},
            {"id": 250, "name": "Makers_Own", "value": 1, "worst": 1, "thresh": 0, "raw": {"value": 7, "string": "7"}},
        ]
    },
    "ata_smart_error_log": {"summary": {"count": 3}},
}  # fmt: skip
ASLEEP = {"smartctl": {"exit_status": 3, "messages": [{"string": "Device is in STANDBY mode, exit(3)"}]}}
SCSI = {
    "smartctl": {"exit_status": 0},
    "scsi_vendor": "SEAGATE",
    "scsi_product": "ST9",
    "scsi_revision": "0006",
    "serial_number": "S1",
    "smart_support": {"available": True, "enabled": True},
    "smart_status": {"passed": True},
    "temperature": {"current": 33},
    "power_on_time": {"hours": 4000},
    "scsi_grown_defect_list": 2,
}
NVME = {
    "smartctl": {"exit_status": 0},
    "model_name": "Fast \"1\"",
    "serial_number": "N1",
    "firmware_version": "2B",
    "smart_status": {"passed": True},
    "nvme_smart_health_information_log": {
        "critical_warning": 0, "temperature": 38, "available_spare": 100, "available_spare_threshold": 10,
        "percentage_used": 103, "data_units_read": 10, "controller_busy_time": 2, "power_on_hours": 77,
    },
}  # fmt: skip
CANNOT = {"smartctl": {"exit_status": 2, "messages": [{"string": "failed: Operation not permitted"}]}}


def _smartctl(machine: Machine, answers: dict[str, Any]) -> None:
    """Put a smartctl there that answers for each disk, its last word; one without an answer takes too long."""
    cases = []
    for number, (word, answer) in enumerate(answers.items()):
        path = machine.folder / f"smart-{number}.json"
        path.write_text(answer if isinstance(answer, str) else json.dumps(answer))
        code = 0 if isinstance(answer, str) else answer["smartctl"]["exit_status"]
        cases.append(f"*{word}) cat {path}; exit {code};;")
    machine.program("smartctl", 'PATH=/bin:/usr/bin\ncase "$*" in\n' + "\n".join(cases) + "\nesac\nexit 1")


def test_disks_of_every_kind(machine: Machine) -> None:
    answers = {"--scan-open": SCAN, "sda": ATA, "sdb": ASLEEP, "sdc": SCSI, "nvme0": NVME, "sdx": CANNOT, "sdy": "oops"}
    _smartctl(machine, answers)
    told = machine.told("smartmon")
    for row in (
        'smartmon_smartctl_version{version="7.3"} 1',
        f'smartmon_smartctl_run{{disk="/dev/sda",type="sat"}} {int(NOW)}',
        'smartmon_device_info{disk="/dev/sda",type="sat",vendor="",product="",revision="",lun_id="",'
        'model_family="Some Disks",device_model="ST1000",serial_number="WD-1",firmware_version="1.0"} 1',
        'smartmon_device_smart_healthy{disk="/dev/sda",type="sat"} 0',
        'smartmon_device_errors{disk="/dev/sda",type="sat"} 3',
        'smartmon_reallocated_sector_ct_raw_value{disk="/dev/sda",type="sat",smart_id="5"} 24',
        'smartmon_reallocated_sector_ct_threshold{disk="/dev/sda",type="sat",smart_id="5"} 36',
        'smartmon_temperature_celsius_raw_value{disk="/dev/sda",type="sat",smart_id="194"} 36',
        'smartmon_total_lbas_read_worst{disk="/dev/sda",type="sat",smart_id="241"} 1',
        'smartmon_device_active{disk="/dev/sdb",type="sat"} 0',
        'smartmon_device_info{disk="/dev/sdc",type="scsi",vendor="SEAGATE",product="ST9",revision="0006",lun_id="",'
        'model_family="",device_model="",serial_number="S1",firmware_version=""} 1',
        'smartmon_temperature_celsius_raw_value{disk="/dev/sdc",type="scsi",smart_id="194"} 33',
        'smartmon_grown_defects_count_raw_value{disk="/dev/sdc",type="scsi",smart_id="12"} 2',
        'nvme_device_info{device="/dev/nvme0",model="Fast \\"1\\"",firmware="2B",serial="N1"} 1',
        'nvme_percentage_used_ratio{device="/dev/nvme0"} 1.03',
        'nvme_controller_busy_time_seconds_total{device="/dev/nvme0"} 120.0',
        'regiowacht_smart_problem_info{disk="/dev/sdx",type="sat",reason="cannot-open"} 1',
        'regiowacht_smart_problem_info{disk="/dev/sdy",type="sat",reason="not-understood"} 1',
    ):
        assert row in told
    assert not [row for row in told if "makers_own" in row]
    assert not [row for row in told if "/dev/sdb" in row and "active" not in row and "smartctl_run" not in row]


@pytest.mark.parametrize("answer", ["smartctl 6.6 2016-05-31", "[]", ""])
def test_a_smartctl_without_json_says_so(machine: Machine, answer: str) -> None:
    _smartctl(machine, {"--scan-open": answer})
    assert machine.result("smartmon").reason == "not-understood"


def test_declared_files_are_the_helpers_where_the_agent_leaves_them(tmp_path: Path) -> None:
    (tmp_path / "marker").touch()
    declared = {"backups.files": [f"db={tmp_path}/marker"], "certificates.files": [f"{tmp_path}/*.pem"]}
    assert Machine(tmp_path, {**declared}).result("backups").detail == "the agent looks at the backups itself"
    assert Machine(tmp_path, {**declared}).result("certificates").detail == "the agent reads the certificates itself"
    off = {"families.backups": False, "families.certificates": False}
    assert 'regiowacht_backup_files{backup="db"} 1' in Machine(tmp_path, {**declared, **off}).told("backups")
    told = Machine(tmp_path, {**declared, **off}).told("certificates")
    assert told == [f'regiowacht_certificate_problem_info{{filepath="{tmp_path}/*.pem",reason="not-found"}} 1']

"""How disks see themselves, from smartctl; under the names of smartmon.sh, and NVMe under those of nvme_metrics.

Source: smartctl(8) 7.0 and later, ``--json``. A disk that sleeps is let sleep.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.helper.task import TaskFailed
from regiowacht_contract.catalogue import Metric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task

ANY = range(256)
LABELS = ("disk", "type", "smart_id")
ASLEEP = 3
"""The exit code that smartctl is told to end with at a disk in standby: two bits that never come together."""

NOT_OPENED = 0b11
"""Bits of the exit code: wrong use, and a device that cannot be opened; the others are about the disk."""

DISK_TIMEOUT_S = 20.0
ATTRIBUTES = frozenset({
    "airflow_temperature_cel", "command_timeout", "current_pending_sector", "end_to_end_error", "erase_fail_count",
    "g_sense_error_rate", "hardware_ecc_recovered", "host_reads_32mib", "host_reads_mib", "host_writes_32mib",
    "host_writes_mib", "load_cycle_count", "media_wearout_indicator", "nand_writes_1gib", "offline_uncorrectable",
    "power_cycle_count", "power_on_hours", "program_fail_cnt_total", "program_fail_count", "raw_read_error_rate",
    "reallocated_event_count", "reallocated_sector_ct", "reported_uncorrect", "runtime_bad_block",
    "sata_downshift_count", "seek_error_rate", "spin_retry_count", "spin_up_time", "start_stop_count",
    "temperature_case", "temperature_celsius", "temperature_internal", "total_lbas_read", "total_lbas_written",
    "udma_crc_error_count", "unsafe_shutdown_count", "unused_rsvd_blk_cnt_tot", "wear_leveling_count",
    "workld_host_reads_perc", "workld_media_wear_indic", "workload_minutes",
})  # fmt: skip
"""Attributes of ATA disks that are told; the names are smartctl's in small letters."""

SCSI = {
    "power_on_hours": ("9", ("power_on_time", "hours")),
    "temperature_celsius": ("194", ("temperature", "current")),
    "power_cycle_count": ("12", ("scsi_start_stop_cycle_counter", "accumulated_start_stop_cycles")),
    "grown_defects_count": ("12", ("scsi_grown_defect_list",)),
}
"""What a SCSI disk tells under the name and number of an ATA attribute, and where it stands in the answer."""

NVME = {
    "nvme_critical_warning": ("critical_warning", 1),
    "nvme_temperature_celsius": ("temperature", 1),
    "nvme_available_spare_ratio": ("available_spare", 100),
    "nvme_available_spare_threshold_ratio": ("available_spare_threshold", 100),
    "nvme_percentage_used_ratio": ("percentage_used", 100),
    "nvme_data_units_read_total": ("data_units_read", 1),
    "nvme_data_units_written_total": ("data_units_written", 1),
    "nvme_host_read_commands_total": ("host_reads", 1),
    "nvme_host_write_commands_total": ("host_writes", 1),
    "nvme_controller_busy_time_seconds_total": ("controller_busy_time", 1 / 60),
    "nvme_power_cycles_total": ("power_cycles", 1),
    "nvme_power_on_hours_total": ("power_on_hours", 1),
    "nvme_unsafe_shutdowns_total": ("unsafe_shutdowns", 1),
    "nvme_media_errors_total": ("media_errors", 1),
    "nvme_num_err_log_entries_total": ("num_err_log_entries", 1),
}
"""Field of the health log and what to divide it by."""


class Smartmon:
    """``smartmon_*`` and ``nvme_*``."""

    def __init__(self) -> None:
        self._of = Metrics.of("smartmon")

    def read(self, outside: Outside) -> Iterator[Sample]:
        """Yield every disk that smartctl finds; one that does not answer costs only itself.

        Raises:
            Absent: no smartctl here.
            TaskFailed: smartctl is older than its JSON, or finds no way to look.
        """
        scan = _json(outside, "--scan-open")
        version = ".".join(map(str, scan.get("smartctl", {}).get("version", ())))
        yield Sample(self._of["smartmon_smartctl_version"], (version,), 1)
        for device in scan.get("devices", ()):
            disk, kind = str(device.get("name", "")), str(device.get("type", ""))
            yield Sample(self._of["smartmon_smartctl_run"], (disk, kind), int(outside.clock()))
            try:
                told = _json(
                    outside, "-n", f"standby,{ASLEEP}", "-i", "-H", "-A", "-l", "error", "-d", kind, disk,
                    timeout_s=DISK_TIMEOUT_S,
                )  # fmt: skip
            except TaskFailed as failure:
                yield Sample(self._of["regiowacht_smart_problem_info"], (disk, kind, failure.reason), 1)
                continue
            yield from self._disk((disk, kind), told)

    def _disk(self, labels: tuple[str, str], told: Mapping[str, Any]) -> Iterator[Sample]:
        code = told.get("smartctl", {}).get("exit_status", 0)
        if code & NOT_OPENED and code != ASLEEP:
            yield Sample(self._of["regiowacht_smart_problem_info"], (*labels, "cannot-open"), 1)
            return
        yield Sample(self._of["smartmon_device_active"], labels, int(code != ASLEEP))
        if code == ASLEEP:
            return
        yield Sample(self._of["smartmon_device_info"], (*labels, *_identity(told)), 1)
        support = told.get("smart_support", {})
        yield Sample(self._of["smartmon_device_smart_available"], labels, int(bool(support.get("available"))))
        yield Sample(self._of["smartmon_device_smart_enabled"], labels, int(bool(support.get("enabled"))))
        passed = told.get("smart_status", {}).get("passed")
        if passed is not None:
            yield Sample(self._of["smartmon_device_smart_healthy"], labels, int(passed))
        errors = _in(told, "ata_smart_error_log", "summary", "count")
        if errors is not None:
            yield Sample(self._of["smartmon_device_errors"], labels, errors)
        yield from self._ata(labels, told)
        yield from self._scsi(labels, told)
        yield from self._nvme(labels[0], told)

    def _ata(self, labels: tuple[str, str], told: Mapping[str, Any]) -> Iterator[Sample]:
        seen: set[tuple[str, str]] = set()
        for row in _in(told, "ata_smart_attributes", "table") or ():
            name, number = str(row.get("name", "")).lower().replace("-", "_"), str(row.get("id", ""))
            if name not in ATTRIBUTES or (name, number) in seen:
                continue
            seen.add((name, number))
            values = (row.get("value"), row.get("worst"), row.get("thresh"), _raw(row.get("raw", {})))
            for column, value in zip(("value", "worst", "threshold", "raw_value"), values, strict=True):
                if isinstance(value, int | float):
                    yield Sample(self._attribute(name, column), (*labels, number), value)

    def _scsi(self, labels: tuple[str, str], told: Mapping[str, Any]) -> Iterator[Sample]:
        if "ata_smart_attributes" in told or "nvme_smart_health_information_log" in told:
            return
        for name, (number, place) in SCSI.items():
            value = _in(told, *place)
            if isinstance(value, int | float):
                yield Sample(self._attribute(name, "raw_value"), (*labels, number), value)

    def _nvme(self, disk: str, told: Mapping[str, Any]) -> Iterator[Sample]:
        log = told.get("nvme_smart_health_information_log")
        if log is None:
            return
        identity = (str(told.get("model_name", "")), str(told.get("firmware_version", "")))
        yield Sample(self._of["nvme_device_info"], (disk, *identity, str(told.get("serial_number", ""))), 1)
        for name, (field, by) in NVME.items():
            value = log.get(field)
            if isinstance(value, int | float):
                yield Sample(self._of[name], (disk,), value if by == 1 else value / by)

    def _attribute(self, name: str, column: str) -> Metric:
        """Return the metric of an attribute; one that the catalogue does not hold is shared with nobody by default."""
        full = f"smartmon_{name}_{column}"
        if full in self._of:
            return self._of[full]
        return Metric(full, "gauge", "", f"SMART attribute {name}, {column}.", LABELS, "overig", "smartmon", False)


def _json(outside: Outside, *words: str, timeout_s: float | None = None) -> dict[str, Any]:
    """Ask smartctl; its exit code says how the disk is, so any will do where its answer can be read."""
    output = outside.run("smartctl", "--json=c", *words, fine=ANY, timeout_s=timeout_s)
    try:
        told = json.loads(output.text)
    except ValueError:
        raise TaskFailed("not-understood", "smartctl gave no JSON; it takes version 7.0 or later") from None
    if not isinstance(told, dict):
        raise TaskFailed("not-understood", "smartctl gave something else than it used to")
    return told


def _identity(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Return vendor, product, revision, LUN, family, model, serial number and firmware, "" for what there is not."""
    names = (
        ("vendor", "scsi_vendor"), ("product", "scsi_product"), ("revision", "scsi_revision"), ("logical_unit_id",),
        ("model_family",), ("model_name",), ("serial_number",), ("firmware_version",),
    )  # fmt: skip
    return tuple(str(next((told[name] for name in either if name in told), "")) for either in names)


def _in(told: Any, *place: str) -> Any:
    for key in place:
        if not isinstance(told, dict) or key not in told:
            return None
        told = told[key]
    return told


def _raw(raw: Mapping[str, Any]) -> int | float | None:
    """Return the number that a raw value begins with: the rest, as ``36 (Min/Max 20/45)``, is the maker's."""
    begin = re.match(r"\d+", str(raw.get("string", "")))
    if begin:
        return int(begin[0])
    value = raw.get("value")
    return value if isinstance(value, int | float) else None


def make(_config: Config) -> Task:
    """Return the task."""
    return Smartmon()

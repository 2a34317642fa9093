"""What was proven is known after a restart, and nothing that was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.snmp.proofs import FILE, HEAD, Proofs, fingerprint
from regiowacht_agent.snmp.remembered import Remembered

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PRINT = fingerprint((b"switch", (1, 3)), "1.0")


def test_a_proof_outlives_the_process_and_a_dropped_one_does_not(tmp_path: Path) -> None:
    proofs = Proofs(str(tmp_path))
    assert not proofs.has("fe80::1%lo", 161, PRINT)
    proofs.add("fe80::1%lo", 161, PRINT)
    proofs.add("::1", 161, PRINT)
    assert Proofs(str(tmp_path)).has("fe80::1%lo", 161, PRINT)
    assert not Proofs(str(tmp_path)).has("fe80::1%lo", 162, PRINT)
    proofs.drop("fe80::1%lo", 161)
    after = Proofs(str(tmp_path))
    assert not after.has("fe80::1%lo", 161, PRINT)
    assert after.has("::1", 161, PRINT)
    assert [path.name for path in tmp_path.iterdir()] == [FILE], "nothing half written is left"


def test_another_device_another_firmware_and_another_agent_are_not_proven(tmp_path: Path) -> None:
    proofs = Proofs(str(tmp_path))
    proofs.add("a", 161, PRINT)
    others = [fingerprint((b"switch 2", (1, 3)), "1.0"), fingerprint((b"switch", (1, 4)), "1.0")]
    for other in [*others, fingerprint((b"switch", (1, 3)), "1.1")]:
        assert not proofs.has("a", 161, other)


def test_devices_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    proofs = Proofs(str(tmp_path))
    proofs.add("a", 161, PRINT)
    proofs.add("b", 161, PRINT)
    proofs.keep({("b", 161), ("c", 161)})
    proofs.add("c", 161, PRINT)
    after = Proofs(str(tmp_path))
    assert [after.has(host, 161, PRINT) for host in "abc"] == [False, True, True]


def test_a_damaged_file_proves_nothing_it_does_not_say(tmp_path: Path) -> None:
    file = tmp_path / FILE
    for damaged in (b"", b"\xff\xfe", b"another head\na 161 " + PRINT.encode(), f"{HEAD}\na 161 \n".encode()):
        file.write_bytes(damaged)
        assert not Proofs(str(tmp_path)).has("a", 161, PRINT), damaged
    file.write_text(f"{HEAD}\n\nrubbish\na 161 {PRINT}\nb 161")
    assert Proofs(str(tmp_path)).has("a", 161, PRINT)


def test_without_a_folder_proofs_hold_as_long_as_the_process() -> None:
    proofs = Proofs("")
    proofs.add("a", 161, PRINT)
    assert proofs.has("a", 161, PRINT)
    assert proofs.trouble == ""


def test_a_folder_that_cannot_be_written_is_said_once_and_when_it_fails_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "state"
    remembered = Remembered(str(folder))
    for number in range(3):
        remembered.proofs.add("a", number, PRINT)
        remembered.save()
    (said,) = [one.getMessage() for one in caplog.records]
    assert "event=snmp-state" in said
    assert str(folder) in said
    assert remembered.proofs.has("a", 2, PRINT), "it goes on without"
    folder.mkdir()
    remembered.proofs.add("a", 3, PRINT)
    remembered.save()
    assert Proofs(str(folder)).has("a", 0, PRINT)
    (folder / FILE).unlink()
    folder.rmdir()
    remembered.proofs.add("a", 4, PRINT)
    remembered.save()
    assert len(caplog.records) == 2

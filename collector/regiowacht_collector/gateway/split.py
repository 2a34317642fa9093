"""Halves a body of remote write, so that one sample that the engine refuses costs no other."""

from __future__ import annotations

from regiowacht_contract.wire.varint import read_varint, signed, varint

SERIES, LABEL, SAMPLE, HISTOGRAM = 0x0A, 0x0A, 0x12, 0x22
"""Tags of WriteRequest.timeseries and, in it, of labels, samples and histograms (Prometheus' ``prompb``)."""

VALUE, TIME, VALUE_BYTES = b"\x09", b"\x10", 9
"""How value and time of a sample begin, and how long the value is with its tag."""

SAMPLES = (SAMPLE, HISTOGRAM)


def halve(body: bytes) -> tuple[bytes, bytes] | None:
    """Return two bodies that hold what this one holds, or None where it is a single sample or none.

    Args:
        body: one that was checked, decompressed. What is neither a series nor a sample (metadata, exemplars) stays
            with the first half.
    """
    parts = fields(body)
    series = [part for tag, part in parts if tag == SERIES]
    others = b"".join(_field(tag, part) for tag, part in parts if tag != SERIES)
    if len(series) > 1:
        middle = len(series) // 2
        return others + _body(series[:middle]), _body(series[middle:])
    return _halve_series(series[0], others) if series else None


def count_samples(body: bytes) -> int:
    """Return how many samples a body holds."""
    return sum(sum(tag in SAMPLES for tag, _ in fields(part)) for tag, part in fields(body) if tag == SERIES)


def span_ms(body: bytes) -> tuple[int, int]:
    """Return the times of the oldest and the newest sample of a body that holds one, milliseconds since 1970.

    The samples of a series stand in the order of time, as remote write has it.
    """
    times: list[int] = []
    for tag, series in fields(body):
        if tag == SERIES:
            samples = [sample for tag, sample in fields(series) if tag == SAMPLE]
            times += [_time(sample) for sample in (samples[:1] + samples[-1:])]
    return min(times), max(times)


def fields(message: bytes) -> list[tuple[int, bytes]]:
    """Return tag and content of each field of a message that holds fields with a length alone."""
    found = []
    at, stop = 0, len(message)
    while at < stop:
        size, begin = read_varint(message, at + 1, stop)
        found.append((message[at], message[begin : begin + size]))
        at = begin + size
    return found


def _time(sample: bytes) -> int:
    """Return the time of a sample: a value, nine bytes with its tag, and the time behind it; 0 may be left away."""
    at = VALUE_BYTES if sample[:1] == VALUE else 0
    if sample[at : at + 1] != TIME:
        return 0
    return signed(read_varint(sample, at + 1, len(sample))[0])


def _halve_series(series: bytes, others: bytes) -> tuple[bytes, bytes] | None:
    parts = fields(series)
    labels = b"".join(_field(tag, part) for tag, part in parts if tag == LABEL)
    samples = [_field(tag, part) for tag, part in parts if tag in SAMPLES]
    if len(samples) < 2:
        return None
    middle = len(samples) // 2
    first, second = (labels + b"".join(half) for half in (samples[:middle], samples[middle:]))
    return others + _body([first]), _body([second])


def _body(series: list[bytes]) -> bytes:
    return b"".join(_field(SERIES, part) for part in series)


def _field(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + varint(len(content)) + content

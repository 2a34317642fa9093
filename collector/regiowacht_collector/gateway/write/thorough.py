"""Reads what a walk does not know at a glance: new series, many samples, exemplars, histograms, metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write import reasons
from regiowacht_collector.gateway.write.checked import TOO_LARGE, Refused
from regiowacht_collector.gateway.write.exemplar import ZERO, read_exemplar, read_label
from regiowacht_collector.gateway.write.histogram import read_histogram
from regiowacht_collector.gateway.write.metadata import read_metadata
from regiowacht_collector.gateway.write.quick import LABEL, WITH_VALUE_SIZE, labels_of, samples_of
from regiowacht_collector.gateway.write.reader import SAMPLE, SERIES, Reader
from regiowacht_collector.gateway.write.rights import label
from regiowacht_contract.wire.encode import field
from regiowacht_contract.wire.errors import Malformed
from regiowacht_contract.wire.varint import read_varint, signed, varint

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write.found import Found
    from regiowacht_collector.gateway.write.limits import WriteLimits
    from regiowacht_collector.gateway.write.memory import Memory, Series
    from regiowacht_collector.gateway.write.quick import Sample
    from regiowacht_collector.gateway.write.times import Times

TIMESERIES, METADATA = 0x0A, 0x1A
"""Tags of what a request holds."""

OF_ANOTHER_VERSION = (4, 5)
"""Numbers of the fields that a request of remote write 2.0 has in their place."""

OF_SAMPLE, OF_EXEMPLAR, OF_HISTOGRAM = 0x12, 0x1A, 0x22
"""Tags of what a series holds beside its labels."""


class Thorough:
    """Reads the fields of one request into what was found.

    Args:
        body: not packed.
        memory: what is known of its gemeente's series.
        times: judges times.
        limits: of the write.
        found: where it goes.
    """

    def __init__(self, body: bytes, memory: Memory, times: Times, limits: WriteLimits, found: Found) -> None:
        self.found = found
        self._body = body
        self._memory = memory
        self._times = times
        self._limits = limits
        self._reader = Reader(body, limits.fields)
        self._samples = 0

    def field(self, at: int, place: int) -> tuple[int, int]:
        """Read the field that stands at ``at``.

        Args:
            at: where it begins.
            place: where in the memory's order its series is expected.

        Returns:
            where it ends, and the place of the series that is expected next.

        Raises:
            Malformed: it cannot be read, or not by everybody in the same way.
            Refused: there are more samples than allowed.
        """
        tag, begin = read_varint(self._body, at, len(self._body))
        if tag not in {TIMESERIES, METADATA}:
            raise Malformed(_strange(tag))
        size, begin = read_varint(self._body, begin, len(self._body))
        stop = begin + size
        if stop > len(self._body):
            raise Malformed("truncated")
        if tag == METADATA:
            self._metadata(begin, stop)
            return stop, place
        if begin - at != 1 + len(varint(size)):
            self.found.is_plain = False
        return stop, self._series(begin, stop, place).place + 1

    def _series(self, begin: int, stop: int, place: int) -> Series:
        quick = self._quick(begin, stop, place)
        series, samples = quick or self._slow(begin, stop)
        if samples:
            self.found.parts.append([(series, *sample) for sample in samples])
            self._samples += len(samples)
        self.found.beyond += max(0, len(samples) - 1)
        if not quick or not samples:
            self.found.is_plain = False
        if self._samples + len(self.found.histograms) > self._limits.samples:
            raise Refused(TOO_LARGE, "many-samples", limit=self._limits.samples)
        return series

    def _quick(self, begin: int, stop: int, place: int) -> tuple[Series, list[Sample]] | None:
        """Read a series of the usual form: labels, then samples, all in their shortest form and rising in time."""
        series = self._memory.order[place]
        after = begin + len(series.sent)
        is_this = after <= stop and self._body.startswith(series.sent, begin)
        if not is_this or (after < stop and self._body[after] == LABEL):
            labels = labels_of(self._body, begin, stop)
            if labels is None:
                return None
            after = labels[1]
            series = self._memory.series(self._body[begin:after], labels[0])
        if stop - after > self._limits.samples * WITH_VALUE_SIZE:
            raise Refused(TOO_LARGE, "many-samples", limit=self._limits.samples)
        samples = samples_of(self._body, after, stop, self._times)
        return None if samples is None else (series, samples)

    def _slow(self, begin: int, stop: int) -> tuple[Series, list[Sample]]:
        """Read a series field by field; exemplars and histograms go where they belong."""
        fields = self._reader.message(begin, stop, SERIES)
        labels = [read_label(self._reader, *place) for place in fields.get(1, ())]
        series = self._memory.series(b"".join(label(*one) for one in labels), labels)
        for place in fields.get(3, ()):
            self._exemplar(series, *place)
        for place in fields.get(4, ()):
            self._histogram(series, *place)
        return series, [self._sample(*place) for place in fields.get(2, ())]

    def _sample(self, begin: int, stop: int) -> Sample:
        found = self._reader.message(begin, stop, SAMPLE)
        moment = self._times.moment(signed(found[2][0][0]) if 2 in found else 0)
        value = self._body[slice(*found[1][0])] if 1 in found else ZERO
        return field(OF_SAMPLE, b"\x09" + value + moment.stamp), moment

    def _exemplar(self, series: Series, begin: int, stop: int) -> None:
        at_ms, told = read_exemplar(self._reader, begin, stop, self._memory.rights)
        if not told:
            self.found.refused[reasons.BAD_EXEMPLAR] += 1
        else:
            self.found.exemplars.append((series, field(OF_EXEMPLAR, told), self._times.moment(at_ms)))

    def _histogram(self, series: Series, begin: int, stop: int) -> None:
        at_ms, told = read_histogram(self._reader, begin, stop)
        if not told or not self._limits.histograms:
            self.found.refused[reasons.BAD_HISTOGRAM if not told else reasons.HISTOGRAMS_OFF] += 1
        else:
            self.found.histograms.append((series, field(OF_HISTOGRAM, told), self._times.moment(at_ms)))

    def _metadata(self, begin: int, stop: int) -> None:
        self.found.is_plain = False
        told = read_metadata(self._reader, begin, stop, self._limits)
        if told is None:
            self.found.refused[reasons.BAD_METADATA] += 1
        elif told:
            self.found.metadata.append(told)


def _strange(tag: int) -> str:
    """Return the reason to refuse a request that holds a field with this tag."""
    if tag >> 3 in OF_ANOTHER_VERSION:
        return "remote-write-2"
    if tag >> 3 in {TIMESERIES >> 3, METADATA >> 3}:
        return "wrong-type"
    return "unknown-field" if tag >> 3 and tag & 7 in {0, 1, 2, 5} else "not-protobuf"

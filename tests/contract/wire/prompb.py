"""Prometheus' messages of remote write 1.0, as classes that google.protobuf makes at run time.

Sources: Prometheus' ``prompb/remote.proto`` and ``prompb/types.proto``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGE = "regiowacht.tests.prompb"

FIELDS: dict[str, tuple[tuple[int, str, str], ...]] = {
    "Label": ((1, "name", "string"), (2, "value", "string")),
    "Sample": ((1, "value", "double"), (2, "timestamp", "int64")),
    "Exemplar": ((1, "labels", "*Label"), (2, "value", "double"), (3, "timestamp", "int64")),
    "BucketSpan": ((1, "offset", "sint32"), (2, "length", "uint32")),
    "Histogram": (
        (1, "count_int", "uint64 count"),
        (2, "count_float", "double count"),
        (3, "sum", "double"),
        (4, "schema", "sint32"),
        (5, "zero_threshold", "double"),
        (6, "zero_count_int", "uint64 zero_count"),
        (7, "zero_count_float", "double zero_count"),
        (8, "negative_spans", "*BucketSpan"),
        (9, "negative_deltas", "*sint64"),
        (10, "negative_counts", "*double"),
        (11, "positive_spans", "*BucketSpan"),
        (12, "positive_deltas", "*sint64"),
        (13, "positive_counts", "*double"),
        (14, "reset_hint", "int32"),
        (15, "timestamp", "int64"),
        (16, "custom_values", "*double"),
    ),
    "TimeSeries": (
        (1, "labels", "*Label"),
        (2, "samples", "*Sample"),
        (3, "exemplars", "*Exemplar"),
        (4, "histograms", "*Histogram"),
    ),
    "MetricMetadata": (
        (1, "type", "int32"),
        (2, "metric_family_name", "string"),
        (4, "help", "string"),
        (5, "unit", "string"),
    ),
    "WriteRequest": ((1, "timeseries", "*TimeSeries"), (3, "metadata", "*MetricMetadata")),
}
"""Of every message (number, name, type); ``*`` is repeated, a word behind the type the ``oneof`` that it is in."""

_Field = descriptor_pb2.FieldDescriptorProto


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name=f"{PACKAGE}.proto", package=PACKAGE, syntax="proto3")
    for name, fields in FIELDS.items():
        _describe(file.message_type.add(name=name), fields)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = {name: pool.FindMessageTypeByName(f"{PACKAGE}.{name}") for name in FIELDS}
    return {name: message_factory.GetMessageClass(one) for name, one in found.items()}


def _describe(message: Any, fields: Iterable[tuple[int, str, str]]) -> None:
    groups: list[str] = []
    for number, name, told in fields:
        kind, _, group = told.removeprefix("*").partition(" ")
        one = message.field.add(name=name, number=number)
        one.label = _Field.LABEL_REPEATED if told.startswith("*") else _Field.LABEL_OPTIONAL
        if kind in FIELDS:
            one.type, one.type_name = _Field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
        else:
            one.type = getattr(_Field, f"TYPE_{kind.upper()}")
        if group:
            if group not in groups:
                groups.append(group)
                message.oneof_decl.add(name=group)
            one.oneof_index = groups.index(group)


_MADE = _classes()
Label: Any = _MADE["Label"]
Sample: Any = _MADE["Sample"]
Exemplar: Any = _MADE["Exemplar"]
Histogram: Any = _MADE["Histogram"]
TimeSeries: Any = _MADE["TimeSeries"]
MetricMetadata: Any = _MADE["MetricMetadata"]
WriteRequest: Any = _MADE["WriteRequest"]


def series(labels: Iterable[tuple[str, str]], *samples: tuple[float, int]) -> Any:
    """Return a series with samples of (value, milliseconds since 1970)."""
    made = TimeSeries(labels=[Label(name=name, value=value) for name, value in labels])
    for value, at_ms in samples:
        made.samples.add(value=value, timestamp=at_ms)
    return made


def read(body: bytes) -> Any:
    """Return what google.protobuf reads in a body that is not packed."""
    return WriteRequest.FromString(body)

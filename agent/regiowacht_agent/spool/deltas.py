"""Readings as what changed in them: as whole numbers wherever they are such times a power of ten.

Most values of a host are the same as a little before, or have grown by a few. ``12186.44`` is 1218644 hundredths: so
the step to ``12186.51`` takes one byte, where the bits of the two floats would differ in six. A step is taken only
where it gives back the same 64 bits; other values are kept whole, as the exclusive or of their bits and the base's.
"""

from __future__ import annotations

import zlib
from array import array
from itertools import compress
from operator import ne

from regiowacht_contract.wire.varint import varint

POWERS = tuple(10.0**digits for digits in range(10))
WHOLE = 2.0**53
"""Whole numbers below it have a float each."""

LEVEL, WINDOW_BITS, MEMORY = 6, -13, 6
PLAIN, PACKED = b"\0", b"\1"


def scales(values: array[float], before: bytes) -> bytes:
    """Return how many digits after the point each series has, at least as many as before.

    A value that has more than nine, or none that are exact, leaves its series as it was.
    """
    found = bytearray(before or bytes(len(values)))
    for at, value in enumerate(values):
        if not value.is_integer() and not _fits(value, POWERS[found[at]]):
            digits = next((digits for digits, power in enumerate(POWERS) if _fits(value, power)), None)
            found[at] = found[at] if digits is None else max(digits, found[at])
    return bytes(found)


def encode(values: array[float], base: array[float], digits: bytes) -> bytes:
    """Return what makes the values of a base's, packed where that is shorter.

    Args:
        values: of each series one.
        base: likewise, a little before; of the same length.
        digits: what ``scales`` returned for the base.
    """
    bits, of_base = _bits(values), _bits(base)
    steps, whole = bytearray(), array("q")
    places, last = bytearray(), -1
    for at in compress(range(len(bits)), map(ne, bits, of_base)):
        _put(places, at - last - 1)
        last = at
        step = _step(values[at], base[at], POWERS[digits[at]], bits[at])
        if step is None:
            steps.append(0)
            whole.append(bits[at] ^ of_base[at])
        else:
            _put(steps, (step << 1 if step >= 0 else (-step << 1) - 1) + 1)
    if whole and not _is_little():
        whole.byteswap()
    count = varint(len(places)) + varint(len(steps))
    return _packed(b"".join((count, places, steps, whole.tobytes())))


def decode(told: bytes, base: array[float], digits: bytes) -> array[float]:
    """Return the values that ``encode`` had.

    Raises:
        ValueError: this is no such thing.
    """
    plain = _plain(told)
    values = base[:]
    bits = memoryview(values).cast("B").cast("q")
    try:
        end_places, at = _number(plain, 0)
        end_steps, at = _number(plain, at)
        end_places += at
        end_steps += end_places
        step_at, whole_at, place = end_places, end_steps, -1
        while at < end_places:
            gap, at = _number(plain, at)
            place += gap + 1
            step, step_at = _number(plain, step_at)
            if step:
                power = POWERS[digits[place]]
                step -= 1
                values[place] = (round(base[place] * power) + (-(step + 1 >> 1) if step & 1 else step >> 1)) / power
            else:
                bits[place] ^= int.from_bytes(plain[whole_at : whole_at + 8], "little", signed=True)
                whole_at += 8
    except (IndexError, OverflowError) as error:
        raise ValueError(f"no reading: {error}") from error
    if step_at != end_steps or whole_at != len(plain):
        raise ValueError("no reading: of another length")
    return values


def _fits(value: float, power: float) -> bool:
    scaled = value * power
    return -WHOLE < scaled < WHOLE and round(scaled) / power == value


def _step(value: float, base: float, power: float, bits: int) -> int | None:
    """Return how many digits' units lie between two values; None where that does not give back the same bits."""
    to, since = value * power, base * power
    if not (-WHOLE < to < WHOLE and -WHOLE < since < WHOLE):
        return None
    number, before = round(to), round(since)
    if number / power != value or (not number and bits):
        return None
    return number - before


def _bits(values: array[float]) -> memoryview:
    return memoryview(values).cast("B").cast("q")


def _put(told: bytearray, number: int) -> None:
    while number > 0x7F:
        told.append(number & 0x7F | 0x80)
        number >>= 7
    told.append(number)


def _number(told: bytes, at: int) -> tuple[int, int]:
    byte = told[at]
    if byte < 0x80:
        return byte, at + 1
    number, shift = byte & 0x7F, 7
    while True:
        at += 1
        byte = told[at]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at + 1
        shift += 7


def _packed(plain: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW_BITS, MEMORY)
    packed = packer.compress(plain) + packer.flush()
    return PACKED + packed if len(packed) < len(plain) else PLAIN + plain


def _plain(told: bytes) -> bytes:
    if told[:1] == PLAIN:
        return told[1:]
    try:
        return zlib.decompress(told[1:], WINDOW_BITS)
    except zlib.error as error:
        raise ValueError(f"no reading: {error}") from error


def _is_little() -> bool:
    return memoryview(array("H", (1,))).cast("B")[0] == 1

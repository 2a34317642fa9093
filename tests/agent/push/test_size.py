"""How much a write holds on a slow line and on a quick one."""

from __future__ import annotations

from regiowacht_agent.push.size import LEAST, Size


def test_it_halves_where_the_line_is_too_slow_and_doubles_only_where_it_is_quick() -> None:
    size = Size(lambda: 1000)
    told = [size.now()]
    for share in (None, None, 0.9, 0.2, 0.2, 0.1):
        size.too_slow() if share is None else size.took(share)
        told.append(size.now())
    assert told == [1000, 500, 250, 250, 500, 1000, 1000]


def test_it_has_an_end_and_never_more_than_is_wanted() -> None:
    most = [1000]
    size = Size(lambda: most[0])
    for _ in range(20):
        size.too_slow()
    assert size.now() == LEAST
    most[0] = 10
    assert size.now() == 10
    size.too_slow()
    assert size.now() == 10

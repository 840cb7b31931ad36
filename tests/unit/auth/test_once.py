"""What is written down once."""

from __future__ import annotations

from auth.once import _MOST, OnceUntil


def test_it_is_new_once_until_then() -> None:
    said = OnceUntil()
    assert [said.is_first("a", 15.0, now) for now in (0.0, 14.9, 15.0, 15.1)] == [True, False, True, True]
    assert said.is_first("b", 15.0, 14.0)


def test_a_flood_of_names_does_not_grow_it() -> None:
    said = OnceUntil()
    for number in range(3 * _MOST):
        assert said.is_first(str(number), 1e9, 0.0)
    assert len(said._until) == _MOST
    assert not said.is_first(str(3 * _MOST - 1), 1e9, 0.0)

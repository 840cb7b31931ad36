"""What counts as a number: never a truth value, which Python takes for 0 and 1."""

from __future__ import annotations

from typing import TypeGuard


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a number, with or without a fraction; also one that is not finite."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole_number(value: object) -> TypeGuard[int]:
    """Whether it is a number that cannot have a fraction: 3, not 3.0."""
    return isinstance(value, int) and not isinstance(value, bool)

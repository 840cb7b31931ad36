"""A value within a JSON document that knows where it stands, so that each complaint says so (RFC 6901). Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from etl_batch.light_dataclass import dataclass
from etl_batch.text.numbers import is_number


class Wrong(Exception):
    """What is wrong at a place."""

    def __init__(self, pointer: str, what: str, mend: str) -> None:
        super().__init__(what)
        self.pointer, self.what, self.mend = pointer or "the top", what, mend


@dataclass(frozen=True, slots=True)
class At:
    """A value, and its place."""

    value: Any
    pointer: str = ""

    def __getitem__(self, key: str | int) -> At:
        if isinstance(self.value, dict) and key not in self.value:
            raise self.wrong(f"it has no {key!r}", f"give it one: {key!r}")
        step = str(key).replace("~", "~0").replace("/", "~1")
        return At(self.value[key], f"{self.pointer}/{step}")

    def get(self, key: str) -> At | None:
        """What an object has under a key; None: nothing."""
        return self[key] if isinstance(self.value, dict) and key in self.value else None

    def wrong(self, what: str, mend: str) -> Wrong:
        """The complaint, to be raised."""
        return Wrong(self.pointer, what, mend)

    def object(self, what: str) -> dict[str, Any]:
        """It must be an object."""
        found: dict[str, Any] = self._of(dict, what, "an object: {...}")
        return found

    def list(self, what: str) -> list[Any]:
        """It must be a list."""
        found: list[Any] = self._of(list, what, "a list: [...]")
        return found

    def text(self, what: str) -> str:
        """It must be a text."""
        found: str = self._of(str, what, "a text in quotes")
        return found

    def truth(self) -> bool:
        """It must be true or false."""
        found: bool = self._of(bool, "a truth value", "true or false")
        return found

    def count(self) -> int:
        """It must be a whole number, not below 0."""
        if type(self.value) is not int or self.value < 0:
            raise self.wrong(f"{self.value!r} is no count", "give a whole number, 0 or more")
        return int(self.value)

    def share(self) -> Decimal:
        """It must be a number from 0 to 1."""
        if not is_number(self.value) or not 0 <= self.value <= 1:
            raise self.wrong(f"{self.value!r} is no share", "give a number from 0 to 1")
        return Decimal(repr(self.value))

    def _of(self, kind: type, what: str, mend: str) -> Any:  # noqa: ANN401 - a value of the kind
        if type(self.value) is not kind:
            raise self.wrong(f"{what} is expected", f"give {mend}")
        return self.value

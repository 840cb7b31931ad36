"""Classes of values do what those of the standard library do; their methods are compiled when they are first called."""

from __future__ import annotations

import copy
import dataclasses
import subprocess
import sys
from dataclasses import FrozenInstanceError, field
from threading import Barrier, Thread
from typing import Any

import pytest

from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A value."""

    row: int
    column: int = 3
    seen: tuple[int, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Named(Place):
    """A value with more."""

    name: str = ""


@dataclass(slots=True, kw_only=True)
class Count:
    """Something that changes."""

    rows: list[int] = field(default_factory=list)
    total: int = field(default=7, init=False)

    def __post_init__(self) -> None:
        """Count once."""
        self.total += len(self.rows)


def test_a_class_says_compares_and_travels_as_ever() -> None:
    one, other = Place(1), Place(1, 3, (5,))
    assert repr(one) == "Place(row=1, column=3)"
    assert one == other
    assert hash(one) == hash(other)
    assert one != Place(2)
    assert one != Named(1)
    assert repr(Named(1, name="x")) == "Named(row=1, column=3, name='x')"
    assert copy.copy(other).seen == (5,)  # by what pickles go by
    assert dataclasses.replace(one, row=4) == Place(4)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'row'"):
        one.row = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'row'"):
        del one.row
    with pytest.raises(TypeError, match=r"^Place.__init__\(\) missing 1 required positional argument: 'row'$"):
        Place()  # type: ignore[call-arg]


def test_what_is_made_for_one_is_not_shared_by_the_next() -> None:
    first, second = Count(), Count(rows=[1, 2])
    first.rows.append(9)
    assert (Count().rows, second.total) == ([], 9)
    assert vars(Count)["__hash__"] is None
    assert copy.copy(second) == second
    with pytest.raises(TypeError):
        Count([1])  # type: ignore[call-arg]


def test_what_a_class_defines_itself_stays() -> None:
    @dataclass(frozen=True)
    class Own:
        value: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 5

    assert (repr(Own(1)), Own(1) == Own(2), hash(Own(1))) == ("own", True, 5)


def test_a_frozen_class_of_the_standard_library_may_inherit() -> None:
    @dataclasses.dataclass(frozen=True)
    class Standard(Place):
        more: int = 1

    assert repr(Standard(1)).endswith("Standard(row=1, column=3, more=1)")
    with pytest.raises(FrozenInstanceError):
        Standard(1).row = 2  # type: ignore[misc]
    with pytest.raises(TypeError, match="cannot inherit non-frozen dataclass from a frozen one"):

        @dataclass
        class _Loose(Place):  # type: ignore[misc]
            more: int = 1


def test_an_order_is_the_standard_librarys() -> None:
    @dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        value: int

    assert min(Ordered(3), Ordered(1)) == Ordered(1)


def test_threads_may_call_a_method_first_at_the_same_time() -> None:
    @dataclass(frozen=True, slots=True)
    class Late:
        value: int

    made: list[Any] = []
    together = Barrier(8)

    def make(value: int) -> None:
        together.wait()
        made.append(Late(value))

    threads = [Thread(target=make, args=(value,)) for value in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.value for one in made} == set(range(8))


#: prints how many methods were compiled once a class is made, once it has values, and once two of them were compared
_COUNT = """
import sys
from etl_batch.light_dataclass import dataclass
compiled = []
sys.addaudithook(lambda event, given: event == "compile" and "def __" in str(given[0]) and compiled.append(given[0]))

@dataclass(frozen=True, slots=True)
class Late:
    value: int
    name: str = ""

counts = [len(compiled)]
values = Late(1), Late(1)
counts.append(len(compiled))
values[0] == values[1] == values[0]
counts.append(len(compiled))
print(*counts)
"""


@pytest.mark.io
def test_methods_are_compiled_when_they_are_first_called() -> None:
    """To compile those of all classes took a tenth of a small job."""
    found = subprocess.run([sys.executable, "-c", _COUNT], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["0", "1", "2"]

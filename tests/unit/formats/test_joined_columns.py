"""Which columns a job has: those of every input, or joined by name; what cannot be is said with what differs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import SchemaMismatch
from etl_batch.formats.joined_columns import joined_names, notes_of_join
from etl_batch.options.shape import ColumnsKept
from etl_batch.storage.roots import Place

SAME, UNION, INTERSECT = ColumnsKept


@dataclass(frozen=True)
class Input:
    """A file of some columns."""

    place: Place
    names: tuple[str, ...]


def inputs(*columns: str) -> list[Input]:
    return [Input(Place(Path("/data"), PurePosixPath(f"{n}.csv")), tuple(names)) for n, names in enumerate(columns)]


def joined(how: ColumnsKept, *columns: str, nameless: tuple[int, ...] = ()) -> tuple[str, ...]:
    files = inputs(*columns)
    return joined_names(files, how, [place in nameless for place in range(len(files))])


def refused(how: ColumnsKept, *columns: str, nameless: tuple[int, ...] = ()) -> str:
    with pytest.raises(SchemaMismatch) as caught:
        joined(how, *columns, nameless=nameless)
    return str(caught.value)


@pytest.mark.parametrize("how", ColumnsKept)
def test_the_same_columns_stay_as_they_are(how: ColumnsKept) -> None:
    assert joined(how, "abc", "abc", nameless=(0,)) == ("a", "b", "c")


_COLUMNS = st.lists(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1), min_size=1, max_size=5)


@given(_COLUMNS)
def test_a_union_has_each_column_once_in_the_order_in_which_it_comes(columns: list[list[str]]) -> None:
    found: list[str] = []
    for names in columns:
        found += [name for name in names if name not in found]
    assert joined(UNION, *map("".join, columns)) == tuple(found)


@given(_COLUMNS)
def test_an_intersection_has_what_all_have_in_the_order_of_the_first(columns: list[list[str]]) -> None:
    common = [name for name in columns[0] if all(name in names for names in columns)]
    if common:
        assert joined(INTERSECT, *map("".join, columns)) == tuple(common)
    else:
        assert "no column that all" in refused(INTERSECT, *map("".join, columns))


def test_the_first_that_differs_is_named_with_what_it_lacks_and_has() -> None:
    said = refused(SAME, "abc", "abc", "axcy", "b")
    assert "/data/2.csv: column 2 is 'x', where /data/0.csv has 'b'" in said
    assert "it lacks 'b'" in said
    assert "it has 'x', 'y' beside the others" in said
    assert "--columns union" in said
    assert "--columns intersect" in said


def test_another_order_is_called_so() -> None:
    said = refused(SAME, "abc", "acb")
    assert "column 2 is 'c', where /data/0.csv has 'b'; it has the same columns in another order" in said


def test_of_many_columns_some_are_named() -> None:
    assert "it lacks 'b', 'c', 'd', 'e', 'f' and 2 more" in refused(SAME, "abcdefgh", "a")


@pytest.mark.parametrize("how", ColumnsKept)
def test_columns_without_names_are_joined_by_none(how: ColumnsKept) -> None:
    said = refused(how, "ab", "abc", nameless=(1,))
    assert "the columns of /data/1.csv have no names to be joined by" in said
    assert "--names" in said
    assert "--columns union" not in said


def test_who_lacks_what_and_what_is_left_out_is_told() -> None:
    files = inputs("abc", "a", "abd", "a", "abc")
    assert notes_of_join(files, "abcd") == [
        "/data/0.csv and 1 more have no column 'd': there is no value in it",
        "/data/1.csv and 1 more have no column 'b', 'c', 'd': there is no value in it",
        "/data/2.csv has no column 'c': there is no value in it",
    ]
    assert notes_of_join(files, "a") == ["left out, since not every input has them: 'b', 'c', 'd'"]
    assert notes_of_join(inputs("ab", "ab"), "ab") == []


def test_of_many_kinds_of_lacking_some_are_told() -> None:
    columns = ["abcdefgh".replace(letter, "") for letter in "abcdefgh"]
    *told, last = notes_of_join(inputs(*columns, columns[-1]), "abcdefgh")
    assert len(told) == 5
    assert last == "4 more inputs lack other columns"

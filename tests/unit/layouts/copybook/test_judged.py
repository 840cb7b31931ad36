"""Books of all forms, judged by GnuCOBOL: our offsets and lengths are those that it gave, and gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from etl_batch.layouts.copybook.copying import whole_code
from etl_batch.layouts.copybook.grammar import read_entries
from etl_batch.layouts.copybook.offsets import Placed, placed
from etl_batch.layouts.copybook.tree import arranged, records_of, settled
from tests.data_makers.cobol import judge
from tests.data_makers.cobol.books import BOOKS, DIFFERENT, JUDGED, NOT_JUDGED, PARTS, Row, kept_tables, rows_as_text

KEPT = kept_tables(judge.TABLES.read_text())


def _library(name: str) -> tuple[str, str] | None:
    path = BOOKS / "source" / f"{name}.cpy"
    return (str(path), path.read_text()) if path.is_file() else None


def ours(name: str) -> list[Row]:
    """The items of a book as we lay them out, each in its first and in its last occurrence, without FILLERs."""
    where = f"books/{name}"
    entries = read_entries(whole_code((BOOKS / name).read_text(), where, _library), where)
    alone = [entry for entry in entries if entry.level == 77]
    wanted = [entry.name for entry in entries if entry in (*records_of(entries), *alone)] or [""]
    rows: list[Row] = []
    for record in wanted:
        chosen = [entry for entry in entries if entry.name == record] if record in {one.name for one in alone} else ()
        tree = arranged(tuple(chosen) or entries, where, "" if chosen else record)
        whole = placed(settled(tree), where)
        if whole.item.entry.level == 0 and whole.item.is_group and whole.inner[0].item.entry.level not in {1, 77}:
            rows.append(Row(1, "JUDGED-RECORD", "", 0, whole.size))
        rows += _rows(whole)
    return rows


def _rows(one: Placed, steps: tuple[tuple[int, int], ...] = ()) -> Iterator[Row]:
    """Of an item and those in it: steps are the sizes and the counts of the tables around it."""
    entry = one.item.entry
    within = (*steps, (one.size, entry.occurs)) if entry.repeated else steps
    if entry.name:
        for at in dict.fromkeys([(1,) * len(within), tuple(count for _, count in within)]):
            moved = sum((number - 1) * size for number, (size, _) in zip(at, within, strict=True))
            yield Row(entry.level, entry.name, " ".join(map(str, at)), one.offset + moved, one.size)
    for inner in one.inner:
        yield from _rows(inner, within)


@pytest.mark.parametrize("name", KEPT)
def test_offsets_and_lengths_are_those_of_the_judge(name: str) -> None:
    found, wanted = ours(name), KEPT[name]
    assert [row[:3] for row in found] == [row[:3] for row in wanted]
    differing = {str(theirs): str(mine) for theirs, mine in zip(wanted, found, strict=True) if theirs != mine}
    assert differing == DIFFERENT.get(name, {})


def test_every_book_is_judged_or_it_is_said_why_not() -> None:
    every = {path.relative_to(BOOKS).as_posix() for path in BOOKS.rglob("*.cpy")}
    assert KEPT.keys() == {one.path for one in JUDGED} == every - PARTS - NOT_JUDGED.keys()
    assert len(KEPT) >= 60
    assert DIFFERENT.keys() <= KEPT.keys()


@pytest.mark.io
@pytest.mark.skipif(judge.COMPILER is None, reason="GnuCOBOL is not installed; what it said is kept")
def test_the_judge_says_it_again() -> None:
    assert rows_as_text(judge.judged()) == judge.TABLES.read_text()

"""Tables of a copybook that an item counts: where they lie, and which item it is."""

from __future__ import annotations

from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.fields import layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.copybook.readings import Readings
from etl_batch.layouts.copybook.tables import Table
from etl_batch.layouts.copybook.told_tables import tables_of
from etl_batch.layouts.counted import Counted
from etl_batch.text.typed_options import read_as

BOOK = """\
01 R.
  05 TOP PIC 9.
  05 KIND PIC X.
  05 KIND-2 REDEFINES KIND PIC 9.
  05 G OCCURS 2 DEPENDING ON TOP.
    10 CNT PIC 9.
    10 A PIC X(2) OCCURS 0 TO 3 DEPENDING ON CNT OF G.
    10 B PIC X OCCURS 2 TO 4 DEPENDING ON TOP.
"""


def test_each_is_there_as_often_as_what_it_is_in() -> None:
    book = read_book(BOOK, "book", [read_as("KIND: both")])
    assert [(one.entry.name, one.suffix, one.offset, one.size) for one in book.tables] == [
        ("G", "", 2, 11), ("A", "_1", 3, 2), ("B", "_1", 9, 1), ("A", "_2", 14, 2), ("B", "_2", 20, 1),
    ]  # fmt: skip
    assert all(isinstance(one, Table) for one in book.tables)
    assert all(isinstance(one, Readings) for one in book.readings)
    assert book.moved == 2
    assert [column.path[-1] for column in book.always] == ["TOP"]


def test_what_counts_is_of_the_same_occurrence_where_there_is_one() -> None:
    book = read_book(BOOK, "book", [read_as("KIND: both")])
    found = tables_of(book, layout_of_book(book, HowStored("cp037")).layout.fields)
    assert found == (
        Counted(by="TOP", least=1, most=2, offset=2, size=11),
        Counted(by="CNT_1", least=0, most=3, offset=3, size=2),
        Counted(by="TOP", least=2, most=4, offset=9, size=1),
        Counted(by="CNT_2", least=0, most=3, offset=14, size=2),
        Counted(by="TOP", least=2, most=4, offset=20, size=1),
    )

"""Of every property one speaks: whoever said it; else the rows, where they were asked and it was read so; else use."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.csv.header import Dialect, Header
from etl_batch.formats.csv.read_as import SAID, TOLD, USUAL, structure_read
from etl_batch.formats.csv.shape import Shape
from etl_batch.options.input_reading import HeaderLine
from etl_batch.sniffing.finding import Finding

_MARKS = st.sampled_from([",", ";", "\t"])
_FOUND = st.fixed_dictionaries(
    {},
    optional={
        "delimiter": _MARKS, "skip_lines": st.integers(0, 2), "header": st.booleans(),
        "quote": st.sampled_from(['"', None]),
    },
)  # fmt: skip
_TABLES = st.tuples(_MARKS, st.integers(0, 2), st.booleans())


@given(
    table=_TABLES, found=_FOUND, sure=st.floats(0.5, 1),
    says=st.sets(st.sampled_from(["delimiter", "skip_lines", "header", "names"])),
)  # fmt: skip
def test_one_speaks_of_each_property(
    table: tuple[str, int, bool], found: dict[str, str | int | bool | None], sure: float, says: set[str]
) -> None:
    mark, skipped, has_names = table
    line = HeaderLine.YES if has_names else HeaderLine.NO
    settled = Dialect(mark, "utf-8", line, None, skipped)
    names = ("a", "b")
    dialect = Dialect(
        mark if "delimiter" in says else None, "utf-8", line if "header" in says else HeaderLine.AUTO,
        names if "names" in says else None, skipped if "skip_lines" in says else None,
    )  # fmt: skip
    told = {name: Finding(value, sure, f"rows tell of {name}") for name, value in found.items()}
    read = structure_read(dialect, Header(names, 0, mark, shape=Shape(mark), settled=settled, told=told))
    truth = {"delimiter": mark, "skip_lines": skipped, "header": has_names, "quote": '"'}
    if "names" in says and "header" not in says:
        truth["header"] = False  # they stand in the place of its own
    for name, value in truth.items():
        one = read[name]
        is_said = name in says or (name == "header" and "names" in says)
        is_told = name in found and found[name] == value
        assert one.value == value
        assert one.by == (SAID if is_said else TOLD if is_told else USUAL)
        assert one.sure == (1 if is_said else sure if is_told else one.sure)
        assert (one.evidence == f"rows tell of {name}") == (is_told and not is_said)


@given(table=_TABLES)
def test_a_line_that_names_the_delimiter_is_one_above_the_table(table: tuple[str, int, bool]) -> None:
    read = structure_read(
        Dialect(None, "utf-8"), Header(("a", "b"), 0, table[0], shape=Shape(table[0]), names_delimiter=True)
    )
    assert (read["delimiter"].value, read["delimiter"].by, read["skip_lines"].value) == (table[0], TOLD, 1)

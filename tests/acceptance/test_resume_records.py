"""Records that are not all read alike (variants, counted tables, types): a killed job goes on to the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import Cancelled
from etl_batch.etl_core import run
from etl_batch.options.input_reading import InputFormat
from etl_batch.options.record_framing import DependingOn, RecordFormat
from etl_batch.pipeline.runners.process_pool import ProcessPool
from tests.acceptance import test_counted_tables as counted
from tests.acceptance import test_occurs as occurs
from tests.acceptance import test_variable_records as variable
from tests.acceptance import test_variants as variants
from tests.acceptance.test_resume import seen
from tests.conftest import Home
from tests.helpers.inline_runner import CrashAfter, InlineRunner, without_processes

_ROWS = 240
_SPANS = 6  #: at least, of each shape
#: numbers of records that are spoiled: beside each other, and at both ends
_SPOILED = (0, 100, 101, _ROWS - 1)
_MOVING = {"depending_on": DependingOn.MOVING, "encoding": "ascii"}
_TYPED = """\
record_size = 7
encoding = "cp037"
byte_order = "big"
[[field]]
name = "KIND"
type = "str"
length = 1
[[record]]
name = "TEXTS"
when = "KIND = 'Z'"
key = "BODY"
[[record.field]]
name = "BODY"
type = "str"
length = 6
[[record]]
name = "NUMBERS"
when = "KIND in ('X', 'Y')"
parent = "TEXTS"
[[record.field]]
name = "N"
type = "i32"
[[record.field]]
name = "T"
type = "str"
length = 2
[[record.field]]
name = "P"
type = "zoned"
offset = 1
length = 2
[[record.field]]
name = "Q"
type = "packed"
offset = 3
length = 4
scale = 2
[[record.variant]]
of = ["N", "T"]
use = ["P", "Q"]
when = "KIND = 'X'"
"""


def _with_variants() -> list[bytes]:
    made = [variants.record(number) for number in range(_ROWS)]
    for number in _SPOILED:
        made[number] = b"\xe7" + "12".encode("cp037") + b"\xff" * 4  # a packed number of no digits
    return made


def _with_tables() -> list[bytes]:
    made = counted.of_cobol() * (_ROWS // 6)
    for number in _SPOILED:
        made[number] = b"7" + made[number][1:]
    return made


def _of_variants(home: Home) -> dict[str, Any]:
    data, book = variants.put(home, b"".join(_with_variants()))
    return {"inputs": data, "layout": book, "variant": variants.SAID, "encoding": "cp037", "chunk_bytes": 280}


def _of_variants_behind_lengths(home: Home) -> dict[str, Any]:
    words = _of_variants(home)
    home.put("R.PS", counted.in_v(_with_variants()))
    return words | {"record_format": RecordFormat.V, "chunk_bytes": 440}


def _of_moving_tables(home: Home) -> dict[str, Any]:
    data, book = counted.put(home, counted.in_v(_with_tables()))
    return {"inputs": data, "layout": book, "chunk_bytes": 800, **_MOVING}


def _of_tables_that_tell_lengths(home: Home) -> dict[str, Any]:
    """Where a count is broken, all from there on is one bad row: so the last alone is."""
    made = counted.of_cobol() * (_ROWS // 6)
    made[-1] = b"7" + made[-1][1:]
    data, book = counted.put(home, b"".join(made))
    return {"inputs": data, "layout": book, "chunk_bytes": 600, "format": InputFormat.BINARY, **_MOVING}


def _of_tables_with_room(home: Home) -> dict[str, Any]:
    sound = map(counted.in_full, counted.of_cobol() * (_ROWS // 6))
    made = [b"9" + one[1:] if number in _SPOILED else one for number, one in enumerate(sound)]
    data, book = counted.put(home, b"".join(made))
    fixed = {"depending_on": DependingOn.FIXED, "encoding": "ascii"}
    return {"inputs": data, "layout": book, "chunk_bytes": 1_000, **fixed}


def _of_types(home: Home) -> dict[str, Any]:
    made = [variants.record(2), *_with_variants(), b"?" * 7]
    data = home.put("R.PS", b"".join(made), _TYPED)
    tables = {"output_csv": f"{home.output}/out/", "output_parquet": f"{home.output}/cols/"}
    return {"inputs": data, "chunk_bytes": 280, "strata": "KIND", "measures": ("N",), **tables}


def _of_variable_records(home: Home) -> dict[str, Any]:
    made = variable.many(_ROWS)
    for number in _SPOILED:
        made[number] = b"\xff" * 4 + made[number][4:]
    data = variable.with_toml(home, counted.in_v(made))
    return {"inputs": data, "chunk_bytes": 1_000, "measures": ("QUANTITY",), "strata": "NOTE_TEXT"}


def _of_orders(home: Home) -> dict[str, Any]:
    """Of each record that is spoiled one item is."""
    data = occurs.put(home, occurs.orders(_ROWS, dict.fromkeys(_SPOILED, 1)))
    return {"inputs": data, "chunk_bytes": 36 * occurs.SIZE, "measures": ("ORDER_ID",)}


def _of_rows_of_tables(home: Home) -> dict[str, Any]:
    return _of_orders(home) | {"strata": "CODE"}


def _of_lists(home: Home) -> dict[str, Any]:
    return _of_orders(home) | {"strata": "NOTE", "occurs": ("list",)}


#: for each shape its inputs and options, and how many of its rows are bad
SHAPES: Mapping[str, tuple[Callable[[Home], dict[str, Any]], int]] = {
    "variants": (_of_variants, 4),
    "variants behind lengths": (_of_variants_behind_lengths, 4),
    "moving tables": (_of_moving_tables, 4),
    "tables that tell lengths": (_of_tables_that_tell_lengths, 1),
    "tables with room": (_of_tables_with_room, 4),
    "types with variants": (_of_types, 5),
    "variable": (_of_variable_records, 4),
    "rows of tables": (_of_rows_of_tables, 4),
    "lists of tables": (_of_lists, 4),
}


def _fresh(where: Path) -> Home:
    home = Home(where)
    for folder in ("data", "output", "report"):
        (where / folder).mkdir(parents=True)
    return home


def _job(home: Home, shape: str, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    words = SHAPES[shape][0](home)
    outputs = {"output_csv": f"{home.output}/out.csv", "output_parquet": f"{home.output}/parts/"}
    return home.config(words.pop("inputs"), **(outputs | words | {"on_bad_row": "quarantine"} | more))


@pytest.mark.parametrize("shape", SHAPES)
def test_killed_between_any_two_spans_it_goes_on_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    without_processes(monkeypatch)
    whole = _fresh(tmp_path / "whole")
    result = run(_job(whole, shape), runner=InlineRunner())
    assert result.rows_quarantined == SHAPES[shape][1]
    assert result.rows_in == result.rows_out + result.rows_quarantined
    expected = seen(whole)
    for after in range(1, 100):
        home = _fresh(tmp_path / f"home{after}")
        config = _job(home, shape)
        with suppress(Cancelled):
            run(config, runner=CrashAfter(after, InlineRunner(ahead=1 + after % 3), Cancelled("told to stop")))
            assert after >= _SPANS, "all spans were done"
            return
        run(replace(config, resume=True), runner=InlineRunner())
        assert seen(home) == expected, after
        assert home.leftovers() == []


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_the_workers_before_and_after_a_kill(tmp_path: Path, shape: str) -> None:
    undisturbed = _fresh(tmp_path / "whole")
    run(_job(undisturbed, shape, workers=2))
    expected = seen(undisturbed)
    for workers in (1, 2, 4):
        home = _fresh(tmp_path / f"killed{workers}")
        config = _job(home, shape, workers=workers)
        with pytest.raises(Cancelled):
            run(config, runner=CrashAfter(workers, ProcessPool(), Cancelled("told to stop")))
        run(replace(config, workers=5 - workers, resume=True))
        assert seen(home) == expected, workers
        assert home.leftovers() == []

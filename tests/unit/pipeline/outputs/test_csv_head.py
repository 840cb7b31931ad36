"""What a CSV begins with, in each dialect."""

from __future__ import annotations

from typing import Any

import pytest

from etl_batch.config import Escaping, JobConfig
from etl_batch.errors import ConfigError
from etl_batch.options.output_dialect import LineEnd
from etl_batch.pipeline.outputs.csv_head import csv_dialect, csv_head
from etl_batch.values import Actor

NAMES = ("id", "a;b", "Käse, =1", "=x")


def _config(**more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
    return JobConfig(inputs=("a",), actor=Actor(name="a", os_user="a"), output_csv="o.csv", **more)


@pytest.mark.parametrize(
    ("asked", "head"),
    [
        ({}, 'id,"a;b","Käse, =1","\'=x"\n'.encode()),
        ({"bom": True, "escaping": Escaping.OFF}, b"\xef\xbb\xbf" + 'id,"a;b","Käse, =1",=x\n'.encode()),
        ({"out_delimiter": ";", "out_line_end": LineEnd.CRLF, "out_encoding": "cp1252"},
         'id;"a;b";"Käse,\' =1";"\'=x"\r\n'.encode("cp1252")),
        ({"out_delimiter": "\t", "out_encoding": "utf-16"}, 'id\t"a;b"\t"Käse,\' =1"\t"\'=x"\n'.encode("utf-16")),
    ],
)  # fmt: skip
def test_names_are_cells_like_others(asked: dict[str, Any], head: bytes) -> None:
    assert csv_head(NAMES, _config(**asked)) == head


def test_a_name_that_cannot_be_written_is_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"'ł'.*--out-encoding cp1252") as refused:
        csv_head(("id", "Złoty"), _config(out_encoding="cp1252"))
    assert "--rename" in refused.value.what_to_do


def test_the_dialect_is_told_as_a_reader_needs_it() -> None:
    assert csv_dialect(_config()) == {"delimiter": ",", "decimal": ".", "line_end": "lf", "encoding": "utf-8"}
    asked = {
        "out_delimiter": ";",
        "out_decimal": ",",
        "out_line_end": LineEnd.CRLF,
        "out_encoding": "UTF8",
        "bom": True,
    }
    told = {"delimiter": ";", "decimal": ",", "line_end": "crlf", "encoding": "utf-8-sig"}
    assert csv_dialect(_config(**asked)) == told

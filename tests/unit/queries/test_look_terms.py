"""Conditions by example: what is no value of a column, and the SQL that says the same as a look."""

from __future__ import annotations

import pyarrow as pa
import pytest

from etl_batch.errors import QueryInvalid
from etl_batch.queries.look_terms import checked, sql_of
from etl_batch.queries.row_look import Condition, Operator, RowLook, look_of

SCHEMA = pa.schema({
    "size": pa.float64(), "small": pa.int8(), "price": pa.decimal128(9, 2), "weight": pa.float32(),
    "na\"me": pa.string(), "ok": pa.bool_(),
    "day": pa.date32(), "at": pa.timestamp("ms", "UTC"), "here": pa.timestamp("us"), "parts": pa.list_(pa.int8()),
})  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("small", "300"), ("small", "1.5"), ("small", "1_0"), ("small", ""), ("price", "1.234"), ("price", "NaN"),
        ("price", "99999999.99"), ("weight", "nan"), ("weight", "heavy"), ("ok", "1"), ("day", "31.05.2024"),
        ("here", "2024-05-31T10:00Z"), ("at", "noon"),
    ],
)  # fmt: skip
def test_what_is_no_value_of_a_column_is_refused(column: str, value: str) -> None:
    with pytest.raises(QueryInvalid, match=f"is no value of the column {column}"):
        checked(RowLook(conditions=(Condition(column, Operator.EQUAL, value),)), SCHEMA)


@pytest.mark.parametrize(
    "look",
    [
        RowLook(conditions=(Condition("parts", Operator.EQUAL, "1"),)),
        RowLook(conditions=(Condition("small", Operator.CONTAINS, "1"),)),
        RowLook(conditions=(Condition("none", Operator.EMPTY),)), RowLook(sort="parts"), RowLook(counted="none"),
    ],
)  # fmt: skip
def test_what_a_column_cannot_be_asked_is_refused(look: RowLook) -> None:
    with pytest.raises(QueryInvalid):
        checked(look, SCHEMA)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Condition("small", Operator.AT_MOST, " 7 "), '"small" <= 7'),
        (Condition("price", Operator.UNEQUAL, "1.5"), '"price" <> 1.5'),
        (Condition("weight", Operator.LESS, "0.1"), "\"weight\" < CAST('0.1' AS FLOAT)"),
        (Condition("size", Operator.MORE, "0.1"), '"size" > CAST(\'0.1\' AS DOUBLE) AND NOT isnan("size")'),
        (Condition('na"me', Operator.CONTAINS, "it's"), "contains(\"na\"\"me\", 'it''s')"),
        (Condition("ok", Operator.EQUAL, "TRUE"), '"ok" = true'),
        (Condition("day", Operator.EMPTY), '"day" IS NULL'),
        (Condition("at", Operator.AT_LEAST, "2024-05-31 12:00+02:00"), "TIMESTAMPTZ '2024-05-31 10:00:00+00:00'"),
    ],
)
def test_the_sql_says_the_same(condition: Condition, said: str) -> None:
    assert said in sql_of(RowLook(conditions=(condition,)), SCHEMA)


def test_what_is_no_number_comes_behind_all_numbers() -> None:
    assert sql_of(RowLook(sort="size", descending=True), SCHEMA).endswith(
        'ORDER BY isnan("size") NULLS LAST, "size" DESC NULLS LAST'
    )
    assert sql_of(RowLook(sort="day"), SCHEMA).endswith('ORDER BY "day" ASC NULLS LAST')


def test_what_makes_no_sense_in_an_address_is_left_out() -> None:
    link = {"where": ["eq", "x:small:1", "eq:a%3Ab:c:d", "empty:day:7"], "sort": ["small"], "page": ["0"]}
    conditions = (Condition("a:b", Operator.EQUAL, "c:d"), Condition("day", Operator.EMPTY))
    assert look_of(link) == RowLook(conditions=conditions)

"""`--where` against a slow twin that goes row by row, against DuckDB, and against garbage."""

from __future__ import annotations

import contextlib
import math
import operator
from datetime import UTC, date, datetime
from fractions import Fraction

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.errors import WhereInvalid
from etl_batch.estimate.where import (
    MAX_CHARACTERS,
    Column,
    Comparison,
    Condition,
    Every,
    IsNull,
    Literal,
    Not,
    OneOf,
    Some,
    Where,
    parse_where,
)
from etl_batch.estimate.where_mask import mask
from tests.helpers.chance import examples

TEXTS = ["MILK", "BREAD", "", "it's", "Ünï", "=1+1"]
DATES = [date(2017, 1, 1), date(2017, 3, 31), date(1969, 12, 31)]
TABLE = pa.table(
    {
        "n": pa.array([1, -5, None, 2**31, 0, 7], pa.int64()),
        "small": pa.array([1, 0, 255, None, 7, 3], pa.uint8()),
        "x": pa.array([1.5, -0.0, None, 1e300, 7.0, 0.1], pa.float64()),
        "word": pa.array(["MILK", None, "", "it's", "Ünï", "BREAD"], pa.string()),
        "flag": pa.array([True, False, None, True, False, None], pa.bool_()),
        "day": pa.array([DATES[0], DATES[1], None, DATES[2], DATES[0], DATES[1]], pa.date32()),
        "two words": pa.array([1, 2, 3, None, 5, 6], pa.int32()),
        "money": pa.array([None, "1.50", "-0.01", "99.99", "0.00", "2.00"], pa.string()).cast(pa.decimal128(10, 2)),
    }
)
OPERATORS = ["=", "!=", "<>", "<", "<=", ">", ">=", "=="]
NUMBERS = st.sampled_from(
    ["0", "1", "-5", "7", "1.5", "2.5", "0.1", "-0.5", "300", "2147483648", "1e300", "0.015", "1.50"]
)
QUOTED = st.sampled_from(TEXTS).map(lambda text: "'" + text.replace("'", "''") + "'")
DAYS = st.sampled_from(DATES).map(lambda day: f"'{day.isoformat()}'")
BOOLEANS = st.sampled_from(["true", "FALSE"])
KINDS = {
    '"n"': NUMBERS, "small": NUMBERS, "x": NUMBERS, "word": QUOTED, "flag": BOOLEANS, "day": DAYS,
    '"two words"': NUMBERS, "money": NUMBERS,
}  # fmt: skip


@st.composite
def one_column(draw: st.DrawFn) -> str:
    column = draw(st.sampled_from(sorted(KINDS)))
    values = KINDS[column]
    kind = draw(st.integers(0, 4))
    negated = draw(st.sampled_from(["", "not "]))
    if kind == 0:
        return f"{column} is {negated}null"
    if kind == 1:
        return f"{column} {negated}in ({', '.join(draw(st.lists(values, min_size=1, max_size=3)))})"
    if kind == 2 and column != "flag":
        return f"{column} {negated}between {draw(values)} and {draw(values)}"
    sign = draw(st.sampled_from(OPERATORS))
    if kind == 3 and column in {'"n"', "small", '"two words"'}:
        return f"{column} {sign} {draw(st.sampled_from(['n', 'small']))}"
    return f"{column} {sign} {draw(values)}"


EXPRESSIONS = st.recursive(
    one_column(),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "OR"]), inner).map(
            lambda three: f"({three[0]}) {three[1]} ({three[2]})"
        ),
        inner.map(lambda condition: f"not ({condition})"),
    ),
    max_leaves=6,
)


def twin(condition: Condition, row: dict[str, object]) -> bool | None:
    """Three-valued logic, one row at a time."""
    match condition:
        case IsNull(Column(name)):
            return row[name] is None
        case Not(part):
            found = twin(part, row)
            return None if found is None else not found
        case Every(parts):
            inner = [twin(part, row) for part in parts]
            return False if False in inner else None if None in inner else True
        case Some(parts):
            inner = [twin(part, row) for part in parts]
            return True if True in inner else None if None in inner else False
        case OneOf(value, options):
            return twin(Some(tuple(Comparison("=", value, option) for option in options)), row)
        case Comparison(sign, left, right):
            return _compare(sign, _value(left, right, row), _value(right, left, row))
    raise AssertionError(condition)


def _value(operand: Column | Literal, other: Column | Literal, row: dict[str, object]) -> object:
    if isinstance(operand, Column):
        value = row[operand.name]
        return Fraction(value) if isinstance(value, float) else value
    beside = row[other.name] if isinstance(other, Column) else None
    if isinstance(beside, date) and isinstance(operand.value, str):
        return date.fromisoformat(operand.value)
    if isinstance(beside, float) and isinstance(operand.value, Fraction):
        return Fraction(float(operand.value))
    return operand.value


_OPERATORS = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _compare(sign: str, left: object, right: object) -> bool | None:
    if left is None or right is None:
        return None
    return bool(_OPERATORS[sign](left, right))  # type: ignore[arg-type]


@given(EXPRESSIONS)
@settings(max_examples=examples(300))
def test_agrees_with_the_slow_twin(text: str) -> None:
    where = parse_where(text)
    slow = [twin(where.condition, row) is True for row in TABLE.to_pylist()]
    assert mask(where, TABLE).tolist() == slow


@given(EXPRESSIONS)
@settings(max_examples=examples(150), deadline=None)
def test_agrees_with_duckdb(text: str) -> None:
    connection = _duckdb()
    connection.register("rows", TABLE.append_column("row", pa.array(range(len(TABLE)))))
    selected = {row for (row,) in connection.execute(f"select row from rows where {text}").fetchall()}  # noqa: S608
    assert set(mask(parse_where(text), TABLE).nonzero()[0].tolist()) == selected


def _duckdb() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    return connection


@given(st.one_of(st.text(max_size=60), st.text("()nx'\" =<>!,.-+0123456789eandortisul", max_size=80)))
@settings(max_examples=examples(500))
def test_garbage_gives_an_answer_or_our_error(text: str) -> None:
    with contextlib.suppress(WhereInvalid):
        assert len(mask(parse_where(text), TABLE)) == len(TABLE)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000, "not " * 500 + "n = 1", "(" * 41 + "n = 1" + ")" * 41, "n = " + "9" * 5000, "n = 1e999999999",
        "n in (" + "1," * 1500, "1 = 1", "n = null", "n in (x)", "word = 5", "n = 'a'", "day = 'tomorrow'",
        "nothing = 1",
        "n", "n =", "n = 1 n", "'unclosed", '"unclosed', "n like 'x'", "count(n) = 1", "n = 1; drop table x", "n in ()",
        "flag = 1", "1 in (1)", "'a' is null", "word < x", "n = \udcff", "__import__('os')", "n between 1", "x = 1e401",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(WhereInvalid) as error:
        mask(parse_where(text), TABLE)
    assert "--where" in str(error.value)
    assert len(str(error.value)) < 2500


def test_long_conditions_are_no_recursion() -> None:
    text = " or ".join(["n = 1"] * 400)
    assert len(text) < MAX_CHARACTERS
    assert mask(parse_where(text), TABLE).sum() == 1


def test_instants_are_compared_in_utc() -> None:
    at = datetime(2017, 1, 1, 11, 53, 26, tzinfo=UTC)
    table = pa.table(
        {
            "at": pa.array([at, None], pa.timestamp("s", "UTC")),
            "local": pa.array([at.replace(tzinfo=None), None], pa.timestamp("ns")),
        }
    )
    for text in (
        "at = '2017-01-01T11:53:26Z'",
        "at = '2017-01-01 12:53:26+01:00'",
        "at > '2017-01-01'",
        "local <= '2017-01-01T11:53:26'",
    ):
        assert mask(parse_where(text), table).tolist() == [True, False]
    assert mask(parse_where("at < '2017-01-01T11:53:26.5'"), table).tolist() == [True, False]
    with pytest.raises(WhereInvalid, match="time zone"):
        mask(parse_where("local = '2017-01-01T11:53:26Z'"), table)


def test_a_float_equals_the_constant_as_its_own_width_has_it() -> None:
    table = pa.table({"half": pa.array([0.1, math.nan, math.inf], pa.float32())})
    assert mask(parse_where("half = 0.1"), table).tolist() == [True, False, False]
    assert mask(parse_where("half < 1e400"), table).tolist() == [True, False, False]


def test_integers_are_compared_exactly() -> None:
    table = pa.table({"id": pa.array([2**53, 2**53 + 1], pa.int64()), "u": pa.array([2**64 - 1, 0], pa.uint64())})
    assert mask(parse_where(f"id = {2**53 + 1}"), table).tolist() == [False, True]
    assert mask(parse_where("id < 9007199254740992.5"), table).tolist() == [True, False]
    assert mask(parse_where(f"u < {2**64}"), table).tolist() == [True, True]
    assert mask(parse_where("u > id"), table).tolist() == [True, False]


def test_columns_and_kinds_of_constants() -> None:
    where: Where = parse_where("a = 1 and (\"b c\" in ('x') or a is null)")
    assert where.columns == ("a", "b c")
    assert where.literals("a") == {Fraction}
    assert where.literals("b c") == {str}

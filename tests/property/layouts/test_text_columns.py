"""Any description of columns of text: read as it was written, the same printed and read again; or refused in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import EtlError
from etl_batch.layouts.column_table import is_column_table, read_column_table
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.stata_dictionary import read_stata_dictionary
from etl_batch.layouts.stata_words import is_stata_dictionary

Write = Callable[[list[tuple[str, int, int, str]]], str]
#: of each column: how many are before it that nobody reads, its width, its type
_COLUMNS = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(1, 20), st.sampled_from(("str", "byte", "int", "long", "float", "double"))
    ),
    min_size=1,
    max_size=8,
)
_OURS = {"byte": "i8", "int": "i16", "long": "i32", "float": "f64", "double": "f64", "str": "str"}


@st.composite
def drawn(draw: st.DrawFn) -> list[tuple[str, int, int, str]]:
    """Name, first column from 1, width, Stata's type, in any order."""
    columns, at = [], 1
    for number, (gap, width, kind) in enumerate(draw(_COLUMNS)):
        columns.append((f"v{number}", at + gap, width, kind))
        at += gap + width
    return draw(st.permutations(columns))


def infix(columns: list[tuple[str, int, int, str]]) -> str:
    said = "\n".join(f"  {kind} {name} {start}-{start + width - 1}" for name, start, width, kind in columns)
    return f"infix dictionary {{\n{said}\n}}\n"


def infile(columns: list[tuple[str, int, int, str]]) -> str:
    said = "\n".join(
        f"_column({start}) {kind + str(width) if kind == 'str' else kind} {name} "
        f'%{width}{"s" if kind == "str" else "f"} "about {name}"'
        for name, start, width, kind in columns
    )
    return f"dictionary {{\n{said}\n}}\n"


def table(columns: list[tuple[str, int, int, str]]) -> str:
    said = "\n".join(f"{name},{start},{width},{_OURS[kind]}" for name, start, width, kind in columns)
    return f"column,start,length,type\n{said}\n"


@given(drawn())
def test_all_three_say_the_same(columns: list[tuple[str, int, int, str]]) -> None:
    expected = [(name, start - 1, width) for name, start, width, _ in columns]
    for text, read in ((infix(columns), read_stata_dictionary), (infile(columns), read_stata_dictionary)):
        assert is_stata_dictionary(text)
        assert not is_column_table(text)
        found = read(text, "x")
        assert [(one.name, one.start, one.length) for one in found.columns] == expected
        for one, (*_, width, kind) in zip(found.columns, columns, strict=True):
            assert one.type == _OURS[kind]
            assert one.is_whole_or_float == (kind in {"float", "double"} and width > 15)
    assert is_column_table(table(columns))
    found = read_column_table(table(columns), "x")
    assert [(one.name, one.start, one.length, one.type) for one in found.columns] == [
        (name, start - 1, width, _OURS[kind]) for name, start, width, kind in columns
    ]


@given(drawn(), st.sampled_from((infix, infile, table)), st.booleans())
def test_a_layout_is_the_same_printed_and_read_again(
    columns: list[tuple[str, int, int, str]], write: Write, has_points: bool
) -> None:
    text = write(columns)
    read = read_column_table if write is table else read_stata_dictionary
    found = read(text, "x").settled({name: has_points for name, *_ in columns})
    layout = found.layout("utf-8")
    printed = found.toml(layout, ["a note \n with \x00 whatever"])
    assert parse_layout(printed, "printed") == layout
    assert layout.record_size == max(start + width - 1 for _, start, width, _ in columns)


_MUTATIONS = st.tuples(
    st.sampled_from(("cut", "twice", "other", "swap")), st.floats(0, 1), st.floats(0, 1), st.characters()
)


@given(drawn(), st.sampled_from((infix, infile, table)), st.lists(_MUTATIONS, min_size=1, max_size=4))
def test_a_description_with_mistakes_is_read_or_refused_in_words(
    columns: list[tuple[str, int, int, str]], write: Write, mistakes: list[Any]
) -> None:
    text = write(columns)
    for kind, first, second, letter in mistakes:
        start, end = sorted((int(first * len(text)), int(second * len(text))))
        end = min(end, start + 12)
        match kind:
            case "cut":
                text = text[:start] + text[end:]
            case "twice":
                text = text[:end] + text[start:]
            case "other":
                text = text[:start] + letter + text[start + 1 :]
            case "swap":
                text = text[:start] + text[start:end][::-1] + text[end:]
    _read_or_refused(text)


@given(st.text(max_size=200), st.sampled_from(("", "infix dictionary {\n", "dictionary {", "column,start,length\n")))
def test_whatever_a_text_holds_it_is_read_or_refused_in_words(text: str, front: str) -> None:
    _read_or_refused(front + text)


def _read_or_refused(text: str) -> None:
    for read in (read_stata_dictionary, read_column_table):
        error = _refusal(lambda read=read: read(text, "x.txt").settled({}).layout("utf-8"))  # type: ignore[misc]
        if error is not None:
            assert error.code in {"E_DICTIONARY", "E_LAYOUT"}
            assert error.message.startswith("x.txt")
            assert error.what_to_do


def _refusal(read: Callable[[], Any]) -> EtlError | None:
    try:
        read()
    except EtlError as error:
        return error
    return None

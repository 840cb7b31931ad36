"""Dictionaries of Stata: where each variable lies, how it is read, and each mistake by its line and column."""

from __future__ import annotations

import pytest

from etl_batch.errors import DictionaryInvalid, LayoutInvalid
from etl_batch.layouts.stata_dictionary import read_stata_dictionary
from etl_batch.layouts.stata_words import is_stata_dictionary
from etl_batch.layouts.text_columns import Described

INFIX = """\
infix dictionary using "my data.raw" {
  * who was asked
  1 lines
  1:
    str   name 1-8   byte age 9 - 11
    long id 1:12-20
    q1-q3 21-26
    double weight 27-41   double exact 42-58
}
"""
INFILE = """\
infile dictionary using survey.raw {
* who was asked
_column(1)   str8   name   %8s    "Name of the person"
_column(12)  byte   sex:sexlbl  %2f  "Sex"
             float  income %9.2f
_skip(2)     str3   code   %3S
_skip        double weight %16.4f
             age %3f
}
"""


def read(text: str) -> Described:
    assert is_stata_dictionary(text)
    return read_stata_dictionary(text, "x.dct")


def places(text: str) -> list[tuple[str, str, int, int]]:
    return [(one.name, one.type, one.start, one.length) for one in read(text).columns]


def refusal(text: str) -> str:
    with pytest.raises(DictionaryInvalid) as caught:
        read_stata_dictionary(text, "x.dct")
    assert caught.value.code == "E_DICTIONARY"
    assert caught.value.what_to_do
    return caught.value.message


def within(text: str, kind: str = "infix ") -> str:
    return f"{kind}dictionary {{\n{text}\n}}\n"


def test_the_variables_of_infix() -> None:
    assert places(INFIX) == [
        ("name", "str", 0, 8), ("age", "i8", 8, 3), ("id", "i32", 11, 9), ("q1", "f64", 20, 2), ("q2", "f64", 22, 2),
        ("q3", "f64", 24, 2), ("weight", "f64", 26, 15), ("exact", "f64", 41, 17),
    ]  # fmt: skip
    assert read(INFIX).in_bytes
    assert read(INFIX).record_size is None


def test_the_variables_of_infile() -> None:
    assert places(INFILE) == [
        ("name", "str", 0, 8), ("sex", "i8", 11, 2), ("income", "f64", 13, 9), ("code", "str", 24, 3),
        ("weight", "decimal", 28, 16), ("age", "f64", 44, 3),
    ]  # fmt: skip
    assert [one.scale for one in read(INFILE).columns] == [0, 0, 2, 0, 4, 0]
    assert [one.remarks for one in read(INFILE).columns][:3] == [
        ("line 3: str8, columns 1 to 8",),
        ("line 4: byte, columns 12 to 13", "its values have the labels of sexlbl"),
        ("line 5: float with 2 decimals, columns 14 to 22",),
    ]


def test_blanks_and_a_lone_point_are_missing() -> None:
    name, age, *_ = read(INFIX).columns
    assert name.entry() == {"name": "name", "type": "str", "offset": 0, "length": 8, "null": ""}
    assert age.entry() == {"name": "age", "type": "i8", "offset": 8, "length": 3, "nulls": ["blank", "."]}
    code = read(INFILE).columns[3]
    assert code.entry() == {"name": "code", "type": "str", "offset": 24, "length": 3, "null": ""}


def test_numbers_of_more_digits_than_f64_keeps_are_what_the_file_shows() -> None:
    found = read(INFIX)
    assert [one.name for one in found.columns if one.is_whole_or_float] == ["exact"]
    assert [one.type for one in found.settled({"exact": True}).columns][-2:] == ["f64", "f64"]
    settled = found.settled({"exact": False, "weight": False}).columns
    assert [one.type for one in settled][-2:] == ["f64", "decimal"]
    assert "its 17 digits are more than f64 keeps" in settled[-1].remarks[-1]


def test_records_without_line_ends_have_a_length() -> None:
    found = read("dictionary {\n _lrecl(80)\n _col(5) long id %9f\n}")
    assert found.record_size == 80
    assert [(one.name, one.start) for one in found.columns] == [("id", 4)]


@pytest.mark.parametrize(
    "text",
    [
        "infix dictionary { 3 lines 1: id 1-6 str name 7-36 3: age 2-3 sex 5 }",
        "infix dictionary { id 1-6 str name 7-36 / / age 2-3 sex 5 }",
        "infix dictionary { id 1:1-6 str name 1:7-36 age 3:2-3 sex 3:5 }",
        "infix dictionary { 3: age 2-3 sex 5 1: id 1-6 str name 7-36 3 lines }",
        "dictionary { _lines(3) id %6f str30 name %30s _line(3) _col(2) age %2f _skip(1) sex %1f }",
        "dictionary { id %6f str30 name %30s _newline(2) _skip age %2f _skip sex %1f }",
    ],
)
def test_records_of_several_lines(text: str) -> None:
    found = read(text)
    assert {(one.name, one.line, one.start, one.length) for one in found.columns} == {
        ("id", 1, 0, 6), ("name", 1, 6, 30), ("age", 3, 1, 2), ("sex", 3, 4, 1),
    }  # fmt: skip
    assert (found.lines, found.widths, found.before) == (3, [36, 0, 5], [0, 36, 36, 41])
    layout = found.layout("utf-8")
    assert {field.name: field.offset for field in layout.fields} == {"id": 0, "name": 6, "age": 37, "sex": 40}
    assert 'lines = [36, 0, 5]\ncolumns = "bytes"\n' in found.toml(layout)
    assert "of line 3" in found.toml(layout)


def test_lines_of_a_record_without_line_ends_lie_one_behind_the_other() -> None:
    found = read("dictionary { _lrecl(80) _lines(2) id %6f _line(2) age %2f }")
    layout = found.layout("utf-8")
    assert (layout.record_size, layout.lines) == (160, None)
    assert {field.name: field.offset for field in layout.fields} == {"id": 0, "age": 80}


def test_columns_of_different_lines_do_not_overlap() -> None:
    assert read("infix dictionary { a 1-4 / b 3-9 }").lines == 2
    with pytest.raises(LayoutInvalid, match="b has columns 3 to 9, of which c"):
        read("infix dictionary { a 1-4 / c 9-10 b 3-9 }")


def test_a_column_behind_the_end_of_its_line_is_none() -> None:
    with pytest.raises(LayoutInvalid, match="age ends at column 12 of line 2, which has 10"):
        read("dictionary { _lrecl(10) id %6f _line(2) _column(9) age %4f }")


def test_what_stands_behind_the_brace_is_not_read_and_that_is_said() -> None:
    assert read(INFIX + "\n\n").notes == ()
    assert read(INFIX + "Ada     36\n").notes == (
        "what stands behind the closing } is not read: rows are read from files of their own",
    )


@pytest.mark.parametrize(
    "text",
    [
        "* a comment\n\ninfix dictionary {\n a 1\n}",
        "DICTIONARY using C:\\data\\x.raw {\r\n\r\n  a\t%1f\r\n}\r\n",
        'dictionary using `"x y.raw"\' { a%1f`"a "quoted" label"\' }',
        "infix dictionary {\n1 first\n 1: a 1 }",
        "dictionary { _first(1) _lines(1) _line(1) _column(1) a %1f }",
    ],
)
def test_other_ways_to_write_one(text: str) -> None:
    assert [one.name for one in read(text).columns] == ["a"]


@pytest.mark.parametrize("text", ["", "record_size = 4", "column,start,length", "01 A PIC X.", "the dictionary { a }"])
def test_other_texts_are_none(text: str) -> None:
    assert not is_stata_dictionary(text)
    assert refusal(text) == "x.dct has no line that begins with dictionary, or with infile or infix before it"


def test_numbered_variables_share_their_columns() -> None:
    assert [name for name, *_ in places(within("byte v08-v11 1-4"))] == ["v08", "v09", "v10", "v11"]
    assert places(within("str a b 1-6")) == [("a", "str", 0, 3), ("b", "str", 3, 3)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "line 3, column 1: the dictionary ends where the first column of the variable should stand"),
        ("a 1-", "line 3, column 1: the dictionary ends where the last column of the variable should stand"),
        ("a 5-3", "line 2, column 5: a has columns 5 to 3, which are none"),
        ("a 0", "line 2, column 3: a has columns 0 to 0, which are none"),
        ("a 1-99999999999", "line 2, column 5: a has columns 1 to 99999999999, which are none"),
        ("a-b 3", "line 2, column 3: a-b is no range of variables"),
        ("q5-q1 3", "line 2, column 4: q5-q1 is no range of variables"),
        ("q1-q999999999 3", "line 2, column 4: q1-q999999999 are more than 10,000 variables"),
        ("q1-q5 1-7", "line 2, column 9: 5 variables cannot share 7 columns alike"),
        ("0 lines", "line 2, column 1: 0 lines; a record has 1 to 1,000"),
        ("2 lines a 3:1", "line 2, column 11: line 3 of a record, which is said to have 2"),
        ("3: a 1 2 lines", "line 2, column 8: line 3 of a record, which is said to have 2"),
        ("1001: a 1", "line 2, column 1: line 1001 of a record; a record has 1 to 1,000 lines"),
        ("a 0:1", "line 2, column 3: line 0 of a record; a record has 1 to 1,000 lines"),
        ("3 firstlineoffile", "line 2, column 1: lines above the first record are not read over yet"),
        ("3 words", "line 2, column 3: 'words' stands where lines or firstlineoffile should"),
        ("a 1 %", "line 2, column 5: '%' is nothing of Stata's"),
        ('a "1', "line 2, column 3: a text without its closing quote"),
        ("{", "line 2, column 1: a { stands within the braces"),
    ],
)
def test_a_mistake_of_infix_is_named_with_its_place(text: str, said: str) -> None:
    assert refusal(within(text)) == f"x.dct, {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "line 2, column 1: a has no format such as %8f: it is read up to the next blank, and not from fixed"),
        ("a %f", "line 2, column 3: %f has no width: a is read up to the next blank"),
        ("a %0f", "line 2, column 3: %0f has no width: a is read up to the next blank"),
        ("a %8x", "line 2, column 3: %8x is none of the formats %8f, %8.2f, %8g, %8e, %8s and %8S"),
        ("str8 a %8.2s", "line 2, column 8: %8.2s: a text has no decimals"),
        ("byte a %8s", "line 2, column 6: a is byte, but is read as text (%s): numbers that stand for words are not"),
        ("long a %8.2f", "line 2, column 6: a is long, which has no decimals, but is read with 2 of them"),
        ("_column(0) a %1f", "line 2, column 9: _column(0) is none of the places of a line"),
        ("_column a %1f", "line 2, column 9: 'a' stands where the ( of _column(1) should"),
        ("_column(3 a %1f", "line 2, column 11: 'a' stands where a ) should"),
        ("_column(a)", "line 2, column 9: 'a' stands where a number should"),
        ("_lines(1) _newline a %1f", "line 2, column 11: line 2 of a record, which is said to have 1"),
        ("_lines(2) _line(3) a %1f", "line 2, column 11: line 3 of a record, which is said to have 2"),
        ("_newline(1000) a %1f", "line 2, column 1: line 1001 of a record; a record has 1 to 1,000 lines"),
        ("_first(2) a %1f", "line 2, column 1: lines above the first record are not read over yet"),
        ('"label"', "line 2, column 1: '\"label\"' stands where a variable, or a directive such as _column(12) should"),
        ("a:3 %1f", "line 2, column 3: '3' stands where the name of a value label should"),
    ],
)
def test_a_mistake_of_infile_is_named_with_its_place(text: str, said: str) -> None:
    assert refusal(within(text, "")).startswith(f"x.dct, {said}")


def test_the_braces_have_to_be_there() -> None:
    assert refusal("infix dictionary\n a 1") == "x.dct, line 1, column 17: a { must follow, or using, a file and a {"
    assert refusal("infix dictionary {\n a 1\n") == "x.dct, line 3, column 1: the file ends before the closing }"


def test_columns_may_neither_overlap_nor_share_a_name() -> None:
    with pytest.raises(LayoutInvalid) as caught:
        read(within("a 1-4\nb 3-9"))
    assert caught.value.message == (
        "x.dct, line 3, column 1: b has columns 3 to 9, of which a (x.dct, line 2, column 1) has some already: 1 to 4"
    )
    with pytest.raises(LayoutInvalid, match=r"line 3, column 1: a is there already \(x\.dct, line 2, column 1\)"):
        read(within("a 1-4\na 5-9"))


def test_dictionaries_without_end_end_early() -> None:
    many = " ".join(f"a{number} {number}" for number in range(1, 10_002))
    assert refusal(within(many)).endswith("there are more than 10,000 columns")
    assert refusal(within("q1-q9999 " * 20_000 + "1")).endswith("there are more than 10,000 columns")
    assert refusal(within("1: " * 100_001)).endswith("the dictionary has more than 200,000 words")
    assert refusal(within("a %1f " * 10_001, "")).endswith("there are more than 10,000 columns")

"""Files without a header: the first row is data, or it is said what it was taken for."""

from __future__ import annotations

import pytest

from tests.helpers.sniffed import asked, sniffed, values

_ROWS = {
    "numbers and words": ["1,Anna,2.5", "2,Bert,3.25", "3,Anna,1.5", "4,Carl,2.75"],
    "a date": ["2024-01-05,x", "2024-01-06,y", "2024-01-07,x"],
    "dates with points": ["05.01.2024,x", "06.01.2024,z", "13.01.2024,y"],
    "a timestamp": ["2024-01-05 10:00:00,x", "2024-01-06 11:00:00,z", "2024-01-07 12:00:00,y"],
    "decimal commas": ["1,5;a", "2,25;b", "3,75;c"],
    "thousands": ["1.234,50;a", "2.345,25;b", "300,75;c"],
    "words that recur": ["red,big", "blue,small", "red,small", "blue,big", "green,big"],
    "codes of one shape": ["AB-12,one", "CD-34,two", "EF-56,three", "GH-78,four"],
    "floats": ["1.5,2.25", "3.5,4.75", "5.25,6.5"],
    "whole numbers": ["1,5,9", "2,6,8", "3,7,7"],
    "one column of numbers": ["17", "4", "23", "99"],
    "one column of dates": ["2024-01-05", "2024-01-06", "2024-01-07"],
    "one column of words": ["red", "blue", "red", "green"],
    "negative numbers": ["-5,a", "-6,b", "7,c"],
    "words that are all different": ["Anna,Graz", "Bert,Lyon", "Carl,Oslo", "Dora,Porto"],
    "empty cells": ["1,,x", "2,5,", "3,6,z"],
    "null words": ["1,NA,x", "2,5,y", "3,6,z"],
    "the same value twice": ["a,a,b", "c,d,e", "f,g,h", "i,j,k"],
    "one row": ["1,2,3"],
    "years": ["2019,4", "2020,6", "2021,9"],
}
_SHAPES = [(name, rows, end) for name, rows in _ROWS.items() for end in ("\n", "\r\n")]


@pytest.mark.parametrize(("name", "rows", "end"), _SHAPES, ids=[f"{name}{end!r}" for name, _, end in _SHAPES])
def test_no_row_is_lost_without_a_word(name: str, rows: list[str], end: str) -> None:
    found = sniffed(end.join([*rows, ""]))
    header = found.findings["header"]
    if header.value is False:
        assert [column.name for column in found.columns] == [f"column_{n}" for n in range(1, len(found.columns) + 1)]
        assert len(found.first_rows) == min(3, len(rows))
    elif header.value is None:
        assert "header" in asked(found)
        answers = {choice.value: choice.gives for question in found.questions for choice in question.choices}
        assert len(answers[False]) > len(rows[:3])
    else:
        assert name == "words that are all different"
        assert header.sure < 0.7
        assert "taken for the names" in header.evidence


def test_there_are_forty_shapes() -> None:
    assert len(_SHAPES) == 40


@pytest.mark.parametrize(
    "text",
    [
        "id,name,value\n1,a,2.5\n2,b,3.5\n",
        "day,x\n2024-01-05,1\n2024-01-06,2\n",
        "colour,size\nred,big\nblue,small\nred,big\nblue,small\nred,small\nred,big\nblue,big\n",
        "code,word\nAB-12,one\nCD-34,two\nEF-56,three\n",
        "name\nSmith\nMiller\nSmith\nMiller\nSmith\nMiller\n",
    ],
)
def test_a_header_is_none_of_the_data(text: str) -> None:
    found = sniffed(text)
    assert values(found, "header") == (True,)
    assert found.findings["header"].sure > 0.8
    assert [column.name for column in found.columns] == text.splitlines()[0].split(",")


def test_a_header_that_recurs_is_asked() -> None:
    """Files put one behind the other; or the same row twice."""
    found = sniffed("a,b\nc,d\ne,f\na,b\ng,h\n")
    assert asked(found) == ["header"]


def test_whole_numbers_above_whole_numbers_are_asked_whatever_they_are() -> None:
    assert asked(sniffed("2018,2021,2019\n1,2,3\n4,5,6\n")) == ["header"]
    assert asked(sniffed("17\n4\n23\n")) == ["header"]


def test_a_name_that_is_a_number_beside_one_that_is_none() -> None:
    assert asked(sniffed("2019,sum\n1,2\n3,4\n")) == ["header"]

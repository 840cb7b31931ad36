"""Files without a header: the first row is data, or it is said what it was taken for."""

from __future__ import annotations

import pytest

from tests.data_makers.headerless import SHAPES
from tests.helpers.sniffed import asked, sniffed, values


@pytest.mark.parametrize(("name", "rows", "end"), SHAPES, ids=[f"{name}{end!r}" for name, _, end in SHAPES])
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
    assert len(SHAPES) == 40


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

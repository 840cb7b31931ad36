"""What cells mean: as it was said, and where nobody did, as they look; nothing that has to stay text is proposed."""

from __future__ import annotations

import pytest

from etl_batch.formats.csv.cell_rules import AS_IS, Notation
from etl_batch.formats.csv.given_types import parse_types
from etl_batch.formats.csv.proposals import Said, proposed, rule_of_type
from etl_batch.kernels.cell_meaning import Meaning
from etl_batch.options.input_reading import InputReading

NOTHING = Said.of(InputReading(), ("c",))


@pytest.mark.parametrize(
    "cells",
    [
        ["1.5", "2.25"],
        ["1.234", "12.345"],
        ["5", "7"],
        ["007,5", "1,5"],
        ["123 456 789", "987 654 321"],
        ["192.168.100.200"],
        ["1.234.567", "5"],
        ["2025-12-31"],
        ["2025-12-31T10:00:00+02:00"],
        ["5 %"],
        ["1,2,3"],
        ["1,5", "NA", "2,5"],
        ["a"],
        [],
    ],
)
def test_these_stay_as_they_are(cells: list[str]) -> None:
    assert proposed("c", cells, NOTHING)[0] == AS_IS


def test_numbers_with_marks_are_proposed() -> None:
    assert proposed("c", ["1.234,50", "5", ""], NOTHING)[0].notations == (Notation(",", "."),)
    assert proposed("c", ["9,90"], NOTHING)[0].notations == (Notation(","),)
    assert proposed("c", ["1,234", "2,345"], NOTHING)[0].notations == (Notation(","), Notation(".", ","))


def test_dates_are_proposed_in_each_order_that_is_left() -> None:
    rules = [proposed("c", cells, NOTHING)[0] for cells in (["31.12.2025"], ["1/2/2025"], ["1/13/2025", "2/1/2025"])]
    forms = [[form.text for form in rule.formats] for rule in rules]
    assert forms == [["%d.%m.%Y"], ["%d/%m/%Y", "%m/%d/%Y"], ["%m/%d/%Y"]]
    assert {rule.meaning for rule in rules} == {Meaning.MOMENT}
    assert all(rule.proposed for rule in rules)


def test_what_is_said_wins() -> None:
    said = Said.of(InputReading(decimal=",", null=("c=NA", "-"), trim=True, date_format=("%m/%d/%Y",)), ("c", "d"))
    rule = proposed("c", [" 1,234 ", "NA", "-"], said)[0]
    assert (rule.notations, rule.nulls, rule.trim) == ((Notation(","),), ("-", "NA"), True)
    assert [form.text for form in proposed("d", ["1/2/2025"], said)[0].formats] == ["%m/%d/%Y"]
    assert proposed("d", ["NA"], said)[0].meaning is Meaning.TEXT
    since = Said.of(InputReading(century=1900, date_format=("%d.%m.%y",)), ("c",))
    assert [form.century for form in proposed("c", ["1.2.25"], since)[0].formats] == [1900]
    given = parse_types("day=date(%d.%m.%y)")["day"]
    assert [form.century for form in rule_of_type("day", given, since).formats] == [1900]
    point = Said.of(InputReading(decimal="."), ("c",))
    assert proposed("c", ["1,5"], point)[0] == AS_IS


def test_given_types_say_how_cells_are_written() -> None:
    types = parse_types("day=date(%d.%m.%Y),a=b=timestamp[ms](%d.%m.%Y %H:%M%z),ok=bool(ja,nein),n=decimal(10,2),*=str")
    assert [*types] == ["day", "a=b", "ok", "n", "*"]
    rules = {name: rule_of_type(name, given, NOTHING) for name, given in types.items()}
    assert [rule.meaning for rule in rules.values()] == [
        Meaning.MOMENT, Meaning.MOMENT, Meaning.BOOL, Meaning.AS_IS, Meaning.AS_IS,
    ]  # fmt: skip
    assert not any(rule.proposed for rule in rules.values())

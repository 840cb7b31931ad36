"""Formats of dates: what they hold is told, and what says no day is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl_batch.errors import ConfigError
from etl_batch.text.date_formats import DateFormat


def parsed(text: str) -> DateFormat:
    return DateFormat.parse(text, "--date-format")


def test_what_a_format_holds_is_told() -> None:
    forms = {text: parsed(text) for text in ("%d.%m.%Y", "%m/%d/%y", "%Y-%m-%d %H:%M:%S%z", "%d. %B %Y %I:%M %p")}
    assert [form.has_time for form in forms.values()] == [False, False, True, True]
    assert [form.has_zone for form in forms.values()] == [False, False, True, False]
    assert [form.has_short_year for form in forms.values()] == [False, True, False, False]
    assert [form.is_iso for form in forms.values()] == [False, False, True, False]


def test_what_years_of_two_digits_stand_for_is_said() -> None:
    short = parsed("%d.%m.%y")
    assert short.years_in_words == "years 00 to 68 are 2000 to 2068, and 69 to 99 are 1969 to 1999"
    assert replace(short, century=1900).years_in_words == "years 00 to 99 are 1900 to 1999"
    assert replace(short, century=1950).years_in_words == (
        "years 00 to 49 are 2000 to 2049, and 50 to 99 are 1950 to 1999"
    )


def test_digits_alone_are_counted() -> None:
    forms = ("%Y%m%d", "%y%m%d", "%Y%m%d%H%M%S", "%d.%m.%Y", "%Y%m%d%H%M%S%f", "%d%b%Y")
    assert [parsed(form).digits for form in forms] == [8, 6, 14, None, None, None]


def test_numbers_that_touch_have_all_of_their_digits() -> None:
    assert [parsed("%Y%m%d").is_exact(place) for place in range(3)] == [True, True, True]
    assert not any(parsed("%d.%m.%Y").is_exact(place) for place in range(5))
    assert [parsed("%d.%m%Y").is_exact(place) for place in range(4)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "lacks the day"),
        ("%H:%M", "lacks the day"),
        ("%d.%m", "lacks the day"),
        ("%d.%m.%Y %M", "a time without its hour"),
        ("%d.%m.%Y %I:%M", "a time without its hour"),
        ("%d.%b.%m.%Y", "one part of a date twice"),
        ("%j.%Y", "%j in"),
        ("%d\t%m\t%Y", "a control character"),
    ],
)
def test_what_says_no_day_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match="--date-format") as refused:
        parsed(text)
    assert says in str(refused.value)

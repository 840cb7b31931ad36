"""Amounts are told from numbers, codes and telephone numbers, with the flags that read them."""

from __future__ import annotations

import pytest

from etl_batch.formats.csv.amounts_seen import amount_flags


@pytest.mark.parametrize(
    ("cells", "flags"),
    [
        (["5 %", "7.5 %", "-2 %"], "--types x=percent"),
        (["5%", "7,5%"], "--types x=percent --decimal ,"),
        (["(12.50)", "7.25"], "--types x=money"),
        (["(1,212.50)", "7.25"], "--types x=money"),
        (["12,50-", "7,25"], "--types x=money --decimal ,"),
        (["+5,5", "-3,5"], "--types x=money --decimal ,"),
        (["EUR 5,00", "\u20ac 7,25", "$3"], "--types x=money --decimal ,"),
        (["5.00 USD", "US$ 1,000.25"], "--types x=money"),
        (["1.234,50 \u20ac"], "--types x=money --decimal ,"),
        (["- 5,50", "2,50"], "--types x=money --decimal ,"),
    ],
)
def test_amounts(cells: list[str], flags: str) -> None:
    found = amount_flags("x", cells)
    assert found is not None
    assert found[1] == flags


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["+49 30 1234567", "+49 171 12345"],
        ["+49301234", "+49171123"],
        ["ABC 123", "DEF 456"],
        ["5 %", "much"],
        ["(a)", "(b)"],
        ["1,2,3", "4,5"],
        ["12-34", "56-78"],
        ["31.12.2024-"],
        ["2.5", "4,25", "-1,5"],  # numbers, written in two ways
    ],
)
def test_what_is_none(cells: list[str]) -> None:
    assert amount_flags("x", cells) is None

"""The column profile as text."""

from __future__ import annotations

from typing import Any

from etl_batch.commands.profile_text import render


def column(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    nothing = dict.fromkeys(("min", "max", "sum", "min_length", "max_length", "distinct", "distinct_method", "top"))
    return {"name": "a", "type": "str", "nulls": 0} | nothing | more


def test_a_line_for_each_column() -> None:
    top = {"method": "exact", "values": [{"value": "x", "count": 1200}]}
    columns = [
        column(
            name="t", min="x", max="y" * 60, min_length=1, max_length=60, distinct=2, distinct_method="exact", top=top
        ),
        column(name="n", type="bool", min=False, max=True, nulls=1000, distinct=5000, distinct_method="HyperLogLog"),
    ]
    first, head, text, flag = render({"rows": 1, "columns": columns}, None).splitlines()
    assert first == "1 row, 2 columns"
    assert head.startswith("column  type  nulls")
    assert "1 to 60" in text
    assert text.endswith("x (1,200)")
    assert "y" * 60 not in text
    assert "false" in flag
    assert "about 5,000" in flag


def test_a_table_among_several_has_its_name() -> None:
    assert render({"rows": 0, "columns": []}, "LINE").startswith("LINE: 0 rows, 0 columns")


def test_what_hides_in_a_value_shows() -> None:
    assert "[U+202E]" in render({"rows": 1, "columns": [column(min="a\u202eb")]}, None)

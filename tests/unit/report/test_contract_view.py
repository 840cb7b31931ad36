"""What the rules of a contract came to, as it is shown."""

from __future__ import annotations

from typing import Any

from etl_batch.report.contract_view import RuleView, rule_views, rules_in_short


def _rule(name: str, rows: int, **more: object) -> dict[str, Any]:
    examples = [{"input": "in.csv", "row": 1200 + row, "value": "0"} for row in range(rows)]
    plain = {"rule": name, "severity": "error", "rows": rows, "is_broken": rows > 0, "found": None}
    return plain | {"examples": examples} | more


FOUND: dict[str, Any] = {
    "rows": 1300,
    "rows_rejected": 2,
    "rules": [
        _rule("a required", 0),
        _rule("a minimum 1", 1, severity="warn"),
        _rule("a maximum 9", 2, severity="reject"),
        _rule("etl:minRows 2000", 0, is_broken=True, found="1,300 rows"),
    ],
}


def test_broken_rules_come_first_with_the_rows_that_break_them() -> None:
    assert rule_views(FOUND) == [
        RuleView("a maximum 9", True, 2, "set the row aside", "row 1,200 of in.csv: 0; row 1,201 of in.csv: 0"),
        RuleView("a minimum 1", True, 1, "only count it", "row 1,200 of in.csv: 0"),
        RuleView("etl:minRows 2000", True, 0, "refuse the job", "1,300 rows"),
        RuleView("a required", False, 0, "refuse the job", ""),
    ]


def test_without_a_contract_there_is_nothing() -> None:
    assert rule_views(None) == []


def test_in_short() -> None:
    assert rules_in_short(FOUND) == "1 rule kept, 3 broken in 1,300 rows; 2 rows set aside."
    assert rules_in_short(FOUND | {"rows_rejected": 0, "rows": 1}) == "1 rule kept, 3 broken in 1 row."

"""What the rules of a contract came to, as the report and the pages show it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl_batch.contracts.contract import Severity
from etl_batch.light_dataclass import dataclass
from etl_batch.text.number_text import count, counted

MOST_RULES = 200  #: that the report shows
BREACH_WORDS = {
    str(Severity.ERROR): "refuse the job",
    str(Severity.REJECT): "set the row aside",
    str(Severity.WARN): "only count it",
}


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule."""

    rule: str
    is_broken: bool
    rows: int  #: that break it
    breach: str  #: what follows
    where: str  #: the first rows that break it, or what was found of all rows


def rule_views(found: Mapping[str, Any] | None) -> list[RuleView]:
    """All rules, the broken ones first, by their rows.

    Args:
        found: as metadata have it, see `contracts.findings.findings`; None: there was no contract.
    """
    rules = [] if found is None else found["rules"]
    return [_view(rule) for rule in sorted(rules, key=lambda rule: (not rule["is_broken"], -rule["rows"]))]


def rules_in_short(found: Mapping[str, Any]) -> str:
    """In a sentence, such as `11 rules kept, 1 broken in 100 rows; 3 rows set aside`."""
    broken = sum(rule["is_broken"] for rule in found["rules"])
    aside = f"; {counted(found['rows_rejected'], 'row')} set aside" if found["rows_rejected"] else ""
    kept = counted(len(found["rules"]) - broken, "rule")
    return f"{kept} kept, {count(broken)} broken in {counted(found['rows'], 'row')}{aside}."


def _view(rule: Mapping[str, Any]) -> RuleView:
    places = [f"row {count(one['row'])} of {one['input']}: {one['value']}" for one in rule["examples"]]
    return RuleView(
        rule=rule["rule"],
        is_broken=rule["is_broken"],
        rows=rule["rows"],
        breach=BREACH_WORDS[rule["severity"]],
        where=rule["found"] or "; ".join(places),
    )

"""What the rows of a job come to under a contract: counts that merge in any order to the same. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import field
from decimal import Decimal
from typing import Any

from etl_batch.contracts.contract import Contract, Kind, Rule, Severity
from etl_batch.light_dataclass import dataclass
from etl_batch.text.bounded_documents import json_document
from etl_batch.text.number_text import counted
from etl_batch.text.numbers import is_whole_number
from etl_batch.values import Rejected

REASON = "contract: "  #: what the reason of a row begins with that a rule sets aside
MOST_EXAMPLES = 3
_MOST_LISTED = 50  #: rules that one message lists

#: which input, from 0, and which row of it, from 1; and its value, as text
Example = tuple[int, int, str]


@dataclass(slots=True)
class Counts:
    """Of the rows so far."""

    rows: int = 0  #: that were looked at
    rejected: int = 0  #: of those, set aside by rules
    breaches: list[int] = field(default_factory=list)  #: of each rule: rows
    examples: list[list[Example]] = field(default_factory=list)  #: of each rule: the first
    broken: dict[str, int] = field(default_factory=dict)  #: of each column: rows that break any of its rules
    nulls: dict[str, int] = field(default_factory=dict)  #: of each column whose share of nulls is bounded
    #: of rules that compare with an earlier run, once all rows are known: what is so, and whether that breaks the rule
    ended: dict[int, tuple[str, bool]] = field(default_factory=dict)

    @classmethod
    def of(cls, contract: Contract) -> Counts:
        """Of no row."""
        rules = len(contract.rules)
        return cls(breaches=[0] * rules, examples=[[] for _ in range(rules)])

    def merge(self, other: Counts) -> None:
        """Take the rows of another part into account."""
        self.rows += other.rows
        self.rejected += other.rejected
        self.breaches = [one + its for one, its in zip(self.breaches, other.breaches, strict=True)]
        pairs = zip(self.examples, other.examples, strict=True)
        self.examples = [sorted([*one, *its])[:MOST_EXAMPLES] for one, its in pairs]
        for name, rows in other.broken.items():
            self.broken[name] = self.broken.get(name, 0) + rows
        for name, rows in other.nulls.items():
            self.nulls[name] = self.nulls.get(name, 0) + rows

    def pack(self) -> bytes:
        """All of it, as text: it stands in the journal."""
        values = (self.rows, self.rejected, self.breaches, self.examples, self.broken, self.nulls)
        return json.dumps(values, separators=(",", ":")).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> Counts:
        """What `pack` made."""
        rows, rejected, breaches, examples, broken, nulls = json_document(packed)
        own = [[(int(source), int(row), str(value)) for source, row, value in each] for each in examples]
        return cls(rows, rejected, breaches, own, broken, nulls)


def is_by_rule(rejected: Rejected) -> bool:
    """Whether it was a rule that set a row aside."""
    return rejected.reason.startswith(REASON)


def findings(contract: Contract, counts: Counts, inputs: Sequence[str]) -> dict[str, Any]:
    """What the result says of a contract: `{"rows", "rules", "columns"}`.

    Args:
        contract: of the job.
        counts: of all its rows.
        inputs: what each input is called.
    """
    each = zip(contract.rules, counts.breaches, counts.examples, strict=True)
    ends = [counts.ended.get(place) or _at_the_end(rule, counts) for place, rule in enumerate(contract.rules)]
    return {
        "rows": counts.rows,
        "rows_rejected": counts.rejected,
        "rules": [_finding(*one, end, inputs) for one, end in zip(each, ends, strict=True)],
        "columns": [{"name": name, "rows": counts.broken[name]} for name in sorted(counts.broken)],
    }


def refusal(found: dict[str, Any]) -> str | None:
    """Why nothing may be published: each broken rule whose breach is an error, a line each; None: it may be."""
    broken = [one for one in found["rules"] if one["severity"] == Severity.ERROR and one["is_broken"]]
    if not broken:
        return None
    columns = {one["name"]: one["rows"] for one in found["columns"]}
    named = dict.fromkeys(one["column"] for one in broken if one["column"] is not None)
    lines = [f"{counted(len(broken), 'rule')} of the contract broken, and nothing is published:"]
    lines += [
        f"column {name}: {counted(columns[name], 'row')} of {found['rows']:,}" for name in named if name in columns
    ]
    lines += [in_words(one) for one in broken[:_MOST_LISTED]]
    if len(broken) > _MOST_LISTED:
        lines.append(f"and {len(broken) - _MOST_LISTED:,} more rules")
    return "\n  ".join(lines)


def in_words(found: dict[str, Any]) -> str:
    """One rule: `quantity minimum 1: 3 rows (in.csv row 5: 0; ...)`."""
    if found["found"] is not None:
        return f"{found['rule']}: {found['found']}"
    shown = "; ".join(f"{one['input']} row {one['row']}: {one['value']}" for one in found["examples"])
    return f"{found['rule']}: {counted(found['rows'], 'row')}" + (f" ({shown})" if shown else "")


def _finding(
    rule: Rule, rows: int, examples: Iterable[Example], end: tuple[str | None, bool], inputs: Sequence[str]
) -> dict[str, Any]:
    said, is_broken = end
    return {
        "rule": rule.text,
        "column": rule.column,
        "severity": str(rule.severity),
        "rows": rows,
        "is_broken": is_broken or rows > 0,
        "found": said,
        "examples": [{"input": inputs[source], "row": row, "value": value} for source, row, value in examples],
    }


def _at_the_end(rule: Rule, counts: Counts) -> tuple[str | None, bool]:
    """What is so of all rows, and whether that breaks the rule; of a rule of rows nothing is said."""
    kept = counts.rows - counts.rejected
    if rule.kind is Kind.FEWEST_ROWS and is_whole_number(rule.value):
        return counted(kept, "row"), kept < rule.value
    if rule.kind is Kind.MOST_ROWS and is_whole_number(rule.value):
        return counted(kept, "row"), kept > rule.value
    if rule.kind is Kind.MOST_NULLS and isinstance(rule.value, Decimal):
        nulls = counts.nulls.get(str(rule.column), 0)
        return f"{nulls:,} of {counted(counts.rows, 'row')} null", nulls > rule.value * counts.rows
    return None, False

"""The answer to a question about a file, and its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, field
from typing import Any

from etl_batch.estimate.clusters import Design
from etl_batch.light_dataclass import dataclass
from etl_batch.text.plain_values import plain
from etl_batch.values import TotalEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The totals of a file."""

    path: str
    format: str  #: see `Format.name`
    estimates: tuple[TotalEstimate, ...]
    rows: TotalEstimate  #: how many rows there are within the filter
    source: str  #: in words: what was read
    rows_read: int
    bytes_read: int
    bytes_of_file: int
    designs: Mapping[str, Design] = field(default_factory=dict)  #: of each measure; empty: no units were drawn
    design_name: str
    filtered: bool = False  #: rows are only counted where they fulfil a condition
    notes: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether nothing is estimated."""
        return not self.designs and all(estimate.exact_total == estimate.total for estimate in self.estimates)

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values: numbers or null, never NaN."""
        values = {
            "path": self.path,
            "format": self.format,
            "estimates": [asdict(estimate) for estimate in self.estimates],
            "rows": asdict(self.rows),
            "rows_read": self.rows_read,
            "bytes_read": self.bytes_read,
            "bytes_of_file": self.bytes_of_file,
            "exact": self.is_exact,
            "design": self._design(),
            "notes": list(self.notes),
        }
        return plain(values)  # type: ignore[no-any-return]

    def _design(self) -> dict[str, Any]:
        measured = {name: design for name, design in self.designs.items() if name != self.rows.measure} or self.designs
        effects = [design.design_effect for design in measured.values() if design.design_effect is not None]
        first = next(iter(measured.values()), None)
        return {
            "name": self.design_name,
            "source": self.source,
            "unit": first.unit if first else None,
            "units": first.units if first else None,
            "units_read": first.units_read if first else None,
            "units_certain": first.units_certain if first else None,
            "zones": first.zones if first else None,
            "design_effect": max(effects, default=None),
            "measures": {
                name: {"estimator": design.estimator, "reason": design.reason, "design_effect": design.design_effect}
                for name, design in measured.items()
            },
        }

"""What is said where the cells of a CSV were not kept from running as formulas."""

from __future__ import annotations

NOT_ESCAPED = (
    "Escaping is off (--no-escape): text cells were written as they are. A spreadsheet may run formulas in the CSV; "
    "it is for programs only."
)

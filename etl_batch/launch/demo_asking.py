"""A process that writes the demo data for an empty console: `{"home": ...}`; see `commands/demo_data.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from etl_batch.commands.demo_data import write_demo_data
from etl_batch.machine.answering import answer_one


def demo(asked: dict[str, Any]) -> dict[str, Any]:
    """Write them, all of the purchases once."""
    made = write_demo_data(Path(asked["home"]))
    return {"path": str(made.path), "rows": made.rows}


if __name__ == "__main__":
    sys.exit(answer_one({"demo": demo}))

"""A process that checks a job for the launch page, looks for its next bad rows, or for what is so in all of them.

It reads one line of JSON from its standard input, writes lines of JSON to its standard output, and ends.
"""

from __future__ import annotations

import sys
from typing import Any

from etl_batch.commands.run_flags import parse_run
from etl_batch.machine.answering import Telling, answer_one


def check(asked: dict[str, Any]) -> dict[str, Any]:
    """Everything a job does but the writing: `{"arguments": [...]}`, the words of the command line."""
    from etl_batch.pipeline.dry_run import dry_run

    return dry_run(parse_run(asked["arguments"]).config, Telling().progress).as_json()


def bad_rows(asked: dict[str, Any]) -> dict[str, Any]:
    """The next rows that do not fit: `{"arguments": [...], "behind": [input, row]}`."""
    from etl_batch.pipeline.bad_row_search import next_bad_rows

    source, row = asked["behind"]
    found = next_bad_rows(parse_run(asked["arguments"]).config, (source, row), Telling().progress)
    return {"rows": [one.as_json() for one in found]}


def contract(asked: dict[str, Any]) -> dict[str, Any]:
    """A contract to begin with, of what the inputs hold: `{"arguments": [...]}`."""
    from etl_batch.pipeline.contract_infer import inferred_contract

    return inferred_contract(parse_run(asked["arguments"]).config, Telling().progress)


if __name__ == "__main__":
    sys.exit(answer_one({"check": check, "bad rows": bad_rows, "contract": contract}))

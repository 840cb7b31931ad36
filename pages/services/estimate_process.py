"""What reads files for the Estimates page, in a process of its own: one question on standard input, one answer.

A file may be large, its reading long, and its content made to break what reads it. Here it takes neither the server's
memory nor its interpreter, and it can be ended.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl_batch.commands.estimate_flags import parse_estimate
from etl_batch.file_estimate.estimate_file import columns_of, estimate_file
from etl_batch.machine.answering import Telling, answer_one
from pages.services.estimable_files import input_config
from pages.services.live_sample import live_sample

MOST_COLUMNS = 1000  #: that are named; a list of more is no list
_LONGEST_NAME = 1000  #: characters; what is longer is counted, not named


def estimate(asked: dict[str, Any]) -> dict[str, Any]:
    """The answer to `{"flags": [...], "measures": [...]}`, as `estimate --json` prints it.

    The names of measures come by themselves, since a column's name may hold a comma.
    """
    options = parse_estimate(asked["flags"])
    question = options.question
    if asked["measures"]:
        question = replace(question, measures=tuple(asked["measures"]), measures_named=True)
    return estimate_file(options.config, question, Telling().progress).as_json()


def columns(asked: dict[str, Any]) -> dict[str, Any]:
    """The columns of `{"home", "file", "delimiter"}`, whether their values can be added up, and how many there are."""
    found = columns_of(input_config(Path(asked["home"]), asked["file"], asked["delimiter"]))
    named = [(name, is_number) for name, is_number in found.items() if len(name) <= _LONGEST_NAME]
    return {"columns": named[:MOST_COLUMNS], "count": len(found)}


if __name__ == "__main__":
    sys.exit(answer_one({"estimate": estimate, "columns": columns, "live": live_sample}))

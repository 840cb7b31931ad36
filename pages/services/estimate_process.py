"""One estimate in a process of its own: `python -m pages.services.estimate_process`, a question on standard input.

A file may be large and its reading long. Here it takes neither the server's memory nor its interpreter, and it can be
ended.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.flags import parse_estimate


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to `{"flags": [...], "measures": [...]}`: `{"answer": ...}` as `estimate --json` prints, or the error.

    The names of measures come by themselves, since a column's name may hold a comma.
    """
    try:
        options = parse_estimate(request["flags"])
        question = options.question
        if request["measures"]:
            question = replace(question, measures=tuple(request["measures"]), measures_named=True)
        return {"answer": estimate_file(options.config, question).as_json()}
    except EtlError as error:
        return {"error": {"code": error.code, "message": error.message, "what_to_do": error.what_to_do}}


def main() -> int:
    """Read one question, print one answer."""
    sys.stdout.write(json.dumps(answer(json.load(sys.stdin)), allow_nan=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())

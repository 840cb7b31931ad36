"""The other commands: `python -m etl_batch COMMAND`. The place where everything is put together."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from etl_batch import etl_core
from etl_batch.commands.command_table import PROG, Row, Table, run_command
from etl_batch.errors import EXIT_DONE, Cancelled, EtlError
from etl_batch.machine.garbage import look_rarely
from etl_batch.version import product_version

COMMANDS = Table(
    rows={
        "run": Row("etl_batch.commands.run", "convert inputs to CSV and Parquet (also: python etl_batch/etl_core.py)"),
        "jobs": Row(
            "etl_batch.commands.jobs.table",
            "the same in the background: start, list, show, watch, cancel, resume, again",
        ),
        "estimate": Row(
            "etl_batch.commands.estimate", "totals of an existing file with intervals, without reading all of it"
        ),
        "sniff": Row(
            "etl_batch.commands.sniff", "what a text file seems to be: its encoding, delimiter, header, types"
        ),
        "merge": Row("etl_batch.commands.merge", "put together what `run --shard` made of a folder of parts"),
        "outputs": Row("etl_batch.commands.outputs.table", "outputs and their old versions: list, restore, delete"),
        "preset": Row(
            "etl_batch.commands.preset.table", "how inputs are read, saved under names: list, show, save, delete"
        ),
        "query": Row("etl_batch.commands.query", "ask an output in SQL: one SELECT over the table `data`"),
        "preview": Row("etl_batch.commands.preview", "show the first records of a binary file beside their bytes"),
        "profile": Row("etl_batch.commands.profile", "what each column of an existing file holds"),
        "layout": Row("etl_batch.commands.layout", "a copybook as a layout of ours, each choice with a comment"),
        "contract": Row("etl_batch.commands.contract", "what the rows of a file must be: check, infer"),
        "user": Row("auth.user_commands", "make and change the accounts of the dashboard"),
        "demo-data": Row("etl_batch.commands.demo_data", "write real purchases as a binary file to try everything on"),
        "audit": Row("etl_batch.commands.audit.table", "read the audit log, verify it, prove what is in it"),
        "compile": Row("etl_batch.commands.compile", "compile the kernels now, not at the first job"),
        # processes of jobs, which we start ourselves
        "job-supervisor": Row("etl_batch.commands.job_supervisor"),
        "job-engine": Row("etl_batch.commands.job_engine"),
    },
    column=12,
    help=f"""\
usage: {PROG} COMMAND [flags]

commands:
{{commands}}

  --version   print the version
`{PROG} COMMAND --help` explains the flags of each.
""",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    from etl_batch.commands.command_console import Console, print_result

    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if words[:1] == ["--version"]:
            print_result(f"etl_batch {product_version()}\n")
            return EXIT_DONE
        return run_command(COMMANDS, words, pipeline=etl_core.run)
    except KeyboardInterrupt:
        return Console().failed(Cancelled("the command was cancelled"))
    except EtlError as error:
        return Console().failed(error)


if __name__ == "__main__":
    look_rarely()
    sys.exit(main())

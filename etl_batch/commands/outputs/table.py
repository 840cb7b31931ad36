"""`python -m etl_batch outputs ...`: what lies beneath output/, and its old versions."""

from __future__ import annotations

from etl_batch.commands.command_table import PROG, AddParser, Row, Table

_PROG = f"{PROG} outputs"
COMMANDS = Table(
    rows={
        "list": Row("etl_batch.commands.outputs.list", "outputs and old versions, whose they are, how large"),
        "restore": Row(
            "etl_batch.commands.outputs.restore", "put an old version in its place again", takes="PATH.bak.TIME"
        ),
        "delete": Row("etl_batch.commands.outputs.delete", "take an output or an old version away", takes="PATH"),
    },
    column=24,
    unknown="there is no command {!r} of outputs",
    help=f"""\
usage: {_PROG} COMMAND [flags]

Outputs are named from the home on, as `list` has them: output/sales.csv. What lies beside one (metadata, sample, rows
set aside) comes back and goes with it. Whoever restores or deletes stands in the audit log.

commands:
{{commands}}

All take --home and --json. `{_PROG} COMMAND --help` explains the flags of each.
""",
)


def add_parser(add: AddParser) -> None:
    """Add the parser of `outputs`."""
    add(table=COMMANDS)

"""`python -m etl_batch preset ...`: how inputs are read, saved under names."""

from __future__ import annotations

from etl_batch.commands.command_table import PROG, AddParser, Row, Table

_PROG = f"{PROG} preset"
COMMANDS = Table(
    rows={
        "list": Row("etl_batch.commands.preset.list", "the saved readings"),
        "show": Row(
            "etl_batch.commands.preset.show", "one of them as TOML, to be kept or sent elsewhere", takes="NAME"
        ),
        "save": Row(
            "etl_batch.commands.preset.save",
            "save one, of flags, of a job (--from-job ID) or of a file (--from FILE)",
            takes="NAME [flags]",
        ),
        "delete": Row("etl_batch.commands.preset.delete", "take one away", takes="NAME"),
    },
    column=19,
    unknown="there is no command preset {!r}",
    help=f"""\
usage: {_PROG} COMMAND [flags]

A saved reading says how inputs are read: `run --preset NAME` takes what no flag says from it. It is a file,
HOME/presets/NAME.toml, whose keys are flags of `run` without their dashes.

commands:
{{commands}}

All take --home and --json. `{_PROG} COMMAND --help` explains the flags of each.

an example:
  {_PROG} save bank --delimiter ';' --encoding cp1252 --skip-lines 3
  {PROG} run -i data/monday.txt --preset bank -o output/monday.csv
""",
)


def add_parser(add: AddParser) -> None:
    """Add the parser of `preset`."""
    add(table=COMMANDS)

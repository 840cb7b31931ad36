"""`python -m etl_batch audit ...`: reading the log, checking it, proving what is in it."""

from __future__ import annotations

from etl_batch.commands.command_table import PROG, AddParser, Row, Table

_PROG = f"{PROG} audit"
COMMANDS = Table(
    rows={
        "verify": Row(
            "etl_batch.commands.audit.verify",
            "check every line and every checkpoint; with --head, that nothing before a kept one changed",
        ),
        "tail": Row("etl_batch.commands.audit.tail", "show the newest entries"),
        "head": Row(
            "etl_batch.commands.audit.head",
            "print the signed size and root of the log as it is now: keep it elsewhere",
        ),
        "export": Row("etl_batch.commands.audit.export", "print entries as JSON lines or CSV"),
        "prove": Row(
            "etl_batch.commands.audit.prove",
            "print a proof that an entry is in the log, which can be checked without the log",
            takes="SEQ",
        ),
        "check-proof": Row("etl_batch.commands.audit.check_proof", "check such a proof"),
    },
    column=13,
    unknown="there is no command audit {!r}",
    help=f"""\
usage: {_PROG} COMMAND [flags]

The audit log, HOME/.secrets/etl_audit.log, has one line for each action. Each line names the hash of the one before and
carries a code of a secret key; signed checkpoints hold the size and the root of a tree over all lines.

commands:
{{commands}}

`{_PROG} COMMAND --help` explains the flags of each.

an auditor's way:
  {_PROG} head > kept.json                 # to a disk that nobody here can write to
  {_PROG} verify --head kept.json          # later: 0 sound, 1 tampered, 2 cut or forked, 3 unreadable, 4 key missing
""",
)


def add_parser(add: AddParser) -> None:
    """Add the parser of `audit`."""
    add(table=COMMANDS)

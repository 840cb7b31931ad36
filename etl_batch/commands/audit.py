"""`python -m etl_batch audit ...`: reading the log, checking it, proving what is in it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence

from etl_batch.audit.reading import as_json, export_csv, export_json_lines, head, page, verify
from etl_batch.commands.audit_flags import PROG, add_filters, command_parser, filter_of, text_of
from etl_batch.commands.audit_proofs import check_proof_command, prove_command
from etl_batch.commands.audit_text import failed, in_words, on_a_line, verdict_json
from etl_batch.commands.console import print_result
from etl_batch.environment import home_folder, operator
from etl_batch.errors import EXIT_DONE, AuditUnreadable, ConfigError, EtlError

_USAGE = f"""\
usage: {PROG} COMMAND [flags]

The audit log, HOME/.secrets/etl_audit.log, has one line for each action. Each line names the hash of the one before and
carries a code of a secret key; signed checkpoints hold the size and the root of a tree over all lines.

commands:
  verify       check every line and every checkpoint; with --head, that nothing before a kept one changed
  tail         show the newest entries
  head         print the signed size and root of the log as it is now: keep it elsewhere
  export       print entries as JSON lines or CSV
  prove SEQ    print a proof that an entry is in the log, which can be checked without the log
  check-proof  check such a proof

`{PROG} COMMAND --help` explains the flags of each.

an auditor's way:
  {PROG} head > kept.json                 # to a disk that nobody here can write to
  {PROG} verify --head kept.json          # later: 0 sound, 1 tampered, 2 cut or forked, 3 unreadable, 4 key missing
"""


def audit_main(argv: Sequence[str]) -> int:
    """Run one of the audit commands; returns the exit code.

    Raises:
        EtlError: it was refused or failed; of `verify` and `check-proof`, errors have exit codes of their own.
    """
    command, *rest = list(argv) or ["--help"]
    if command in {"-h", "--help"}:
        print_result(_USAGE)
        return EXIT_DONE
    if command not in _COMMANDS:
        raise ConfigError(f"there is no command audit {command!r}", mend=f"see `{PROG} --help`")
    return _COMMANDS[command](rest)


def _verify(argv: Sequence[str]) -> int:
    parser = command_parser(
        "verify",
        "Check every line of the log and every checkpoint.",
        "exit codes: 0 sound, 1 tampered (with line and byte), 2 cut or forked against a checkpoint or the kept\n"
        "head, 3 unreadable (also: wrong flags), 4 a key is missing. What is not detected stands in SECURITY.md.",
    )
    parser.add_argument("--head", metavar="FILE", help="a kept checkpoint, or many of them ('-': standard input)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quiet", action="store_true", help="print nothing; the exit code says it")
    try:
        flags = parser.parse_args(argv)
        kept = None if flags.head is None else text_of(flags.head)
        verdict = verify(home_folder(flags.home), operator(flags.actor), kept)
    except EtlError as error:
        return failed(error)
    if flags.json:
        print_result(json.dumps(verdict_json(verdict)) + "\n")
    elif not flags.quiet:
        print_result(in_words(verdict))
    return verdict.exit_code


def _tail(argv: Sequence[str]) -> int:
    parser = command_parser("tail", "Show the newest entries, the newest last.")
    parser.add_argument("-n", "--lines", type=int, default=20, metavar="N", help="how many, to 10000 (%(default)s)")
    add_filters(parser)
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    flags = parser.parse_args(argv)
    if not 1 <= flags.lines <= 10_000:
        raise ConfigError(f"--lines is {flags.lines}; give 1 to 10000")
    found = page(home_folder(flags.home), operator(flags.actor), filter_of(flags), limit=flags.lines)
    entries = found.entries[::-1]
    if flags.json:
        print_result("".join(json.dumps(as_json(entry)) + "\n" for entry in entries))
    elif entries:
        print_result("".join(f"{on_a_line(entry)}\n" for entry in entries))
    else:
        print_result("no entries\n" if found.last_seq else "nothing was recorded yet\n")
    return EXIT_DONE


def _head(argv: Sequence[str]) -> int:
    parser = command_parser(
        "head", "Print the signed size and root of the log as it is now: keep it where nobody here can write."
    )
    parser.add_argument("--json", action="store_true", help="the same: a checkpoint is a line of JSON")
    flags = parser.parse_args(argv)
    found = head(home_folder(flags.home), operator(flags.actor))
    if found is None:
        raise AuditUnreadable("nothing was recorded yet", mend="run a job, then ask again")
    print_result(f"{found.line}\n")
    return EXIT_DONE


def _export(argv: Sequence[str]) -> int:
    parser = command_parser(
        "export", "Print entries, the oldest first: the lines as they are, or CSV that no spreadsheet runs."
    )
    parser.add_argument("--csv", action="store_true", help="CSV in place of JSON lines")
    parser.add_argument("--json", action="store_true", help="JSON lines, which is what is printed without --csv")
    add_filters(parser)
    flags = parser.parse_args(argv)
    export = export_csv if flags.csv else export_json_lines
    pieces = export(home_folder(flags.home), operator(flags.actor), filter_of(flags))
    while many := list(itertools.islice(pieces, 1000)):
        print_result("".join(many))
    return EXIT_DONE


_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "verify": _verify,
    "tail": _tail,
    "head": _head,
    "export": _export,
    "prove": prove_command,
    "check-proof": check_proof_command,
}

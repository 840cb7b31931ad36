"""`python -m etl_batch audit ...`: reading the log, checking it, proving what is in it."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from etl_batch.audit.chain import Entry
from etl_batch.audit.checkpoints import Checkpoint, checkpoints_in
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.keys import public_key, public_key_in
from etl_batch.audit.proofs import flaw, proof_of, prove
from etl_batch.audit.reading import (
    Filter,
    as_json,
    export_csv,
    export_json_lines,
    head,
    page,
    verify,
)
from etl_batch.audit.verdict import EXIT_CODES, Finding, Verdict
from etl_batch.command_line import Parser, home_folder, operator
from etl_batch.console import Console, print_result
from etl_batch.errors import EXIT_DONE, AuditKeyMissing, AuditUnreadable, ConfigError, EtlError
from etl_batch.report_parts.shown_text import shown

_PROG = "python -m etl_batch audit"
_MOST_BYTES = 1 << 24
_SHOWN_COLUMNS = 160

_USAGE = f"""\
usage: {_PROG} COMMAND [flags]

The audit log, HOME/.secrets/etl_audit.log, has one line for each action. Each line names the hash of the one before and
carries a code of a secret key; signed checkpoints hold the size and the root of a tree over all lines.

commands:
  verify       check every line and every checkpoint; with --head, that nothing before a kept one changed
  tail         show the newest entries
  head         print the signed size and root of the log as it is now: keep it elsewhere
  export       print entries as JSON lines or CSV
  prove SEQ    print a proof that an entry is in the log, which can be checked without the log
  check-proof  check such a proof

`{_PROG} COMMAND --help` explains the flags of each.

an auditor's way:
  {_PROG} head > kept.json                 # to a disk that nobody here can write to
  {_PROG} verify --head kept.json          # later: 0 sound, 1 tampered, 2 cut or forked, 3 unreadable, 4 key missing
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
        raise ConfigError(f"there is no command audit {command!r}", mend=f"see `{_PROG} --help`")
    return _COMMANDS[command](rest)


def _verify(argv: Sequence[str]) -> int:
    parser = _parser(
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
        kept = None if flags.head is None else _text_of(flags.head)
        verdict = verify(home_folder(flags.home), operator(flags.actor), kept)
    except EtlError as error:
        return _failed(error)
    if flags.json:
        print_result(json.dumps(_verdict_json(verdict)) + "\n")
    elif not flags.quiet:
        print_result(_in_words(verdict))
    return verdict.exit_code


def _tail(argv: Sequence[str]) -> int:
    parser = _parser("tail", "Show the newest entries, the newest last.")
    parser.add_argument("-n", "--lines", type=int, default=20, metavar="N", help="how many, to 10000 (%(default)s)")
    _add_filters(parser)
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    flags = parser.parse_args(argv)
    if not 1 <= flags.lines <= 10_000:
        raise ConfigError(f"--lines is {flags.lines}; give 1 to 10000")
    found = page(home_folder(flags.home), operator(flags.actor), _filter(flags), limit=flags.lines)
    entries = found.entries[::-1]
    if flags.json:
        print_result("".join(json.dumps(as_json(entry)) + "\n" for entry in entries))
    elif entries:
        print_result("".join(f"{_on_a_line(entry)}\n" for entry in entries))
    else:
        print_result("no entries\n" if found.last_seq else "nothing was recorded yet\n")
    return EXIT_DONE


def _head(argv: Sequence[str]) -> int:
    parser = _parser(
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
    parser = _parser(
        "export", "Print entries, the oldest first: the lines as they are, or CSV that no spreadsheet runs."
    )
    parser.add_argument("--csv", action="store_true", help="CSV in place of JSON lines")
    parser.add_argument("--json", action="store_true", help="JSON lines, which is what is printed without --csv")
    _add_filters(parser)
    flags = parser.parse_args(argv)
    export = export_csv if flags.csv else export_json_lines
    pieces = export(home_folder(flags.home), operator(flags.actor), _filter(flags))
    while many := list(itertools.islice(pieces, 1000)):
        print_result("".join(many))
    return EXIT_DONE


def _prove(argv: Sequence[str]) -> int:
    parser = _parser(
        "prove",
        "Print a proof, as JSON, that an entry is in the log of a signed checkpoint of now. Who has the public key\n"
        "(.secrets/etl_audit.ed25519.pub) checks it without the log: `audit check-proof`.",
    )
    parser.add_argument("seq", type=int, metavar="SEQ", help="number of the entry, from 1")
    parser.add_argument("--head", metavar="FILE", help="prove also that nothing before this kept checkpoint changed")
    parser.add_argument("--json", action="store_true", help="the same: a proof is JSON")
    flags = parser.parse_args(argv)
    home = home_folder(flags.home)
    older = None if flags.head is None else _kept(_text_of(flags.head))
    now = head(home, operator(flags.actor))
    if now is None:
        raise AuditUnreadable("nothing was recorded yet", mend="run a job, then ask again")
    proof = prove(AuditFiles(home / ".secrets"), flags.seq, now.checkpoint, older)
    print_result(json.dumps(proof.as_json(), indent=1) + "\n")
    return EXIT_DONE


def _check_proof(argv: Sequence[str]) -> int:
    parser = _parser(
        "check-proof",
        "Check a proof that `audit prove` printed; the log itself is not needed.",
        "exit codes: 0 it holds, 1 it does not, 3 unreadable (also: wrong flags), 4 no public key.",
    )
    parser.add_argument("proof", metavar="FILE", help="the proof ('-': standard input)")
    parser.add_argument("--head", metavar="FILE", help="it must be about this kept checkpoint")
    parser.add_argument("--public-key", metavar="FILE", help="a copy of etl_audit.ed25519.pub (that of HOME)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    try:
        flags = parser.parse_args(argv)
        proof = proof_of(_text_of(flags.proof))
        kept = None if flags.head is None else _kept(_text_of(flags.head))
        wrong = flaw(proof, _public(flags), kept)
    except EtlError as error:
        return _failed(error)
    if flags.json:
        print_result(json.dumps({"holds": wrong is None, "seq": proof.seq, "reason": wrong or ""}) + "\n")
    elif wrong is None:
        print_result(f"The proof holds: entry {proof.seq} is among the {proof.checkpoint.size:,} of the checkpoint.\n")
    else:
        print_result(f"The proof does not hold: {wrong}.\n")
    return EXIT_CODES[Finding.SOUND if wrong is None else Finding.TAMPERED]


_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "verify": _verify,
    "tail": _tail,
    "head": _head,
    "export": _export,
    "prove": _prove,
    "check-proof": _check_proof,
}


def audit_parser() -> Parser:
    """All flags of the audit commands, for the manual to be compared with."""
    parser = _parser("", "")
    _add_filters(parser)
    for name in ("--head", "--public-key", "--csv", "--json", "--quiet", "--lines"):
        parser.add_argument(name)
    return parser


def _parser(command: str, description: str, epilog: str = "") -> Parser:
    parser = Parser(
        prog=f"{_PROG} {command}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--home", metavar="DIR", help="the folder with .secrets/ (ETL_HOME, else the project's)")
    parser.add_argument("--actor", metavar="NAME", help="who does this, for the log (the operating system's user)")
    return parser


def _add_filters(parser: Parser) -> None:
    add = parser.add_argument
    add("--user", metavar="NAME", help="only what this user did")
    add("--action", metavar="NAME", help="only this action, such as job_finished")
    add("--outcome", choices=["ok", "refused", "failed"], help="only what ended so")
    add("--job", metavar="ID", help="only what belongs to this job")
    add("--since", metavar="TIME", help="from then on, UTC: 2026-01-31 or 2026-01-31T12:00:00Z")
    add("--until", metavar="TIME", help="before then")
    add("--text", default="", metavar="TEXT", help="only entries with this text in them, capitals or not")


def _filter(flags: argparse.Namespace) -> Filter:
    return Filter(
        user=flags.user,
        action=flags.action,
        outcome=flags.outcome,
        job=flags.job,
        since=flags.since,
        until=flags.until,
        text=flags.text,
    )


def _failed(error: EtlError) -> int:
    Console().failed(error)
    return EXIT_CODES[Finding.KEY_MISSING if isinstance(error, AuditKeyMissing) else Finding.UNREADABLE]


def _text_of(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read(_MOST_BYTES)
        with Path(name).open(encoding="utf-8") as file:
            return file.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        raise AuditUnreadable(f"{name} cannot be read ({getattr(error, 'strerror', None) or 'no text'})") from error


def _kept(text: str) -> Checkpoint:
    return max(checkpoints_in(text), key=lambda one: one.size)


def _public(flags: argparse.Namespace) -> bytes:
    if flags.public_key is not None:
        return public_key_in(_text_of(flags.public_key).encode(), flags.public_key)
    try:
        return public_key(AuditFiles(home_folder(flags.home) / ".secrets"))
    except OSError as error:
        raise AuditUnreadable(f"the public key cannot be read ({error.strerror})") from error


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    fault = verdict.fault
    where = None if fault is None else {"file": fault.file, "line": fault.line, "byte": fault.byte, "seq": fault.seq}
    return {
        "finding": str(verdict.finding),
        "code": verdict.code,
        "exit_code": verdict.exit_code,
        "entries": verdict.entries,
        "bytes": verdict.bytes,
        "checkpoints": verdict.checkpoints,
        "root": verdict.root,
        "fault": where,
        "reason": verdict.reason,
        "notes": list(verdict.notes),
        "seconds": verdict.seconds,
    }


def _in_words(verdict: Verdict) -> str:
    seen = f"{verdict.entries:,} entries ({verdict.bytes:,} bytes), {verdict.checkpoints:,} checkpoints"
    notes = "".join(f"note: {note}\n" for note in verdict.notes)
    if verdict.is_sound:
        return f"The log is sound: {seen}.\nroot {verdict.root}\n{notes}"
    fault = verdict.fault
    where = "" if fault is None else f"{fault.file}, line {fault.line}, byte {fault.byte}: "
    code = "" if verdict.code is None else f" [{verdict.code}]"
    return f"{str(verdict.finding).upper()}{code}: {where}{verdict.reason}\nSound before that: {seen}.\n{notes}"


def _on_a_line(entry: Entry) -> str:
    who = entry.user if entry.role is None else f"{entry.user} ({entry.role})"
    details = " ".join(f"{name}={value}" for name, value in entry.detail.items() if name != "os_user")
    parts = (str(entry.seq), entry.ts[:19], who, entry.action, entry.outcome, entry.target, entry.job or "", details)
    return shown("  ".join(part for part in parts if part), _SHOWN_COLUMNS)

"""What the audit commands print: entries, verdicts, errors."""

from __future__ import annotations

from etl_batch.audit.chain import Entry
from etl_batch.audit.findings import EXIT_CODES, CheckedLog, Finding
from etl_batch.commands.command_console import Console
from etl_batch.errors import AuditKeyMissing, EtlError
from etl_batch.text.shown_text import shown

_SHOWN_COLUMNS = 160


def on_a_line(entry: Entry) -> str:
    """An entry as `audit tail` has it."""
    who = entry.user if entry.role is None else f"{entry.user} ({entry.role})"
    details = " ".join(f"{name}={value}" for name, value in entry.detail.items() if name != "os_user")
    parts = (str(entry.seq), entry.ts[:19], who, entry.action, entry.outcome, entry.target, entry.job or "", details)
    return shown("  ".join(part for part in parts if part), _SHOWN_COLUMNS)


def verdict_json(verdict: CheckedLog) -> dict[str, object]:
    """What the check of the log found, for programs."""
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


def in_words(verdict: CheckedLog) -> str:
    """What the check of the log found, for people."""
    seen = f"{verdict.entries:,} entries ({verdict.bytes:,} bytes), {verdict.checkpoints:,} checkpoints"
    notes = "".join(f"note: {note}\n" for note in verdict.notes)
    if verdict.is_sound:
        return f"The log is sound: {seen}.\nroot {verdict.root}\n{notes}"
    fault = verdict.fault
    where = "" if fault is None else f"{fault.file}, line {fault.line}, byte {fault.byte}: "
    code = "" if verdict.code is None else f" [{verdict.code}]"
    return f"{str(verdict.finding).upper()}{code}: {where}{verdict.reason}\nSound before that: {seen}.\n{notes}"


def failed(error: EtlError) -> int:
    """Say an error of `verify` or `check-proof`; returns the exit code, which is one of their own."""
    Console().failed(error)
    return EXIT_CODES[Finding.KEY_MISSING if isinstance(error, AuditKeyMissing) else Finding.UNREADABLE]

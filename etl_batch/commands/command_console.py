"""Messages on standard error, and a command's answer on standard output (`print_result`)."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import Ambiguous, Cancelled, ContractBroken, EtlError, OutputFailed
from etl_batch.pipeline.outputs.replaced_outputs import in_words as old_in_words
from etl_batch.report.escaping import NOT_ESCAPED
from etl_batch.report.estimate_view import in_words
from etl_batch.report.verdict import Verdict, judgement_of
from etl_batch.text.number_text import rate
from etl_batch.text.shown_text import shown as on_one_line
from etl_batch.values import JobResult, ProgressReport

if TYPE_CHECKING:
    from tqdm import tqdm

    from etl_batch.pipeline.dry_run import DryRun

SPREADSHEET_ROWS = 1_048_576
_WARNING_COLUMNS = 600
_BEFORE_ANSWER = re.compile("; (?=(?:give )?--)")


class Console:
    """The messages of one job."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: tqdm[NoReturn] | None = None
        self._label = ""
        self._phase = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._end_bar()

    def started(self, config: JobConfig) -> None:
        """The job begins."""
        self._say("🚀 Starting Quantum ETL Pipeline...")
        if not config.escapes:
            self._say(f"⚠️  {NOT_ESCAPED}")
        names = [Path(given).name or given for given in config.inputs]
        self._label = names[0] if len(names) == 1 else f"{len(names)} inputs"
        if not self._quiet:
            from etl_batch.kernels.cache_folder import is_compiled

            if not is_compiled():
                self._say("🔧 Compiling the kernels, once for this machine (one to two minutes)...")

    def progress(self, report: ProgressReport) -> None:
        """How far it is."""
        if self._quiet:
            return
        if report.note:
            self._end_bar()
            self._say(f"{'↩️  ' if report.phase == 'start' else '   note: '}{report.note}")
            return
        if report.phase != self._phase:
            self._end_bar()
        if self._bar is None:
            from tqdm import tqdm

            self._phase = report.phase
            verb = {"check": "Checking", "unpack": "Unpacking"}.get(report.phase, "Parsing")
            self._bar = tqdm(
                total=report.total_bytes, desc=f"{verb} {self._label}", unit="B", unit_scale=True, file=sys.stderr,
                initial=report.done_bytes,
                bar_format="{desc}: |{bar:30}| {percentage:3.0f}% {n_fmt}/{total_fmt} {rate_fmt}{postfix}",
            )  # fmt: skip
        self._bar.set_postfix_str(f"{report.rows:,} rows", refresh=False)
        self._bar.update(report.done_bytes - self._bar.n)

    def finished(self, result: JobResult) -> None:
        """The job is done."""
        self._say(f"✅ Ingestion complete: {result.rows_out:,} rows at {rate(result.throughput_mb_s)}")
        if result.cells_escaped:
            self._say(
                f"🛡️  {_counted(result.cells_escaped, 'cell')} escaped, which a spreadsheet might have run as formulas"
            )
        if result.apostrophes_inside:
            many = _counted(result.apostrophes_inside, "apostrophe")
            self._say(f"🛡️  {many} inside cells, for readers that split at another character")
        if result.rows_quarantined:
            self._say(f"⚠️  {_counted(result.rows_quarantined, 'bad row')} set aside: {result.rejects_path}")
        for output in result.outputs:
            self._say(f"📄 {shown(output.path)} ({output.bytes:,} bytes, sha256 {(output.sha256 or '')[:16]}...)")
            if output.format == "csv" and output.rows >= SPREADSHEET_ROWS:
                self._say(f"   note: spreadsheets show the first {SPREADSHEET_ROWS - 1:,} of its {output.rows:,} rows")
        for old in result.replaced:
            self._say(f"♻️  the old {old.path.name} ({old_in_words(old)}) stays as {shown(old.kept)}")
        self._say(f"📋 Metadata: {shown(result.metadata_path)}")
        self._analytics(result)
        self._say("📊 Generating Quantum Report...")
        if result.report_paths:
            first, *copy = result.report_paths
            kept = f" (kept as {first.name})" if copy else ""
            self._say(f"✅ Report generated: {shown(result.report_paths[-1])}{kept}")
        for text in result.warnings:
            self._say(f"⚠️  {on_one_line(text, _WARNING_COLUMNS)}")
        if result.report_problem is not None:  # what was asked for is not there: no matter of taste
            self.warn(result.report_problem)
        self._judged(result)

    def share_made(self, result: JobResult, share: str) -> None:
        """A share of the job is done: nothing is to be seen of it yet."""
        parts = _counted(len(result.outputs), "part")
        self._say(f"✅ Share {share}: {parts}, {result.rows_out:,} rows at {rate(result.throughput_mb_s)}")
        if result.rows_quarantined:
            self._say(f"⚠️  {_counted(result.rows_quarantined, 'bad row')} set aside")
        for note in result.notes[-1:]:
            self._say(f"🧩 {note}")

    def _judged(self, result: JobResult) -> None:
        """The last line; that a result is in doubt is said to whoever asked for quiet, too."""
        judged = judgement_of(result)
        if judged.verdict == Verdict.GOOD:
            self._say("✨ Pipeline Success! ✨")
        elif judged.verdict == Verdict.LOOK:
            self._say(f"👀 {judged.headline}: {judged.sentence}")
        else:
            self.warn(f"{judged.headline}: {judged.sentence} {result.rejects_path or ''}".rstrip())

    def _analytics(self, result: JobResult) -> None:
        """Each total beside its interval, and whether it held."""
        self._say("🧮 Running Quantum-Inspired Analytics...")
        if not result.estimates:
            self._say("✅ Analytics complete: no totals (--strata and --measures name the columns for them)")
            return
        rows = result.estimates[0]
        totals = _counted(len(result.estimates), "total")
        sample = f"{rows.rows_sampled:,} of {_counted(rows.rows_population, 'row')}"
        self._say(f"✅ Analytics complete: success, {totals} estimated from {sample}")
        for estimate in result.estimates:
            self._say(f"   {in_words(estimate)}")

    def warn(self, text: str) -> None:
        """Something that does not cost the job, but that a user should know."""
        self._end_bar()
        self._write(f"⚠️  {on_one_line(text, _WARNING_COLUMNS)}\n")

    def dry_run(self, found: DryRun) -> None:
        """What a job would do."""
        self._end_bar()
        files = _counted(len(found.inputs), "input")
        self._say(f"🔎 {found.rows:,} rows in {files}, read, checked and converted in {found.seconds:,.1f} s")
        if found.bad_rows:
            self._say(f"⚠️  {_counted(found.bad_rows, 'bad row')}:")
        for problem in found.problems:
            self._say(f"   {problem.path}, row {problem.row} (at byte {problem.byte}): {problem.reason}")
        if found.bad_rows > len(found.problems):
            self._say(f"   ... and {found.bad_rows - len(found.problems):,} more")
        for output in found.outputs:
            self._say(f"📄 {shown(output.path)} would have about {output.bytes:,} bytes")
        for old in found.replaces:
            self._say(
                f"♻️  {shown(old.path)} ({old_in_words(old)}) would be replaced; the old one stays as NAME.bak.<time>"
            )
        if found.free_bytes is not None:
            self._say(f"💾 {found.free_bytes:,} bytes are free there" + ("" if found.fits else ": not enough"))
        self._dry_verdict(found)

    def _dry_verdict(self, found: DryRun) -> None:
        if found.succeeds and found.verdict == Verdict.DOUBTFUL:
            self.warn(f"The job would end, but in doubt: {found.bad_rows:,} of {found.rows:,} rows are bad")
        elif found.succeeds:
            self._say("✅ The job would succeed; nothing was written")
        elif not found.fits:
            self._say("❌ The job would end with a full disk")
        elif found.on_bad_row == OnBadRow.STRICT and not isinstance(found.error, ContractBroken | None):
            way = "--on-bad-row quarantine would set them aside" if found.quarantine_would_do else "no row is good"
            self._say(f"❌ The job would stop at the first bad row ({found.error.code}); {way}")
        else:
            self._say(f"❌ The job would fail: error[{found.error.code}]: {found.error}" if found.error else "")

    def failed(self, error: EtlError) -> int:
        """The job ended without an output; returns the exit code."""
        self._write(f"error[{error.code}]: {_answers_in_lines(error)}\n")
        return error.exit_code

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _say(self, text: str) -> None:
        if not self._quiet:
            self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        """Say it if anybody listens: a closed terminal ends no job."""
        if sys.stderr is None:
            self._quiet = True
            return
        try:
            encoding = sys.stderr.encoding or "utf-8"
            sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
            sys.stderr.flush()
        except OSError:
            self._quiet = True
            sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the process ends


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def shown(path: Path | None) -> str:
    """A path relative to the working directory where it lies beneath it."""
    if path is None:
        return ""
    with contextlib.suppress(OSError, ValueError):
        return f"./{path.relative_to(Path.cwd())}"
    return str(path)


@contextlib.contextmanager
def terminated_as_cancelled() -> Iterator[None]:
    """A polite kill (SIGTERM) and a closed terminal (SIGHUP) cancel the job as Ctrl-C does."""

    def cancel(number: int, _frame: FrameType | None) -> None:
        raise Cancelled(f"the job was told to stop ({signal.Signals(number).name})")

    if threading.current_thread() is not threading.main_thread():  # whoever runs us there decides
        yield
        return
    before = {number: signal.signal(number, cancel) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def print_result(text: str) -> None:
    """Write a command's answer to standard output, as UTF-8 whatever the terminal says.

    Raises:
        OutputFailed: standard output is closed or full.
    """
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # What is still buffered would be tried once more, with a traceback, when Python ends.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the process ends
        raise OutputFailed(
            f"standard output cannot be written ({error.strerror})", mend="the job's files are done"
        ) from None


def _answers_in_lines(error: EtlError) -> str:
    """An error as text; what answers a question stands in lines of its own, for there may be five of them."""
    return _BEFORE_ANSWER.sub("\n  ", str(error)) if isinstance(error, Ambiguous) else str(error)

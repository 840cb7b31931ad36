"""Totals of files, for the Estimates page: asked of a process of its own, written into the audit log."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.reads import record_read
from etl_batch.config import PROJECT_ROOT
from etl_batch.errors import EtlError, TimedOut, every_error
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor
from pages.services.estimate_question import AskedEstimate

TIME_LIMIT_SECONDS = 120.0
AT_ONCE = 2  #: questions that are answered side by side; the others wait


@dataclass(frozen=True, slots=True)
class EstimateDesk:
    """Where all users of a server ask."""

    home: Path
    time_limit_s: float = TIME_LIMIT_SECONDS
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def ask(self, actor: Actor, asked: AskedEstimate, state: tuple[int, ...] = ()) -> dict[str, Any]:
        """The answer, as `estimate --json` prints it.

        Args:
            actor: who asks.
            asked: what.
            state: of the file (see `fingerprint`): of a changed one the same question is another.

        Raises:
            Forbidden: the actor may not ask.
            Refused: the question or the file is not sound.
            TimedOut: it takes too long.
            AuditUnavailable: it could not be written down, so that the answer is not given.
        """
        permit(actor, Permission.ESTIMATE)
        try:
            answer = self._answer(asked)
        except EtlError as error:
            self._record(actor, asked, state, Outcome.REFUSED, {"error": error.code})
            raise
        self.note(actor, asked, state, answer)
        return answer

    def note(self, actor: Actor, asked: AskedEstimate, state: tuple[int, ...], answer: Mapping[str, Any]) -> None:
        """Write down, once in a session, that an answer is shown, wherever it comes from.

        Raises:
            Forbidden: the actor may not ask.
            AuditUnavailable: it could not be written down, so that the answer is not given.
        """
        permit(actor, Permission.ESTIMATE)
        self._record(actor, asked, state, Outcome.OK, {"rows_read": int(answer["rows_read"])})

    def _answer(self, asked: AskedEstimate) -> dict[str, Any]:
        path = self.home / asked.file
        request = {
            "flags": [*asked.as_flags(), "--home", str(self.home), "--", str(path)],
            "measures": list(asked.measures),
        }
        too_long = TimedOut(
            f"the answer took longer than {self.time_limit_s:g} s",
            mend="ask for less (a wider error, one measure), or use `python -m etl_batch estimate`, which has no limit",
        )
        if not self._places.acquire(timeout=self.time_limit_s):
            raise too_long
        try:
            found = subprocess.run(
                [sys.executable, "-m", "pages.services.estimate_process"],
                input=json.dumps(request),
                capture_output=True,
                text=True,
                cwd=PROJECT_ROOT,
                timeout=self.time_limit_s,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise too_long from None
        finally:
            self._places.release()
        return _unpacked(json.loads(found.stdout))

    def _record(
        self,
        actor: Actor,
        asked: AskedEstimate,
        state: tuple[int, ...],
        outcome: Outcome,
        detail: Mapping[str, str | int | None],
    ) -> None:
        # The condition is left out: it may quote the text of cells.
        about = {"filtered": bool(asked.where), "exact": asked.exact, "within": asked.within[:20], **detail}
        event = Event(action=Action.ESTIMATED, target=asked.file, outcome=outcome, detail=about)
        record_read(self.home, actor, event, (asked, state))


def _unpacked(found: Mapping[str, Any]) -> dict[str, Any]:
    error = found.get("error")
    if error is not None:
        kind = next((one for one in every_error() if one.code == error["code"]), EtlError)
        raise kind(error["message"], mend=error["what_to_do"])
    return dict(found["answer"])

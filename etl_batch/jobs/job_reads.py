"""What may be looked at of the jobs of a home: lists, one job, what came of it. Every call checks who asks."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from etl_batch.jobs.job_query import JobPage, JobQuery
from etl_batch.jobs.job_view import JobEvent, JobView
from etl_batch.jobs.logs import log_tail
from etl_batch.jobs.output_states import RunOutput
from etl_batch.jobs.run_outputs import outputs_of_run, rejects_of_run
from etl_batch.jobs.run_profile import RunProfile, profile_of
from etl_batch.jobs.settle import settle_lost
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.view_of_row import view_of
from etl_batch.jobs.without_options import names_of, without_options
from etl_batch.light_dataclass import dataclass
from etl_batch.permissions import Permission, may, permit
from etl_batch.values import Actor

_MOST_PROFILES = 100
_MOST_RESULTS = 1_000


@dataclass(frozen=True, slots=True)
class JobReads:
    """The jobs of one home, looked at: the half of `JobService` that changes nothing."""

    home: Path

    def view(self, actor: Actor, job_id: str) -> JobView:
        """One job, with the metadata of one that is done; without its options for those who may not see them.

        Raises:
            Forbidden: the actor may not see runs.
            NoSuchJob: there is none of this name.
        """
        permit(actor, Permission.SEE_RUNS)
        row = self._settled(job_id)
        return _seen_by(actor, view_of(row, self._store.metadata(job_id)))

    def results(self, actor: Actor, text: str = "") -> tuple[JobView, ...]:
        """The latest runs that are done, newest first, by the names of their inputs and outputs, names and notes.

        Args:
            actor: who asks.
            text: that is in one of these, whatever the case.

        Raises:
            Forbidden: the actor may not see reports.
        """
        permit(actor, Permission.SEE_REPORTS)
        self._settle()
        done = json.dumps([State.DONE])
        rows = self._store.rows("page", limit=_MOST_RESULTS, offset=0, states=done, actor=None, text=None)
        found = (view_of(row) for row in rows)
        return tuple(_seen_by(actor, job) for job in found if text.lower() in names_of(job))

    def outputs(self, actor: Actor, job_id: str) -> tuple[RunOutput, ...]:
        """What became of the outputs of a job that is done; none of one that is not.

        Raises:
            Forbidden: the actor may see neither jobs nor reports.
            NoSuchJob: there is none of this name.
        """
        if not may(actor.role, Permission.SEE_REPORTS):
            _permit_seeing(actor)
        return outputs_of_run(self._store, self._settled(job_id))

    def rejects(self, actor: Actor, job_id: str) -> RunOutput | None:
        """What became of the rows that a job set aside; None: it set none aside.

        Raises:
            Forbidden: the actor may not see results.
            NoSuchJob: there is none of this name.
        """
        permit(actor, Permission.SEE_RESULTS)
        return rejects_of_run(self._store, self._settled(job_id))

    def page(self, actor: Actor, query: JobQuery = JobQuery()) -> JobPage:  # noqa: B008 - frozen
        """Some jobs, newest first, and how many there are.

        Raises:
            Forbidden: the actor may not see jobs.
        """
        _permit_seeing(actor)
        self._settle()
        asked = {
            "states": json.dumps(query.states) if query.states else None,
            "actor": query.actor,
            "text": query.text.lower() or None,
        }
        rows = self._store.rows("page", limit=query.limit, offset=query.offset, **asked)
        total = self._store.rows("total", **asked)[0]["total"]
        return JobPage(tuple(view_of(row) for row in rows), total)

    def counts(self, actor: Actor) -> Mapping[State, int]:
        """How many jobs are in each state.

        Raises:
            Forbidden: the actor may not see jobs.
        """
        _permit_seeing(actor)
        self._settle()
        found = {State(row["state"]): row["jobs"] for row in self._store.rows("counts")}
        return {state: found.get(state, 0) for state in State}

    def events(self, actor: Actor, job_id: str) -> tuple[JobEvent, ...]:
        """What happened to a job, in order.

        Raises:
            Forbidden: the actor may not see jobs.
        """
        _permit_seeing(actor)
        return self._store.events(job_id)

    def profiles(self, actor: Actor) -> tuple[RunProfile, ...]:
        """The latest runs that have begun, newest first, without their points.

        Raises:
            Forbidden: the actor may not see the profiles of runs.
        """
        permit(actor, Permission.SEE_REPORTS)
        self._settle()
        begun = json.dumps([state for state in State if state is not State.QUEUED])
        rows = self._store.rows("page", limit=_MOST_PROFILES, offset=0, states=begun, actor=None, text=None)
        return tuple(profile_of(view_of(row)) for row in rows if row["started_at"] is not None)

    def profile(self, actor: Actor, job_id: str) -> RunProfile:
        """What the machine did: so far, or over the whole job once it is over.

        Raises:
            Forbidden: the actor may see neither jobs nor the profiles of runs.
            NoSuchJob: there is none of this name.
        """
        if not may(actor.role, Permission.SEE_REPORTS):
            _permit_seeing(actor)
        job = view_of(self._settled(job_id))
        return profile_of(job, self._store.metadata(job_id), self._store.points(job_id))

    def log_tail(self, actor: Actor, job_id: str) -> str:
        """The end of what the processes of the job printed; mostly empty.

        Raises:
            Forbidden: the actor may not see jobs.
            NoSuchJob: there is none of this name.
        """
        _permit_seeing(actor)
        return log_tail(self.home, self._store.job(job_id)["job_id"])

    @abstractmethod
    def drain(self) -> None:
        """See that queued jobs are worked off: one may have ended when jobs that were lost are settled."""

    @property
    def _store(self) -> JobStore:
        return JobStore(self.home)

    def _settle(self) -> None:
        if settle_lost(self._store):
            self.drain()

    def _settled(self, job_id: str) -> dict[str, Any]:
        self._settle()
        return self._store.job(job_id)


def _seen_by(actor: Actor, job: JobView) -> JobView:
    """Whoever makes jobs, or looks after those who do, sees how they are made."""
    sees_options = may(actor.role, Permission.SEE_JOBS) or may(actor.role, Permission.LAUNCH_JOBS)
    return job if sees_options else without_options(job)


def _permit_seeing(actor: Actor) -> None:
    if not may(actor.role, Permission.LAUNCH_JOBS):
        permit(actor, Permission.SEE_JOBS)

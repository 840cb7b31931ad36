"""Jobs that are run in the test's own process, one after the other, and enter the job store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from etl_batch import etl_core
from etl_batch.config import JobConfig
from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.endings import done
from etl_batch.jobs.output_states import OutputState
from etl_batch.jobs.run_outputs import outputs_of_run
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import NewJob
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.pipeline.outputs.metadata import files_of, metadata_of
from etl_batch.values import JobResult
from tests.conftest import Home
from tests.helpers.inline_runner import InlineRunner

LAYOUT = 'record_size = 1\n[[field]]\nname = "a"\ntype = "u8"\n'
ROWS = {"few.bin": b"1", "more.bin": b"23"}


class Runs:
    """Jobs that are run here, and enter the store."""

    def __init__(self, home: Home, store: JobStore) -> None:
        self.home, self.store = home, store
        for name, content in ROWS.items():
            home.put(name, content, LAYOUT)
        self.notes: list[str] = []

    def run(self, name: str, **options: Any) -> JobResult:  # noqa: ANN401 - any of the config's fields
        config, result = self._made(name, **options)
        self._begin(config, result)
        self._end(config, result)
        return result

    def begin(self, name: str) -> tuple[str, Callable[[], None]]:
        """A run that is at work, as the store has it, until what is returned beside its name is called."""
        config, result = self._made(name)
        self._begin(config, result)
        return result.job_id, lambda: self._end(config, result)

    def _made(self, name: str, **options: Any) -> tuple[JobConfig, JobResult]:  # noqa: ANN401 - as above
        config = self.home.config(self.home.data / name, measures=(), **options)
        return config, etl_core.run(config, lambda report: self.notes.append(report.note), runner=InlineRunner())

    def _begin(self, config: JobConfig, result: JobResult) -> None:
        job = NewJob(
            job_id=result.job_id,
            actor="ada",
            role=None,
            config=as_json(config),
            outputs=(),
            process=ProcessIdentity.mine(),
            source="x",
        )
        with self.store.writing() as writing:
            writing.add(job)

    def _end(self, config: JobConfig, result: JobResult) -> None:
        report = None if config.report is None else str(result.report_paths[0])
        with self.store.writing() as writing:
            writing.end(result.job_id, done(config, metadata_of(result, config), report, files_of(result)), 0.1)

    def found(self, result: JobResult) -> list[tuple[str, OutputState, str | None, str | None]]:
        """Name, state, by whom, kept as."""
        outputs = outputs_of_run(self.store, self.store.job(result.job_id))
        return [(one.path.name, one.state, one.by, one.kept.name if one.kept else None) for one in outputs]

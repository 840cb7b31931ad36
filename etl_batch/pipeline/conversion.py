"""One start of a job, from its inputs to its published outputs; what it takes is there, and is ended by others."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig
from etl_batch.errors import SampleTooSmall
from etl_batch.formats.opening import Opening
from etl_batch.formats.unchanged import refuse_changed_since
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.profiler import Profiler
from etl_batch.machine.undisturbed import undisturbed
from etl_batch.pipeline.audit_trail import JobAudit
from etl_batch.pipeline.inputs import open_inputs
from etl_batch.pipeline.job import Job, JobPlan
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.metadata import metadata_of, to_json
from etl_batch.pipeline.outputs.published_identities import identified
from etl_batch.pipeline.outputs.start import opened_outputs, refuse_bad_rows, refuse_broken_contract
from etl_batch.pipeline.parts.plan_key import plan_document, plan_key
from etl_batch.pipeline.plan import plan_job, span_job
from etl_batch.pipeline.progress import CountingOutputs, telling
from etl_batch.pipeline.report_file import load_report_early
from etl_batch.pipeline.result import Times, input_summaries, result_of
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits, Runner, Usage
from etl_batch.pipeline.settling import NotAsExpected, SettlingOutputs, StartAgain, is_unsettled, left_of
from etl_batch.sampling.plan import LEAST_EXPECTED
from etl_batch.storage.stored_object import StoredObject
from etl_batch.text.store_address import is_address
from etl_batch.values import JobResult

if TYPE_CHECKING:
    from etl_batch.pipeline.outputs.job_outputs import JobOutputs
    from etl_batch.pipeline.outputs.stored_outputs import StoredOutputs
    from etl_batch.pipeline.parts.taking import MadeElsewhere
    from etl_batch.pipeline.referred_keys import Referred, ReferredKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What it takes."""

    job: Job
    pool: ProcessPool
    runner: Runner  #: works through the spans
    limits: Limits
    audit: JobAudit
    profiler: Profiler
    began: float  #: on `time.monotonic`
    shares: MadeElsewhere | None = None  #: that others made, to be put together; None: the spans are worked through

    def result(self, opening: Opening) -> JobResult:
        """Do the job; where its rows are not what the pass began with, once more, with less taken for granted.

        Raises:
            EtlError: it was refused, failed or was cancelled; the old outputs are as they were.
        """
        try:
            return self._once(opening)
        except StartAgain:
            again = replace(opening, may_be_unsettled=False)
            why = "not all rows are written as the first ones are: all are checked, then converted"
        except NotAsExpected:
            again = replace(opening, may_expect=False)
            why = "rows here and there tell too little of the sample: it is drawn in a new pass"
        self.pool.end()
        opening.copies.close()  # they are made again
        telling(opening.progress)(why)
        return self.result(again)

    @staticmethod
    def _with_expected(plan: JobPlan, opening: Opening) -> JobPlan:
        """The plan, and what of its sample is to be expected; a job that is gone on with has it from its beginning.

        Of a job of several tables nothing is: their sources have the same bytes.
        """
        table, *others = plan.tables
        sample = table.sample
        if others or sample is None or sample.rows < LEAST_EXPECTED:
            return plan
        if (
            plan.config.resume
            or not opening.may_expect
            or any(isinstance(one.place, StoredObject) for one in plan.sources)
        ):
            return plan
        from etl_batch.sampling.glimpses import expected_of

        return replace(plan, tables=(replace(table, expected=expected_of(table.sources, sample, opening.run)),))

    def converted(self, plan: JobPlan, outputs: JobOutputs, opening: Opening) -> tuple[JobPlan, Usage]:
        """Work through the spans that are left, or take what shares made of them.

        Returns:
            The plan, now that all rows are counted, and what it took.

        Raises:
            EtlError: of the earliest span that failed; or an input changed.
        """
        if self.shares is not None:
            usage = self.shares.taken(plan, outputs)
        else:
            left = left_of(plan, outputs.done)
            settling = SettlingOutputs.of(outputs, plan, outputs.done, left) if is_unsettled(plan) else None
            counting = CountingOutputs(settling or outputs, opening.progress, outputs.done, left)
            usage = self.runner.run(span_job(plan, outputs), left, counting, self.limits)
            if settling is not None:
                plan = settling.settled(plan)
                outputs.settle_samples(plan)
        for source in plan.sources:
            refuse_changed_since(source)
        return plan, usage

    def _once(self, opening: Opening) -> JobResult:
        config = opening.config
        plan = plan_job(self.job, open_inputs(opening), config, opening.contract)
        plan = self._with_expected(plan, opening)
        files = _referred(plan, opening)
        if self.shares is not None:
            self.shares.refuse_others(plan, self.audit)
        stored = _stored(config)
        key = "" if stored is None else plan_key(plan_document(plan))
        if stored is not None:
            stored.refuse_foreign(key)
        planned = time.monotonic()
        with opened_outputs(plan, telling(opening.progress)) as outputs:
            load_report_early()
            if plan.samples:
                from etl_batch.sampling.finish import load_arrow

                self.pool.load_ahead(load_arrow, self.limits)
            referred = self._keys_of(files, outputs, opening)
            plan, usage = self.converted(plan, outputs, opening)
            refuse_bad_rows(outputs, config, self.audit.refusing)
            _settle_contract(plan, outputs, referred, opening)
            refuse_broken_contract(outputs)
            earlier = 0.0 if self.shares is None else self.shares.seconds  # all of them together, as if in turn
            times = Times(began=self.began - earlier, planned=planned - earlier, converted=time.monotonic())
            try:
                summaries = outputs.finish(partial(self.pool.map, limits=self.limits))
            except SampleTooSmall:
                if not outputs.is_expected:
                    raise
                raise NotAsExpected from None
            if stored is not None:
                stored.put_parts(key, outputs)
            else:  # which could not name what lies elsewhere
                outputs.describe(plan)
            result = result_of(plan, outputs, summaries, usage, times)
            inputs = input_summaries(opening, plan.sources)
            notes = (*opening.notes, *(note for table in outputs.tables for note in table.notes()))
            result = replace(result, inputs=inputs, profile=self.profiler.profile(), notes=notes)
            if stored is not None:
                result = stored.located(result, key)
            with undisturbed():
                self.audit.publishing(result)
                result = identified(result, outputs.publish(to_json(metadata_of(result, config))))
                if stored is not None:
                    result = stored.commit(result, config)
                self.audit.published(result)
        return result

    def _keys_of(self, files: Sequence[Referred], outputs: JobOutputs, opening: Opening) -> ReferredKeys:
        """The keys of what foreign keys refer to, under the secret of the job."""
        if not files:
            return {}
        from etl_batch.pipeline.referred_keys import keys_of

        (secret,) = (table.keys.secret for table in outputs.tables if table.keys)
        return keys_of(files, secret, opening, self.runner, self.limits)


def _stored(config: JobConfig) -> StoredOutputs | None:
    """The outputs that go to object stores; None: none does, and nothing of it is loaded."""
    if not any(output is not None and is_address(output) for output in (config.output_csv, config.output_parquet)):
        return None
    from etl_batch.pipeline.outputs.stored_outputs import StoredOutputs

    return StoredOutputs.of(config)


def _referred(plan: JobPlan, opening: Opening) -> Sequence[Referred]:
    """The files that foreign keys of the contract refer to."""
    if opening.contract is None or not opening.contract.keys:
        return ()
    from etl_batch.pipeline.referred_keys import open_referred

    return open_referred(opening.contract, plan.sources[0], opening)


def _settle_contract(plan: JobPlan, outputs: JobOutputs, referred: ReferredKeys, opening: Opening) -> None:
    if opening.contract is not None:
        from etl_batch.pipeline.contract_end import settle_contract

        settle_contract(plan, outputs, referred, opening.run)

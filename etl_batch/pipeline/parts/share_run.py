"""Making one share: the parts of it, by the pass of every job, left with their journal for `merge`."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from etl_batch.audit.events import Detail
from etl_batch.formats.opening import Opening
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.undisturbed import undisturbed
from etl_batch.options.share import Share
from etl_batch.pipeline.conversion import Conversion
from etl_batch.pipeline.inputs import open_inputs
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.start import opened_outputs
from etl_batch.pipeline.parts.made_share import MadeShare, made_entry, write_plan
from etl_batch.pipeline.parts.plan_key import plan_document, plan_key
from etl_batch.pipeline.parts.share_inputs import refuse_unfit
from etl_batch.pipeline.parts.share_plan import plan_of_share, share_config, share_folder
from etl_batch.pipeline.plan import plan_job
from etl_batch.pipeline.progress import bytes_of, telling
from etl_batch.pipeline.result import Times, input_summaries, result_of
from etl_batch.storage.part_file import remove_tree
from etl_batch.storage.paths import make_folder
from etl_batch.storage.roots import working_directory
from etl_batch.storage.side_names import folder_of
from etl_batch.storage.target import locked
from etl_batch.text.moments import utc_text
from etl_batch.values import JobResult, OutputSummary

_GOES_ON = "the same command goes on where it stopped"


@dataclass(frozen=True, slots=True)
class ShareRun:
    """One share of a job."""

    conversion: Conversion
    share: Share

    def result(self, opening: Opening) -> JobResult:
        """Make it, or what is not there of it yet.

        Raises:
            EtlError: it was refused, failed or was cancelled.
        """
        config = opening.config
        folder = share_folder(config, self.share)
        tell = telling(opening.progress)
        make_folder(folder_of(folder))
        with locked(folder):
            plan = plan_job(self.conversion.job, open_inputs(opening), config, opening.contract)
            refuse_unfit(plan.sources, config, has_keys=any(table.keys is not None for table in plan.tables))
            document = plan_document(plan)
            there = MadeShare.found(config, self.share)
            if there is None or there.document != document:
                if there is not None:
                    tell(f"what was there of share {self.share.text} was made by another plan: it is begun anew")
                remove_tree(folder)
                make_folder(folder)
                write_plan(folder, config, document, working_directory())
            elif there.is_whole:
                tell(f"share {self.share.text} is there already: nothing is left to do")
                return self._told(opening, plan, there)
            own = share_config(config, self.share, resume=there is not None and there.document == document)
            return self._made(opening, plan, plan_of_share(plan, self.share, own), plan_key(document))

    def _made(self, opening: Opening, plan: JobPlan, own: JobPlan, key: str) -> JobResult:
        conversion, planned = self.conversion, time.monotonic()
        with opened_outputs(own, telling(opening.progress), _GOES_ON) as outputs:
            _, usage = conversion.converted(own, outputs, opening)
            outputs.seal()
            parts = _parts(outputs)
            times = Times(began=conversion.began, planned=planned, converted=time.monotonic())
            result = replace(
                result_of(own, outputs, parts, usage, times),
                inputs=input_summaries(opening, plan.sources),
                notes=(*opening.notes, *self._notes(opening)),
                profile=conversion.profiler.profile(),
                side_files=(),
                throughput_mb_s=round(bytes_of(own.spans) / 1e6 / (time.monotonic() - conversion.began), 6),
                rejects_path=None,
                metadata_path=None,
            )
            detail: Detail = {"share": self.share.text, "plan": key, "parts": len(parts), "rows_out": result.rows_out}
            with undisturbed():
                head = conversion.audit.share_made(result.job_id, detail)
                seconds = time.monotonic() - conversion.began
                outputs.journal.end(made_entry(outputs, usage, round(seconds, 6), head))
                conversion.audit.ended(result)
        outputs.journal.close()
        return result

    def _told(self, opening: Opening, plan: JobPlan, there: MadeShare) -> JobResult:
        """The result of a share that is there already."""
        job, totals = self.conversion.job, there.totals
        result = JobResult(
            job_id=job.job_id,
            actor=opening.config.actor,
            started_at=job.started_at,
            finished_at=utc_text(datetime.now(UTC)),
            inputs=input_summaries(opening, plan.sources),
            outputs=tuple(summary for form in there.forms for summary in there.summaries(form)),
            rows_in=totals.rows_in,
            rows_out=totals.rows_out,
            rows_quarantined=totals.rejected,
            cells_escaped=totals.cells_escaped,
            apostrophes_inside=totals.apostrophes_inside,
            phases=(),
            throughput_mb_s=0,
            peak_rss_bytes=0,
            cpu_seconds=0.0,
            notes=self._notes(opening),
        )
        self.conversion.audit.ended(result)
        return result

    def _notes(self, opening: Opening) -> tuple[str, ...]:
        target = opening.config.output_csv or opening.config.output_parquet
        return (f"share {self.share.text}: `python -m etl_batch merge {target}` puts all shares together",)


def _parts(outputs: JobOutputs) -> tuple[OutputSummary, ...]:
    return tuple(summary for table in outputs.tables for output in table.outputs for summary in output.summaries)

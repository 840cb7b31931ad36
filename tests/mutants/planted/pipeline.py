"""Pipeline: from the flags to the decision to publish, and what a check says beforehand."""

from __future__ import annotations

from tests.mutants.fault import Fault

_VERDICT = "tests/unit/report/test_verdict.py"
_RULE = "tests/unit/pipeline/test_bad_rows.py"
_TOO_MANY = "tests/acceptance/test_too_many_bad_rows.py"

FAULTS = (
    Fault(
        "etl_batch.report.verdict.level_of_rows",
        ">= rows_in * _DOUBTFUL_PERCENT",
        "> rows_in * _DOUBTFUL_PERCENT",
        _VERDICT,
    ),
    Fault(
        "etl_batch.commands.command_console.Console._judged",
        'self.warn(f"{judged.headline}',
        'self._say(f"{judged.headline}',
        f"{_VERDICT}::test_the_terminal_says_it_and_doubt_also_where_it_is_to_be_quiet",
    ),
    Fault("etl_batch.text.typed_options.BadRowLimit.allows", "<= self.number * rows", "< self.number * rows", _RULE),
    Fault("etl_batch.pipeline.bad_rows.refusal_of", "if rows and bad == rows:", "if False:", f"{_RULE}::test_the_rule"),
    Fault(
        "etl_batch.commands.run_flags.run_options",
        "isinstance(flags.on_bad_row, Unsaid) and",
        "",
        f"{_RULE}::test_a_limit_says_that_bad_rows_are_set_aside_unless_strict_is_asked_for",
    ),
    Fault(
        "etl_batch.pipeline.outputs.start.refuse_bad_rows",
        "outputs.publish_rejects(refusal)",
        "pass",
        f"{_TOO_MANY}::test_no_good_row",
    ),
    Fault(
        "etl_batch.pipeline.outputs.job_outputs.JobOutputs._publish",
        "publish_entry(moves, refusal)",
        "publish_entry(moves)",
        f"{_TOO_MANY}::test_dead_at_any_step_of_it",
    ),
    Fault(
        "etl_batch.pipeline.dry_run._error",
        "refusal_of(rows, tally.bad_rows, config.max_bad_rows)",
        "None",
        f"{_TOO_MANY}::test_the_check_says_what_the_job_says",
    ),
)

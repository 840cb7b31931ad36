"""Pipeline: from the flags to the decision to publish, and what a check says beforehand."""

from __future__ import annotations

from tests.mutants.fault import Fault

_VERDICT = "tests/unit/report/test_verdict.py"
_RULE = "tests/unit/pipeline/test_bad_rows.py"
_TOO_MANY = "tests/acceptance/test_too_many_bad_rows.py"
_SETTLING = "tests/unit/pipeline/test_settling.py"
_AT_ONCE = "tests/acceptance/test_csv_in_one_pass.py"
_ROWS_FOUND = "tests/property/formats/csv/test_one_pass.py"
_PACKAGE = "tests/acceptance/test_data_package.py"

_SHARES = "tests/acceptance/test_shards.py"

FAULTS = (
    Fault("etl_batch.options.share.Share.of", "self.number + 1", "self.number + 0", "tests/unit/options/test_share.py"),
    Fault(
        "etl_batch.options.share.Share.parse",
        "share.number >= share.count",
        "share.number > share.count",
        "tests/unit/options/test_share.py",
    ),
    Fault("etl_batch.pipeline.parts.folder.part_name", "07d", "05d", "tests/unit/pipeline/parts/test_folder.py"),
    Fault(
        "etl_batch.pipeline.parts.folder.is_of_a_folder",
        "{MANIFEST_NAME, SUCCESS_NAME}",
        "{MANIFEST_NAME}",
        "tests/unit/pipeline/parts/test_folder.py",
    ),
    Fault(
        "etl_batch.pipeline.parts.share_inputs._why_not",
        "not isinstance(source, PlannedAlone)",
        "False",
        "tests/unit/pipeline/parts/test_share_inputs.py",
    ),
    Fault(
        "etl_batch.pipeline.parts.share_plan.plan_of_share",
        "max(before, default=0)",
        "0",
        f"{_SHARES}::test_shares_in_any_order_make_what_one_run_makes",
    ),
    Fault(
        "etl_batch.pipeline.parts.plan_key.refuse_other_plan",
        "and before != after",
        "and not after",
        f"{_SHARES}::test_an_input_that_is_overwritten_between_shares",
    ),
    Fault(
        "etl_batch.pipeline.parts.plan_key.refuse_other_plan",
        'made.get("code") != now["code"]',
        "False",
        f"{_SHARES}::test_a_share_of_other_sources_is_refused_by_name_and_begun_anew",
    ),
    Fault("etl_batch.version.code_key", "file.read_bytes()", "b''", "tests/unit/test_version.py"),
    Fault(
        "etl_batch.pipeline.parts.merging.Shares.taken",
        "if name not in listed",
        "if not listed",
        f"{_SHARES}::test_parts_of_another_plan_are_not_published",
    ),
    Fault(
        "etl_batch.pipeline.conversion.Conversion.result",
        "opening.copies.close()",
        "opening.copies",
        "tests/acceptance/test_csv_in_one_pass.py",
    ),
    Fault(
        "etl_batch.pipeline.outputs.job_outputs.JobOutputs._moves",
        ", (self.package, targets.package)",
        ",",
        f"{_PACKAGE}::test_a_file_and_a_folder_of_one_job_are_described_together",
    ),
    Fault(
        "etl_batch.pipeline.outputs.data_package._kinds",
        "if len(set(own)) == 1 else",
        "if own else",
        "tests/unit/pipeline/outputs/test_data_package.py",
    ),
    Fault(
        "etl_batch.pipeline.outputs.data_package.data_package",
        "job.started_at",
        "plan.job.started_at",
        f"{_PACKAGE}::test_a_job_that_was_killed_makes_the_same",
    ),
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
        "flags.on_bad_row is None and",
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
    Fault(
        "etl_batch.pipeline.settling.SettlingOutputs.grant",
        "not self.progression.follows(result.span)",
        "False",
        f"{_ROWS_FOUND}::test_rows_of_a_cell_that_look_like_rows_are_none",
    ),
    Fault(
        "etl_batch.pipeline.settling.SettlingOutputs._settled",
        "if not source.least_rows <= rows <= source.rows:",
        "if False:",
        f"{_SETTLING}::test_more_or_fewer_rows_than_were_planned_for_start_all_again",
    ),
    Fault(
        "etl_batch.pipeline.settling.fitting",
        "not progression.follows(span)",
        "False",
        f"{_SETTLING}::test_a_span_that_cannot_be_one_ends_what_is_believed",
    ),
    Fault(
        "etl_batch.formats.csv.unsettled_csv.UnsettledCsv._is_as_planned",
        "not (without if self.pairs else with_pair) and ",
        "",
        f"{_AT_ONCE}::test_rows_that_are_not_as_the_first_are_checked_before",
    ),
    Fault(
        "etl_batch.formats.csv.unsettled_csv.UnsettledCsv._is_as_planned",
        "number_types(self.file, seen) == dict(self.measures)",
        "True",
        f"{_AT_ONCE}::test_rows_that_are_not_as_the_first_are_checked_before",
    ),
    Fault(
        "etl_batch.formats.csv.placed_batch.PlacedBatch.write_csv",
        "ours.ctypes.data if counts else 0",
        "counts",
        f"{_AT_ONCE}::test_what_a_wrong_guess_escaped_is_not_counted",
    ),
    Fault(
        "etl_batch.formats.csv.placed_batch.PlacedBatch._beginnings",
        "for inside in (0, 1):",
        "for inside in (0,):",
        f"{_ROWS_FOUND}::test_a_span_inside_quotes_is_seldom_done_again",
    ),
    Fault(
        "etl_batch.formats.csv.placed_batch.PlacedBatch._taken",
        "(taken.stop == stop and not self.stretch.is_last)",
        "False",
        f"{_ROWS_FOUND}::test_chunks_of_a_few_bytes",
    ),
    Fault(
        "etl_batch.formats.csv.placed_batch.PlacedBatch._taken",
        "if taken.stop > self._last or taken.stop == stop:",
        "if True:",
        f"{_AT_ONCE}::test_more_rows_in_a_span_than_were_likely",
    ),
    Fault(
        "etl_batch.formats.csv.placed_batch.PlacedBatch._take",
        "taker.note_classes(classes)",
        "pass",
        f"{_AT_ONCE}::test_rows_that_are_not_as_the_first_are_checked_before",
    ),
    Fault(
        "etl_batch.pipeline.outputs.start.may_be_unsettled",
        "is_of_unsettled(interrupted.header)",
        "True",
        f"{_AT_ONCE}::test_a_job_goes_on_as_it_began",
    ),
)

"""Saved readings: who wins, what a name may be, what is kept."""

from __future__ import annotations

from tests.mutants.fault import Fault

_FILES = "tests/unit/commands/preset/test_preset_files.py"
_RUN = "tests/unit/commands/preset/test_run_with_preset.py"
_TEXT = "tests/unit/commands/preset/test_preset_text.py"

FAULTS = (
    Fault(
        "etl_batch.commands.run_flags.run_options",
        "preset_values(home, flags.preset) | said(JobConfig, flags)",
        "said(JobConfig, flags) | preset_values(home, flags.preset)",
        f"{_RUN}::test_a_flag_wins_also_where_it_says_the_default",
    ),
    Fault(
        "etl_batch.pipeline.outputs.header._WITHOUT_EFFECT",
        '"preset", ',
        "",
        f"{_RUN}::test_an_interrupted_job_goes_on_under_another_name_of_the_same_reading",
    ),
    Fault(
        "etl_batch.commands.preset.preset_files.preset_place",
        "_NAME.fullmatch(whole)",
        "_NAME.match(whole)",
        f"{_FILES}::test_a_name_is_no_path",
    ),
    Fault(
        "etl_batch.commands.preset.preset_files.save_preset",
        "there and not replace",
        "False",
        f"{_FILES}::test_a_taken_name_is_refused_unless_it_shall_be_replaced_and_then_the_old_one_is_kept",
    ),
    Fault(
        "etl_batch.commands.preset.preset_files.delete_preset",
        "permit(actor, Permission.LAUNCH_JOBS)",
        "pass",
        f"{_FILES}::test_who_may_not_launch_may_not_change_them",
    ),
    Fault(
        "etl_batch.commands.preset.preset_text.parse_preset",
        "if key not in known:",
        "if not key:",
        f"{_TEXT}::test_what_is_wrong_is_told_by_its_key",
    ),
)

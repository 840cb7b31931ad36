"""Saved readings: who wins, what a name may be, what is kept."""

from __future__ import annotations

from tests.mutants.fault import Fault

_FILES = "tests/unit/commands/preset/test_preset_files.py"
_RUN = "tests/unit/commands/preset/test_run_with_preset.py"
_LIKENESS = "tests/property/sniffing/test_likeness.py"
_LAUNCH = "tests/unit/launch/test_presets.py"
_PAGE = "tests/unit/pages/test_presets_page.py"
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
    Fault("etl_batch.sniffing.likeness.likeness_of", "delimiter.value, names", "names", _LIKENESS),
    Fault(
        "etl_batch.sniffing.likeness.likeness_of",
        '_BEYOND_ASCII.sub("?", column.name)',
        "column.name",
        f"{_LIKENESS}::test_letters_beyond_ascii_count_as_the_same",
    ),
    Fault(
        "etl_batch.launch.presets.told_by",
        " and name not in asked",
        "",
        f"{_LAUNCH}::test_what_is_asked_is_not_told",
    ),
    Fault(
        "etl_batch.launch.presets.names_like",
        "permit(actor, Permission.LAUNCH_JOBS)",
        "pass",
        f"{_LAUNCH}::test_who_may_not_launch_may_do_nothing_of_it",
    ),
    Fault(
        "etl_batch.ui.preset_view._take_back",
        "still_taken().items()",
        "taken().items()",
        f"{_PAGE}::test_what_was_changed_is_marked_until_it_is_changed_again_and_taken_back_as_it_was",
    ),
    Fault(
        "etl_batch.commands.field_flags._add",
        'action="store_false"',
        'action="store_true"',
        f"{_RUN}::test_what_it_switches_on_a_flag_switches_off",
    ),
)

"""What is said when something fails: by errno, with --quiet, in the words of where the user is."""

from __future__ import annotations

from tests.mutants.fault import Fault

_REFUSALS = "tests/unit/storage/test_os_refusals.py"

_SILENT = "tests/unit/commands/test_silent_no_more.py"
_TEMP = "tests/unit/pipeline/runners/test_temp_folder.py"

FAULTS = (
    Fault(
        "etl_batch.commands.command_console.Console.finished",
        "self.warn(result.report_problem)",
        "self._say(result.report_problem)",
        f"{_SILENT}::test_a_report_that_was_asked_for_and_is_not_there_is_said_with_quiet_too",
    ),
    Fault(
        "etl_batch.jobs.command_record.CommandRecord.__init__",
        "if not self._is_known:",
        "if True:",
        f"{_SILENT}::test_a_resumed_publication_is_in_the_list",
    ),
    Fault(
        "etl_batch.launch.options._beneath",
        "{folder}/",
        "",
        f"{_SILENT}::test_a_bare_name_in_the_form_lies_in_output",
    ),
    Fault(
        "etl_batch.kernels.cache_folder.is_compiled",
        "(cache_folder() / _ALL_OF_A_RUN).exists() and",
        "",
        f"{_SILENT}::test_the_notice_comes_until_all_is_compiled",
    ),
    Fault(
        "etl_batch.pipeline.runners.temp_folder._is_of_the_dead",
        "return is_taken_within(descriptor, 0.0)",
        "return True",
        f"{_TEMP}::test_the_folder_of_a_killed_process_goes_and_that_of_a_living_one_stays",
    ),
    Fault(
        "etl_batch.pipeline.runners.temp_folder._is_of_the_dead",
        "or found.st_uid != os.geteuid()",
        "",
        f"{_TEMP}::test_what_belongs_to_another_user_stays",
    ),
    Fault(
        "etl_batch.text.shown_text.as_sentence",
        'if first.rstrip(",;:").isalpha() else text',
        "",
        "tests/unit/text/test_numbers_and_names.py",
    ),
    Fault(
        "etl_batch.storage.os_refusals.path_refused",
        "use.value",
        "Unreadable",
        "tests/unit/storage/test_opening.py::test_what_else_the_system_may_say",
    ),
    Fault(
        "etl_batch.storage.os_refusals.in_the_middle",
        "(NotFound, Unreadable)",
        "(Unreadable)",
        f"{_REFUSALS}::test_an_output_folder_that_is_gone_was_there_when_the_job_began",
    ),
    Fault(
        "etl_batch.formats.unchanged.open_again",
        "(NotFound, NotRegular",
        "(NotRegular",
        f"{_REFUSALS}::test_an_input_that_is_gone_was_there_when_the_job_began",
    ),
    Fault(
        "etl_batch.storage.part_file.write_all",
        "if error.errno in NO_ROOM else",
        "if False else",
        f"{_REFUSALS}::test_a_full_disk_names_the_folder_and_what_is_needed",
    ),
)

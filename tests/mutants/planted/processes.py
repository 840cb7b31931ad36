"""Processes of ours: what they are given, what they may, how they end."""

from __future__ import annotations

from tests.mutants.fault import Fault

_QUESTIONS = "tests/unit/machine/test_question.py"
_LONG = "tests/unit/pages/test_long_estimates.py"
_POOL = "tests/unit/pipeline/runners/test_process_pool.py"

FAULTS = (
    Fault(
        "etl_batch.machine.child_process.start",
        "env=listed_environment(),",
        "",
        f"{_QUESTIONS}::test_it_is_given_the_list_and_no_more",
    ),
    Fault(
        "etl_batch.machine.confined.confine",
        'if data := limits["data_bytes"]:',
        "if data := 0:",
        f"{_QUESTIONS}::test_memory_beyond_the_limit_is_that_error",
    ),
    Fault(
        "etl_batch.machine.child_process.Child.signal_group",
        "os.killpg(self.pid, number)",
        "os.kill(self.pid, number)",
        f"{_QUESTIONS}::test_stopped_it_ends_with_all_that_it_started",
    ),
    Fault(
        "etl_batch.machine.confined.hold",
        "fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)",
        "pass",
        f"{_QUESTIONS}::test_it_dies_with_its_parent_and_not_with_a_thread",
    ),
    Fault(
        "etl_batch.machine.deaths.death",
        "code == NO_MEMORY or",
        "",
        f"{_QUESTIONS}::test_memory_beyond_the_limit_is_that_error",
    ),
    Fault(
        "etl_batch.machine.question._Watch._is_too_much",
        "if self._said <= self._how.most_bytes:",
        "if True:",
        f"{_QUESTIONS}::test_who_says_too_much_is_ended",
    ),
    Fault(
        "etl_batch.launch.kept_answers.KeptAnswers.get",
        "with slot.lock:",
        "if True:",
        "tests/unit/launch/test_kept_answers.py::test_many_at_once_ask_once",
    ),
    Fault(
        "pages.services.estimates.EstimateService._look",
        "if not isinstance(error, Refused):",
        "if False:",
        "tests/unit/pages/test_estimates.py::test_a_process_that_dies_is_an_error_with_its_name_and_one_entry",
    ),
    Fault(
        "pages.services.estimates.EstimateService.columns",
        'found = self._look(actor, {"task": "columns", "file": file, "delimiter": delimiter}, state)',
        "from pages.services.estimate_process import columns\n"
        '        found = columns({"home": str(self.home), "file": file, "delimiter": delimiter})',
        "tests/unit/pages/test_files_of_users.py::test_the_estimates_page_offers_columns_and_answers",
    ),
    Fault(
        "pages.services.long_estimates.LongEstimates.look",
        "return replace(now, answer=None, error=None)",
        "return now",
        f"{_LONG}::test_what_is_not_on_the_record_is_not_shown",
    ),
    Fault(
        "pages.services.long_estimates.LongEstimates._begin",
        "if len(self._counts) - len(over) >= AT_ONCE:",
        "if False:",
        f"{_LONG}::test_whoever_looks_again_finds_it_and_others_do_not",
    ),
    Fault(
        "etl_batch.pipeline.runners.dispatch.Dispatch._grant_in_order",
        'replace(worker.result, sample=b"")',
        "worker.result",
        "tests/unit/pipeline/runners/test_dispatch.py",
    ),
    Fault(
        "etl_batch.sampling.sample_state.SampleState.add",
        "give_back()",
        "pass",
        "tests/unit/sampling/test_finish.py::test_memory_of_rows_that_were_forgotten_is_given_back",
    ),
    Fault(
        "etl_batch.machine.freed_memory.give_back",
        "ctypes.CDLL(None).malloc_trim(0)",
        "pass",
        "tests/unit/machine/test_freed_memory.py",
    ),
    Fault(
        "etl_batch.pipeline.runners.bare_start.start_bare",
        "    spawn.get_preparation_data = _without_program\n",
        "",
        f"{_POOL}::test_a_job_starts_no_process_beside_workers_and_runs_the_program_once",
    ),
    Fault(
        "etl_batch.pipeline.runners.bare_start._Tracker.getfd",
        "if tracker._fd is not None:",
        "if False:",
        f"{_POOL}::test_a_tracker_that_somebody_else_needs_is_handed_on",
    ),
    Fault(
        "etl_batch.pipeline.runners.bare_start._Tracker.ensure_running",
        '"""It is not needed."""',
        "resource_tracker.ensure_running()",
        f"{_POOL}::test_a_job_starts_no_process_beside_workers_and_runs_the_program_once",
    ),
    Fault(
        "etl_batch/pipeline/runners/fork_server_start.py",
        "gc.disable()",
        "",
        f"{_POOL}::test_no_garbage_is_looked_for_until_there_are_workers",
    ),
    Fault(
        "etl_batch.machine.garbage.look_rarely",
        "gc.set_threshold(_ALLOCATIONS)",
        "pass",
        "tests/unit/machine/test_garbage.py",
    ),
    Fault(
        "etl_batch.version.installed_version",
        "return line.removeprefix(_VERSION).strip()",
        "return line.strip()",
        "tests/unit/test_version.py",
    ),
    Fault(
        "etl_batch.version._folders",
        're.sub(r"[-_.]+", "_", head).lower() == name',
        "head == name",
        "tests/unit/test_version.py",
    ),
    Fault(
        "etl_batch.pipeline.runners.ahead.ahead_of",
        "if not said <= _NEEDED.keys():",
        "if said.isdisjoint(_NEEDED):",
        "tests/unit/pipeline/runners/test_ahead.py",
    ),
    Fault(
        "etl_batch.pipeline.runners.ahead.ahead_of",
        "if config.format != InputFormat.AUTO",
        "if False",
        "tests/unit/pipeline/runners/test_ahead.py",
    ),
    Fault(
        "etl_batch.commands.run.done",
        "            start_fork_server(ahead_of(options.config))",
        "            pass",
        "tests/unit/commands/test_run_start.py",
    ),
)

"""Jobs, and what becomes of their outputs."""

from __future__ import annotations

from tests.mutants.fault import Fault

_OUTPUTS = "tests/unit/jobs/test_run_outputs.py"

_NOTES = "tests/unit/pipeline/test_job_notes.py"

_DAMAGED = "tests/unit/jobs/test_damaged_options.py"

_ROOTS = "tests/acceptance/test_withdrawn_roots.py"

_JOBS = "tests/acceptance/test_jobs.py"

FAULTS = (
    Fault("etl_batch.machine.confined.confine", "os.nice(steps)", "pass", "tests/unit/jobs/test_confinement.py"),
    Fault(
        "etl_batch.jobs.confinement.limits_of_job",
        "behind=BEHIND_PAGES",
        "behind=0",
        "tests/unit/jobs/test_confinement.py",
    ),
    Fault(
        "etl_batch.jobs.writing.Writing.take_up",
        'json.loads(known["config"])',
        'json.loads(known["config"]) | {"seed": 5}',
        f"{_JOBS}::test_resume_on_the_command_line_goes_on_with_the_job_of_the_list",
    ),
    Fault(
        "etl_batch.text.plain_values.all_in_utf8",
        "in_utf8(value) if isinstance(value, str) else value",
        "value",
        f"{_JOBS}::test_a_name_that_is_not_utf8_is_one_that_no_store_has",
    ),
    Fault(
        "etl_batch.commands.compile.run",
        'for folder in ("etl_batch", "auth", "pages"):',
        'for folder in ("etl_batch", "auth"):',
        "tests/unit/commands/test_compile.py",
    ),
    Fault(
        "etl_batch.environment.home_folder",
        "(OSError, ValueError, RuntimeError)",
        "(OSError, ValueError)",
        "tests/unit/test_environment.py::test_what_is_no_folder_is_refused",
    ),
    Fault(
        "etl_batch.jobs.endings.done",
        'Path(os.path.realpath(config.home / "report"))',
        '(config.home / "report").resolve()',
        "tests/unit/jobs/test_endings.py::test_done_is_done_where_the_folder_of_reports_is_a_link_to_itself",
    ),
    Fault(
        "etl_batch.pipeline.outputs.start.finish_interrupted",
        "finished = finished or _finished_meanwhile(seen, config)",
        "pass",
        "tests/acceptance/test_resume.py::"
        "test_a_publication_that_another_process_finishes_just_before_us_is_the_result",
    ),
    Fault(
        "etl_batch.jobs.engine.main",
        "extra_input_roots=extra_input_roots()",
        'extra_input_roots=tuple(map(__import__("pathlib").Path, request["config"].get("extra_input_roots", ())))',
        f"{_ROOTS}::test_a_process_of_a_job_takes_no_folder_from_who_asks_it",
    ),
    Fault(
        "etl_batch.jobs.supervised.Supervised.__init__",
        "replace(config_of(row), home=store.home)",
        "config_of(row)",
        f"{_ROOTS}::test_a_home_that_was_moved_reads_its_own_folders",
    ),
    Fault(
        "etl_batch.jobs.config_json.from_json",
        " if field.name not in _OF_THE_MOMENT",
        "",
        "tests/unit/jobs/test_config_json.py",
    ),
    Fault(
        "etl_batch.pipeline.job_notes._record_end",
        "if _is_end_due(",
        "if True or (",
        f"{_NOTES}::test_one_start_one_end_whenever_it_dies",
    ),
    Fault(
        "etl_batch.pipeline.job_notes._record_what_became",
        'if "ended" not in entries[-1]:',
        "if False:",
        f"{_NOTES}::test_a_start_that_goes_on_with_a_note_has_an_end_of_its_own",
    ),
    Fault(
        "etl_batch.pipeline.audit_trail._started_event",
        "name_at_home(config.home, given)",
        "given",
        f"{_NOTES}::test_the_log_names_paths_from_the_home_on",
    ),
    Fault(
        "etl_batch.jobs.output_states._is_same",
        '(renamed or found.ctime_ns == own["ctime_ns"])',
        "True",
        f"{_OUTPUTS}::test_only_the_very_bytes_are_intact",
    ),
    Fault(
        "etl_batch.pipeline.outputs.replaced_outputs._replaced",
        "there.st_ctime_ns > described.ctime_ns or size",
        "size",
        f"{_OUTPUTS}::test_whose_it_was_is_not_said_where_somebody_changed_it",
    ),
    Fault(
        "etl_batch.jobs.config_json.from_json",
        'if "home" not in values:',
        "if False:",
        f"{_DAMAGED}::test_damaged_options_are_said_to_be_so_by_their_job",
    ),
    Fault(
        "etl_batch.jobs.config_json.from_json",
        "_whole(defaults[key], value) for key, value in values.items() if key in defaults",
        "_whole(defaults.get(key), value) for key, value in values.items()",
        f"{_DAMAGED}::test_a_whole_number_may_be_written_with_a_point",
    ),
    Fault(
        "etl_batch.jobs.config_json._whole",
        "value.is_integer()",
        "False",
        f"{_DAMAGED}::test_a_whole_number_may_be_written_with_a_point",
    ),
    Fault(
        "etl_batch.jobs.config_json.config_of",
        "except ValueError as error:",
        "except KeyError as error:",
        f"{_DAMAGED}::test_whatever_stands_in_the_place_of_an_option_is_an_option_or_an_error_of_ours",
    ),
    Fault(
        "etl_batch.jobs.view_of_row._shown_options",
        'if not isinstance(options.get("inputs"), list):',
        "if False:",
        f"{_DAMAGED}::test_damaged_options_are_said_to_be_so_by_their_job",
    ),
    Fault(
        "etl_batch.jobs.settle._lost",
        "except EtlError as error:",
        "except KeyError as error:",
        f"{_DAMAGED}::test_a_lost_job_with_damaged_options_has_failed",
    ),
    Fault(
        "etl_batch.jobs.supervisor.work_off_queue",
        "except EtlError as error:",
        "except KeyError as error:",
        f"{_DAMAGED}::test_a_job_in_the_queue_with_damaged_options_fails_and_holds_up_nobody",
    ),
    Fault(
        "etl_batch.jobs.command_runs.RecordedRun.telling",
        "                _set(self._under_way)\n",
        "",
        "tests/unit/jobs/test_command_runs.py",
    ),
    Fault(
        "etl_batch.jobs.run_outputs._rejects_of_failed",
        'row["started_at"] <= changed <= (row["finished_at"] or "")',
        'row["started_at"] <= changed',
        "tests/unit/jobs/test_run_outputs.py",
    ),
    Fault(
        "etl_batch.jobs.output_changes._moves",
        "None if place_now == target else retirement_of(place_now)",
        "None",
        "tests/unit/jobs/test_output_changes.py",
    ),
    Fault(
        "etl_batch.jobs.output_changes.OutputService.restore",
        "if entry.job_id is not None:",
        "if False:",
        "tests/unit/jobs/test_output_changes.py",
    ),
    Fault(
        "etl_batch.jobs.output_list._listed",
        'if (row["inode"], row["mtime_ns"]) == (now.st_ino, now.st_mtime_ns)',
        "if True",
        "tests/unit/jobs/test_output_changes.py",
    ),
    Fault(
        "etl_batch.storage.kept_versions.kept_name",
        "_KEPT.fullmatch(name)",
        "_KEPT.match(name)",
        "tests/unit/storage/test_kept_versions.py",
    ),
    Fault(
        "etl_batch.jobs.run_description.RunDescription.__post_init__",
        "self.name.isprintable() and ",
        "",
        "tests/unit/jobs/test_run_description.py",
    ),
    Fault(
        "pages.services.run_results.RunResults._read",
        "if own_bytes(now()) != where or self._state(where) != state:",
        "if False:",
        "tests/unit/pages/test_run_page.py::test_what_is_replaced_while_it_is_read_is_not_shown",
    ),
    Fault(
        "pages.services.rejected_rows.kind_of",
        '_AT_BYTE.sub("", _QUOTED.sub("", reason))',
        "reason",
        "tests/unit/pages/test_rejected_rows.py",
    ),
)

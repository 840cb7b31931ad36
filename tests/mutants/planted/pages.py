"""Faults of the pages."""

from __future__ import annotations

from tests.mutants.fault import Fault

_WATCHED = "tests/unit/pages/test_run_page.py::test_a_run_that_was_watched_opens_what_came_of_it_and_stays_there"
_LINKED = "tests/unit/pages/test_run_page.py::test_a_link_leads_to_its_tab_while_the_run_is_at_work_and_later"
FAULTS = (
    Fault("pages.warm_up.warm_up", "gc.freeze()", "pass", "tests/unit/pages/test_warm_up.py"),
    Fault("pages.views.run_tabs._place_of", "RUN_TABS.index(first)", "0", _WATCHED),
    Fault("pages.views.run_tabs._tabs", "named if named in names else None", "None", _LINKED),
    Fault(
        "etl_batch.ui.live_job.show_report_link",
        "if owner in {None, job.job_id}:",
        "if True:",
        "tests/unit/pages/test_replaced_outputs.py::test_a_report_that_another_run_replaced_is_not_shown_as_its_own",
    ),
    Fault(
        "etl_batch.ui.charts.graph_objects",
        "import pandas  # noqa: F401, ICN001 - loaded first",
        "pass",
        "tests/unit/pages/test_half_loaded.py",
    ),
    Fault(
        "pages.services.machine.MachineReader.__call__",
        "disk.free",
        "disk.total - disk.used",
        "tests/unit/pages/test_machine.py::test_every_page_tells_the_room_that_is_available",
    ),
    Fault(
        "pages.views.estimate_form._delimiter_field",
        "st.session_state.get(filled) != given or",
        "True or",
        "tests/unit/pages/test_pages.py::test_a_csv_with_semicolons_is_read_by_them_and_by_what_is_chosen",
    ),
    Fault(
        "pages.views.estimate_form._fill",
        "(st.session_state.get(_FILLED) == given or",
        "(",
        "tests/unit/pages/test_pages.py::test_what_is_typed_stays_while_the_page_is_shown_anew",
    ),
    Fault(
        "pages.views.estimate_form._fill",
        ' or st.session_state.get(_key("ask", about))',
        "",
        "tests/unit/pages/test_pages.py::test_asked_twice_before_the_address_follows_it_is_the_same_question",
    ),
    Fault(
        "etl_batch.ui.layout_editor.show_layout_editor",
        "ShownLayout(_last_sound(context, candidate, edited), is_current=False)",
        "ShownLayout(_new_layout(context, candidate), is_current=False)",
        "tests/unit/pages/test_job_pages.py::test_rows_and_bytes_stay_while_a_field_does_not_fit",
    ),
    Fault(
        "etl_batch.ui.layout_editor.show_layout_editor",
        " or before.made != made",
        "",
        "tests/unit/pages/test_copybook_page.py::test_edits_of_a_book_go_when_it_comes_to_another_layout",
    ),
    Fault(
        "etl_batch.ui.layout_editor._opened",
        "_TABLE if _is_a_table(text, candidate.layout) else _TOML",
        "_TABLE",
        "tests/unit/pages/test_copybook_page.py::test_what_a_table_has_no_room_for_is_edited_as_toml",
    ),
    Fault(
        "auth.run_downloads._found",
        "path = output.path if output.state is OutputState.INTACT else output.kept",
        "path = output.path",
        "tests/unit/auth/test_run_downloads.py",
    ),
    Fault(
        "auth.run_downloads.opened_output",
        "if not is_same or not _is_under(there, descriptor):",
        "if False:",
        "tests/unit/auth/test_run_downloads.py::test_a_job_that_ends_while_a_file_is_opened",
    ),
    Fault(
        "etl_batch.launch.options.default_output",
        "if len(inputs) > 1:",
        "if False:",
        "tests/property/launch/test_options.py::test_an_output_is_named_after_its_inputs",
    ),
    Fault(
        "etl_batch.ui.run_outputs._show_download",
        "now.path if now.state is OutputState.INTACT else now.kept",
        "now.path",
        "tests/unit/pages/test_replaced_outputs.py",
    ),
    Fault(
        "etl_batch.ui.job_words.outcome_of",
        "if job.state is not State.DONE or job.verdict is None:",
        "if True:",
        "tests/unit/report/test_verdict.py::test_a_list_of_runs_says_it",
    ),
    Fault(
        "etl_batch.jobs.writing.Writing.end",
        '"rows_quarantined", "verdict")',
        '"rows_quarantined")} | {"verdict": None for _ in ("",)',
        "tests/unit/report/test_verdict.py::test_a_list_of_runs_has_the_verdict_of_the_job_not_of_its_rows_alone",
    ),
    Fault(
        "etl_batch.ui.page_words.mend_on_page",
        "kind.page_mend is not None and error",
        "False and error",
        "tests/unit/ui/test_page_words.py",
    ),
    Fault(
        "etl_batch.ui.page_words._field",
        "if flag not in labels:",
        "if True:",
        "tests/unit/ui/test_page_words.py",
    ),
    Fault(
        "etl_batch.ui.column_widths.width_px",
        "max((columns_of(shown_cell(cell, column, decimals)) for cell in cells), default=0)",
        "columns_of(shown_cell(cells[0], column, decimals))",
        "tests/unit/ui/test_column_widths.py",
    ),
    Fault(
        "pages.services.run_metrics._totals",
        'estimate.get("exact_total_text") or estimate.get("exact_total")',
        'estimate.get("total")',
        "tests/unit/pages/test_comparison.py",
    ),
    Fault(
        "etl_batch.launch.input_list.find_asked",
        "more = _asked(place(path, roots), there.asked)",
        "continue",
        "tests/unit/pages/test_inputs_asked_for.py",
    ),
    Fault(
        "etl_batch.ui.input_picker.Picked.refuse_missing",
        "if self.missing:",
        "if False:",
        "tests/unit/pages/test_inputs_asked_for.py",
    ),
    Fault(
        "etl_batch.ui.input_picker._show_missing",
        "disabled=not st.session_state[CHOSEN]",
        "disabled=False",
        "tests/unit/pages/test_inputs_asked_for.py",
    ),
    Fault(
        "etl_batch.launch.looking.first_rows",
        'from_json(asked["config"])',
        'from_json({**asked["config"], "format": "auto"})',
        "tests/unit/launch/test_first_rows.py",
    ),
    Fault(
        "etl_batch.launch.input_list._file",
        "None if asked is InputFormat.AUTO else asked",
        "None",
        "tests/unit/launch/test_input_list.py",
    ),
    Fault(
        "etl_batch.launch.input_list._folder",
        'is_input(file.name.rpartition("/")[2], asked)',
        "True",
        "tests/unit/launch/test_input_list.py",
    ),
    Fault(
        "etl_batch.launch.input_list.InputList.files_in",
        "candidate.place.path.name, self.asked",
        "candidate.place.path.name",
        "tests/unit/launch/test_input_list.py",
    ),
    Fault(
        "etl_batch.ui.options_form.entered_format",
        "st.session_state.get(key_of(FORMAT)) or InputFormat.AUTO",
        "InputFormat.AUTO",
        "tests/unit/pages/test_inputs_asked_for.py",
    ),
    Fault(
        "etl_batch.machine.kept_process.KeptProcesses.ask",
        "self._kept.setdefault(who, _Kept(self._how, self._life))",
        "self._kept.setdefault('anybody', _Kept(self._how, self._life))",
        "tests/unit/machine/test_kept_process.py::test_nobody_is_answered_by_the_process_of_another",
    ),
    Fault(
        "etl_batch.machine.kept_process._Kept.ask",
        "running is not None and running.is_over",
        "False",
        "tests/unit/machine/test_kept_process.py::test_one_that_died_while_nobody_asked_is_replaced",
    ),
    Fault(
        "etl_batch.machine.kept_process.KeptProcesses.ask",
        "len(others) + 1 - self._life.most",
        "len(others) - self._life.most",
        "tests/unit/machine/test_kept_process.py::test_there_are_only_so_many",
    ),
    Fault(
        "etl_batch.ui.reading_controls.forget_said",
        "= blank(option)",
        "= st.session_state.get(key_of(option.name), blank(option))",
        "tests/unit/pages/test_reading_fields.py::test_the_rows_follow_each_field",
    ),
    Fault(
        "etl_batch.ui.options_form.show_options_form",
        "elsewhere = {INPUTS, *(option.name for option in reading_options())}",
        "elsewhere = {INPUTS, FORMAT, 'header'}",
        "tests/unit/pages/test_reading_fields.py::test_every_field_of_reading_is_on_the_page_and_none_waits_for_a_button",
    ),
    Fault(
        "etl_batch.ui.changed_cells.compared",
        "is_aligned and not _HIDES_ENDS & set(row.raw)",
        "is_aligned",
        "tests/unit/ui/test_changed_cells.py",
    ),
    Fault(
        "etl_batch.ui.changed_cells.compared",
        "row.escaped if escapes else row.plain",
        "row.escaped",
        "tests/unit/ui/test_changed_cells.py",
    ),
    Fault(
        "etl_batch.launch.written_rows._behind_last_line",
        "at > 0 and at % len(sign)",
        "False",
        "tests/unit/launch/test_written_rows.py",
    ),
    Fault(
        "etl_batch.launch.written_rows._split",
        "None if quoted is None and not text else cut(text)",
        "cut(text)",
        "tests/unit/launch/test_written_rows.py",
    ),
    Fault(
        "etl_batch.pipeline.bad_row_search._Search.take",
        "(one.source, one.row) > self.behind",
        "one.row > self.behind[1]",
        "tests/unit/pipeline/test_bad_row_search.py::test_every_bad_row_of_all_inputs_is_found_in_order",
    ),
    Fault(
        "etl_batch.pipeline.bad_row_search.next_bad_rows",
        "search.take([leftover for source in sources if (leftover := source.leftover())])",
        "pass",
        "tests/unit/pipeline/test_bad_row_search.py::test_records_and_what_is_left_over_behind_them",
    ),
    Fault(
        "etl_batch.commands.sniff_text._lines",
        "is_aligned = False",
        "continue",
        "tests/acceptance/test_sniff.py::test_flags_of_reading_answer_and_the_first_rows_follow_as_a_job_writes_them",
    ),
    Fault(
        "etl_batch.ui.reading_controls._is_said",
        'one.startswith(f"{question.column}=")',
        "True",
        "tests/unit/pages/test_reading_fields.py::test_the_order_of_day_and_month_is_one_click_for_each_column",
    ),
)

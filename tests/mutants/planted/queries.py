"""Questions to an output: what a statement may be, what it reaches, and what comes of its cells."""

from __future__ import annotations

from tests.mutants.fault import Fault

_SPEC = "tests/unit/queries/test_table_spec.py"
_WORDS = "tests/unit/queries/test_plain_words.py"
_TEXT = "tests/unit/queries/test_answer_text.py"
_CELLS = "tests/property/queries/test_table_sql.py"
_LOOK = "tests/property/queries/test_look.py"
_QUESTIONS = "tests/unit/pages/test_run_questions.py"
_TERMS = "tests/unit/queries/test_look_terms.py"
_ARROW = "tests/unit/queries/test_arrow_rows.py"
_SHARED = (
    "tests/unit/pages/test_run_rows.py::test_who_looks_at_the_same_rows_shares_the_answer_and_each_is_written_down"
)
_ROWS = "tests/unit/pages/test_run_rows.py"
_PLOT = "tests/property/queries/test_row_plot.py"
_SAVED = "tests/unit/jobs/test_saved_questions.py"
_DRIFT = "tests/unit/pages/test_profile_drift.py"
_ASKED = "tests/acceptance/test_query.py"
_ATTACKS = "tests/acceptance/test_query_attacks.py"

FAULTS = (
    Fault(
        "etl_batch.queries.sql_child._taken",
        "found[0].type != duckdb.StatementType.SELECT",
        "False",
        f"{_ATTACKS}::test_what_is_no_single_select_is_refused",
    ),
    Fault(
        "etl_batch.queries.sql_child._taken",
        "len(found) != 1",
        "not found",
        f"{_ATTACKS}::test_what_is_no_single_select_is_refused",
    ),
    Fault(
        "etl_batch.queries.sql_child._connected",
        'connection.execute("SET lock_configuration = true")',
        "",
        f"{_ATTACKS}::test_the_locks_are_on_when_the_statement_is_seen",
    ),
    Fault(
        "etl_batch.queries.sql_child._taken",
        "MOST_ROWS - rows",
        "MOST_ROWS + 1 - rows",
        f"{_ASKED}::test_rows_go_to_a_file_whose_name_is_free",
    ),
    Fault(
        "etl_batch.queries.ask_sql.SqlQuestion.answer",
        'self._record(None, {"rows": answer.rows, "truncated": answer.truncated, **form})',
        "pass",
        f"{_ASKED}::test_each_question_is_one_entry_of_the_log",
    ),
    Fault("etl_batch.queries.ask_sql.logged_statement", "statement[:_LOGGED]", "statement", _WORDS),
    Fault(
        "etl_batch.queries.answer_file._refuse_taken",
        "if is_there(target):",
        "if False:",
        f"{_ASKED}::test_rows_go_to_a_file_whose_name_is_free",
    ),
    Fault(
        "etl_batch.queries.table_file._csv_of",
        "if Agreement.OTHER in agreements:",
        "if False:",
        f"{_ASKED}::test_what_was_changed_or_has_no_run_is_read_as_it_stands_and_says_so",
    ),
    Fault("etl_batch.queries.table_spec.types_of", "renamed.get(column", "{}.get(column", _SPEC),
    Fault("etl_batch.queries.table_spec.distinct_names", "new.lower() in taken", "new in taken", _SPEC),
    Fault("etl_batch.queries.table_sql.quoted_name", ".replace('\"', '\"\"')", "", _CELLS),
    Fault("etl_batch.queries.table_sql.text_literal", '.replace("\'", "\'\'")', "", _CELLS),
    Fault("etl_batch.queries.table_sql.type_of_looks", "and least == most", "", _CELLS),
    Fault(
        "etl_batch.queries.duck_table._types_by_cells",
        "for rows in (_FIRST_ROWS, None):",
        "for rows in (_FIRST_ROWS,):",
        f"{_CELLS}::test_behind_the_first_rows_a_cell_still_decides",
    ),
    Fault("etl_batch.queries.plain_words.in_plain_words", 'said.replace(path, "the file")', "said", _WORDS),
    Fault("etl_batch.queries.answer_text._csv_cells", "csv_cell(text) for", 'text or "" for', _TEXT),
    Fault("etl_batch.queries.row_look._condition", "unquote(column)", "column", _TERMS),
    Fault("etl_batch.queries.look_terms._term", " AND NOT isnan({name})", "", _TERMS),
    Fault("etl_batch.queries.look_terms.sql_of", "if is_float and look.descending", "if False", _TERMS),
    Fault("etl_batch.queries.look_terms._literal", "DOUBLE' if", "FLOAT' if", _TERMS),
    Fault("etl_batch.queries.look_answer._Found._order", '("place", "ascending")', '("place", "descending")', _ARROW),
    Fault("etl_batch.queries.arrow_rows._placed", "first += batch.num_rows", "pass", _ARROW),
    Fault("etl_batch.queries.arrow_rows.ArrowRows._of_parquet", "first += rows", "pass", _ARROW),
    Fault("etl_batch.queries.arrow_rows._csv_batches", "ignore_empty_lines=False", "ignore_empty_lines=True", _ARROW),
    Fault("etl_batch.queries.arrow_rows._meant", "csv.escaped and", "False and", _LOOK),
    Fault("etl_batch.queries.cell_types._has_look", "if look not in MUST_BE_REAL:", "if True:", _LOOK),
    Fault(
        "pages.services.run_questions.RunQuestions._refuse_if_busy",
        "if key in running:",
        "if False:",
        f"{_QUESTIONS}::test_one_question_at_a_time_that_can_be_cancelled",
    ),
    Fault(
        "pages.services.run_questions.RunQuestions._hear",
        "self._there(actor, job, written)",
        "pass",
        f"{_QUESTIONS}::test_what_was_replaced_meanwhile_is_not_shown",
    ),
    Fault("pages.services.run_results.RunResults._ask", "ask(where, asked)", "ask(self.home, asked)", _SHARED),
    Fault(
        "pages.services.run_results.RunResults._read", "(job.job_id, where,", "(actor.name, job.job_id, where,", _SHARED
    ),
    Fault(
        "pages.services.run_results.RunResults.take",
        "permit(actor, Permission.DOWNLOAD_OUTPUTS)",
        "pass",
        f"{_ROWS}::test_who_may_take_nothing_away_sees_all_the_same",
    ),
    Fault(
        "pages.services.run_questions.RunQuestions.take",
        "permit(actor, Permission.DOWNLOAD_OUTPUTS)",
        "pass",
        f"{_QUESTIONS}::test_an_answer_is_taken_away_in_its_types_and_escaped",
    ),
    Fault(
        "etl_batch.queries.row_plot.bin_edges",
        "if first > low:",
        "if False:",
        f"{_PLOT}::test_no_rounding_leaves_the_least_value_out",
    ),
    Fault("etl_batch.queries.row_plot.bin_edges", 'side="right"', 'side="left"', f"{_PLOT}::test_bins_are_round"),
    Fault(
        "etl_batch.queries.row_plot._points",
        "points[(-number) % apart :: apart]",
        "points[::apart]",
        f"{_PLOT}::test_many_points_are_spread_over_all_rows",
    ),
    Fault(
        "etl_batch.queries.row_plot._bars",
        "-rows[text], text is None",
        "rows[text], text is None",
        f"{_PLOT}::test_conditions_hold_and_many_values_are_cut",
    ),
    Fault(
        "etl_batch.queries.row_plot._floats",
        "np.abs(found) < _GREATEST",
        "np.isfinite(found)",
        f"{_PLOT}::test_what_leaves_no_room_for_a_scale_is_left_out_and_counted",
    ),
    Fault(
        "pages.services.run_results.RunResults.look",
        "if not look.is_plain:",
        "if False:",
        f"{_ROWS}::test_a_look_is_one_entry_however_often_the_page_runs",
    ),
    Fault("etl_batch.queries.answer_text.unique_names", "while new in taken:", "while False:", _TEXT),
    Fault("etl_batch.jobs.saved_questions._refuse_others", "owner != actor.name and", "False and", _SAVED),
    Fault(
        "etl_batch.jobs.saved_questions.SavedQuestions.save",
        "elif len(rows) >= MOST_QUESTIONS:",
        "elif False:",
        f"{_SAVED}::test_there_are_not_endlessly_many",
    ),
    Fault("pages.services.profile_drift._shares", 'top.get("method") != "exact"', "False", _DRIFT),
    Fault("pages.services.profile_drift.share_moved", "apart / 2", "apart", _DRIFT),
    Fault("pages.services.profile_drift._of_column", "if this is None or other is None:", "if False:", _DRIFT),
    Fault(
        "pages.views.run_compare_tab.show_comparison",
        "if context.may(Permission.SEE_REPORTS):",
        "if True:",
        "tests/unit/pages/test_run_page.py::test_an_analyst_compares_what_columns_hold_and_no_options",
    ),
)

"""Joined inputs: which columns there are, what is nowhere, whose types they have, what is refused."""

from __future__ import annotations

from tests.mutants.fault import Fault

_NAMES = "tests/unit/formats/test_joined_columns.py"
_APART = "tests/acceptance/test_cells_of_each_file.py"
_JOINED = "tests/acceptance/test_joined_inputs.py"

FAULTS = (
    Fault("etl_batch.formats.joined_columns.joined_names", "if name in common", "", _NAMES),
    Fault("etl_batch.formats.joined_columns.joined_names", " or without is not None", "", _NAMES),
    Fault("etl_batch.formats.joined_columns.notes_of_join", "if name not in wanted", "if name in wanted", _NAMES),
    Fault(
        "etl_batch.formats.joined_source.JoinedBatch.shaped",
        "joined[one.origin].origin",
        "one.origin",
        f"{_JOINED}::test_the_other_flags_name_the_joined_columns",
    ),
    Fault(
        "etl_batch.formats.shaped_batch.no_values",
        "np.zeros(rows, dtype=np.uint8)",
        "np.ones(rows, dtype=np.uint8)",
        f"{_JOINED}::test_measures_of_a_csv_have_the_strata_of_a_parquet_file",
    ),
    Fault(
        "etl_batch.formats.joined_source.joined_sources",
        " | (added - its)",
        "",
        f"{_JOINED}::test_strata_and_measures_that_an_input_lacks_have_no_values_there",
    ),
    Fault(
        "etl_batch.formats.joined_source.joined_schema",
        "if ours.type != its.type:",
        "if False:",
        f"{_JOINED}::test_parquet_files_with_other_types_of_one_name_are_refused_with_both",
    ),
    Fault(
        "etl_batch.formats.csv.files_together.refuse_conflicts",
        "if looks & Class.TEXT",
        "if looks & ~Class.INTEGER",
        f"{_JOINED}::test_numbers_that_are_written_in_two_ways_are_no_conflict",
    ),
    Fault(
        "etl_batch.formats.csv.files_together.classes_together",
        "together.get(name, 0) | seen",
        "seen",
        f"{_JOINED}::test_numbers_that_are_written_in_two_ways_are_no_conflict",
    ),
    Fault(
        "etl_batch.formats.csv.csv_inputs._measured",
        ", *(given.names if given is not None else ())",
        "",
        f"{_JOINED}::test_measures_of_a_csv_have_the_strata_of_a_parquet_file",
    ),
    Fault(
        "etl_batch.formats.csv.read_as.readings_of",
        " if known.get(column.name) != column",
        "",
        f"{_JOINED}::test_how_each_was_read_and_each_column_once_stands_in_the_metadata",
    ),
    Fault(
        "etl_batch.formats.csv.meanings._judged",
        "[[*its]] if is_shared else [[at] for at in its]",
        "[[*its]]",
        f"{_APART}::test_a_german_file_a_plain_one_and_a_compressed_one",
    ),
    Fault(
        "etl_batch.formats.csv.meanings._judged",
        "                left = dict.fromkeys(its, said.plain(name))\n                break\n",
        "                left |= dict.fromkeys(group, said.plain(name))\n                continue\n",
        f"{_APART}::test_one_row_of_one_file_leaves_the_column_of_all_as_it_is",
    ),
    Fault(
        "etl_batch.formats.csv.proposals.written_apart",
        "if len(forms) != 1 or any(",
        "if not forms or any(",
        f"{_APART}::test_numbers_here_and_dates_there_are_text",
    ),
    Fault(
        "etl_batch.formats.csv.read_as.readings_of",
        "has_rules or not",
        "not",
        f"{_APART}::test_dates_in_two_orders_each_proved_by_its_file",
    ),
)

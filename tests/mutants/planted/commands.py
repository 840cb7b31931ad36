"""The command line: which command is meant, what is loaded for it, who refuses what."""

from __future__ import annotations

from tests.mutants.fault import Fault

_COMMANDS = "tests/unit/commands/test_command_table.py"
_FOREIGN = "tests/unit/project/test_foreign_names.py"

FAULTS = (
    Fault(
        "etl_batch.commands.command_table.CommandParser.parse_known_args",
        "if unknown:",
        "if unknown and self._table:",
        f"{_COMMANDS}::test_an_unknown_flag_is_refused_where_its_help_would_be",
    ),
    Fault(
        "etl_batch.commands.command_table.CommandParser.error",
        "if self._failed is None:",
        "if True:",
        f"{_COMMANDS}::test_an_unknown_flag_is_refused_where_its_help_would_be",
    ),
    Fault(
        "etl_batch.commands.command_table.CommandParser._load",
        "if name not in table.rows:",
        "if not any(row.startswith(name) for row in table.rows):",
        f"{_COMMANDS}::test_what_is_no_command_is_said_by_whose_command_it_is_not",
    ),
    Fault(
        "etl_batch.commands.command_table.CommandParser._load",
        "importlib.import_module(table.rows[name].module)",
        "[importlib.import_module(row.module) for row in table.rows.values()][list(table.rows).index(name)]",
        f"{_COMMANDS}::test_a_command_loads_no_other",
    ),
    Fault(
        "etl_batch.commands.command_table.Table.help_page",
        "if row.summary]",
        "]",
        f"{_COMMANDS}::test_the_help_lists_what_is_in_the_table",
    ),
    Fault(
        "etl_batch.commands.command_table.run_command",
        "except SystemExit as ended:",
        "except GeneratorExit as ended:",
        f"{_COMMANDS}::test_a_page_of_help_is_a_command_that_is_done",
    ),
    Fault(
        "etl_batch.commands.job_engine._is_started_by_supervisor",
        "descriptor > _STDERR and",
        "True or",
        f"{_COMMANDS}::test_nor_one_that_would_speak_into_a_file",
    ),
    Fault(
        "etl_batch.commands.job_supervisor.add_parser",
        r'add(prefix_chars="\0")',
        "add()",
        f"{_COMMANDS}::test_a_folder_may_be_called_as_a_flag",
    ),
    Fault(
        "auth.opening.is_streamlits_server",
        'startswith("starlette-app")',
        'startswith("starlette")',
        f"{_FOREIGN}::test_streamlit_says_who_started_the_server",
    ),
    Fault(
        "etl_batch.text.encodings.encoding_named",
        '"0".encode(name)',
        "pass",
        f"{_FOREIGN}::test_encodings_of_no_text_are_told_apart_by_python_itself",
    ),
    Fault(
        "etl_batch.text.encodings.encoding_named",
        "return None if codec.name",
        "return None if not codec._is_text_encoding or codec.name",
        f"{_FOREIGN}::test_private_names_of_others_are_those_that_are_listed",
    ),
)

"""`python -m etl_batch query`: an output asked in SQL."""

from __future__ import annotations

import argparse
from argparse import Namespace

from etl_batch.commands.command_console import Console, print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.looking_flags import add_looking_flags, config_to_look
from etl_batch.errors import ConfigError
from etl_batch.queries.answer_file import answer_place, put_answer
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.ask_sql import SqlAnswer, ask
from etl_batch.queries.sql_limits import MOST_ROWS, SECONDS

_EPILOG = f"""\
examples:
  %(prog)s output/data.csv "select product, sum(value) as total from data group by product order by total desc"
  %(prog)s output/data.parquet "select * from data where quantity > 100" --format csv --output output/large.csv

SQL is one SELECT over the table `data`, as DuckDB has it. FILE is an output of a job, CSV (compressed, too) or Parquet,
or a folder of its parts. A process answers that can reach nothing else, within {SECONDS:g} s; of more than
{MOST_ROWS:,} rows it gives the first, and says so. Every question is an entry of the audit log.
"""  # noqa: S608 - examples
_FORMS = [str(form) for form in AnswerForm if form is not AnswerForm.CELLS]


def add_parser(add: AddParser) -> None:
    """Add the parser of `query`."""
    parser = add(description="Ask an output in SQL: one SELECT over the table `data`.", epilog=_EPILOG)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", metavar="FILE", help="an output, CSV or Parquet, or a folder of its parts")
    parser.add_argument("sql", metavar="SQL", help="one SELECT over the table `data`")
    parser.add_argument(
        "--format", choices=_FORMS, metavar="NAME", help=f"of the rows: {', '.join(_FORMS)} (by --output, else json)"
    )
    parser.add_argument("--output", metavar="PATH", help="the file that the rows go to (standard output)")
    add_looking_flags(parser, {})
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the rows, or write them."""
    config = config_to_look(flags, flags.file, {})
    form = _form(flags)
    target = None if flags.output is None else answer_place(flags.output, form, config)
    if target is None and form is AnswerForm.PARQUET:
        raise ConfigError("Parquet is no text for a terminal", mend="say with --output where it goes")
    answer = ask(config.home, config.actor, flags.file, config.input_roots, (flags.sql, form))
    if target is None:
        print_result(answer.body.decode())
    else:
        put_answer(target, answer.body, config.home, config.actor, flags.file)
        print_result(f"{answer.rows:,} rows in {target.path}\n")
    for note in said_of(answer):
        Console().warn(note)


def said_of(answer: SqlAnswer) -> list[str]:
    """What a user should know of an answer."""
    cut = f"truncated: these are the first {answer.rows:,} rows, and there are more" if answer.truncated else ""
    return [note for note in (*answer.notes, cut) if note]


def _form(flags: Namespace) -> AnswerForm:
    """The form that was asked for, or that the output's name tells."""
    if flags.json:
        if flags.format not in {None, "json"}:
            raise ConfigError(f"--json and --format {flags.format} contradict each other", mend="give one of them")
        return AnswerForm.JSON
    if flags.format is not None:
        return AnswerForm(flags.format)
    ending = (flags.output or "").lower().rpartition(".")[2]
    return AnswerForm(ending) if ending in _FORMS else AnswerForm.JSON

"""`python -m etl_batch sniff`: what a text file seems to be, how sure that is, and what has to be asked."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from typing import Any

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.looking_flags import add_looking_flags, config_to_look
from etl_batch.commands.sniff_text import rows_as_written
from etl_batch.config import JobConfig
from etl_batch.errors import FormatExtension
from etl_batch.formats.recognition import recognised
from etl_batch.formats.unpacked_head import read_head
from etl_batch.options.input_reading import InputReading
from etl_batch.sniffing.finding import Finding, Sniffed, Value
from etl_batch.sniffing.in_words import render
from etl_batch.sniffing.sniff_file import sniff_file
from etl_batch.storage.roots import Place, place
from etl_batch.text.flag import flags_of


def add_parser(add: AddParser) -> None:
    """Add the parser of `sniff`."""
    parser = add(
        description="Say what a text file seems to be: its encoding, delimiter, quotes, titles, header and types, "
        "each with how sure that is and why, and the flags that answer what has to be asked; and show the first rows "
        "as a job writes them by the flags that are given."
    )
    parser.add_argument("file", metavar="FILE", help="a text file, whatever its name ends in")
    add_looking_flags(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print what was found."""
    config = config_to_look(flags, flags.file)
    where = place(config.inputs[0], config.input_roots)
    found = _answered(_found(where, config), config)
    if flags.json:
        print_result(json.dumps(found.as_json(), ensure_ascii=False) + "\n")
        return
    is_asked = any(question.of_structure for question in found.questions)
    print_result(render(found, flags.file) + ("" if is_asked or not found.findings else rows_as_written(where, config)))


def _answered(found: Sniffed, config: JobConfig) -> Sniffed:
    """The same without the questions that flags answer, and with what they say in the place of what was found."""
    given = {
        one.field: one.given(getattr(config, one.field))
        for one in flags_of(InputReading)
        if getattr(config, one.field) != one.default
    }
    findings = {
        name: Finding(_as_found(given[name]), 1.0, f"you said so; {one.evidence}") if name in given else one
        for name, one in found.findings.items()
    }
    questions = tuple(one for one in found.questions if one.about not in given)
    return replace(found, findings=findings, questions=questions)


def _as_found(given: Any) -> Value:  # noqa: ANN401 - any option
    """What somebody said, as sniffing has it."""
    words: dict[str, Value] = {"yes": True, "no": False, "none": None}
    return given if isinstance(given, bool | int) else words.get(str(given), str(given))


def _found(where: Place, config: JobConfig) -> Sniffed:
    """What the file is: of text all that can be told, also where nothing but the text says that it is one."""
    try:
        with read_head(where, config, config.member) as content:
            known = recognised(content, config)
    except FormatExtension:
        known = None
    if known is not None and not known.format.by_dialect:
        return Sniffed(known.format.called, {}, notes=(known.because or "its name says so",))
    return sniff_file(where, config.input_roots, config.member)

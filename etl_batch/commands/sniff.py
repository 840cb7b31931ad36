"""`python -m etl_batch sniff`: what a text file seems to be, how sure that is, and what has to be asked."""

from __future__ import annotations

import json
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots, home_folder, operator
from etl_batch.errors import FormatExtension
from etl_batch.formats.recognition import recognised
from etl_batch.formats.unpacked_head import read_head
from etl_batch.sniffing.finding import Sniffed
from etl_batch.sniffing.in_words import render
from etl_batch.sniffing.sniff_file import sniff_file
from etl_batch.storage.roots import Place, place


def add_parser(add: AddParser) -> None:
    """Add the parser of `sniff`."""
    parser = add(
        description="Say what a text file seems to be: its encoding, delimiter, quotes, titles, header and types, "
        "each with how sure that is and why, and the flags that answer what has to be asked."
    )
    parser.add_argument("file", metavar="FILE", help="a text file, whatever its name ends in")
    parser.add_argument("--member", metavar="PATTERN", help="which file of a .zip (the only one)")
    parser.add_argument(
        "--home", metavar="DIR", help="the folder with data/ and output/ (ETL_HOME, else the project's)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print what was found."""
    config = JobConfig(
        home=home_folder(flags.home),
        inputs=(flags.file,),
        actor=operator(None),
        output_csv="-",  # nothing is written
        member=flags.member,
        extra_input_roots=extra_input_roots(),
    )
    found = _found(place(config.inputs[0], config.input_roots), config)
    print_result(json.dumps(found.as_json(), ensure_ascii=False) + "\n" if flags.json else render(found, flags.file))


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

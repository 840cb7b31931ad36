"""What was written for a terminal, in the words of a page: fields and buttons in the place of flags and commands. Pure.

Messages and hints come to a page as texts, from jobs and from processes that were asked: so it is the text that is
changed, by one rule, and the names of the fields are those of the form.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from etl_batch.errors import EtlError, every_error
from etl_batch.launch.options import INPUTS, job_options

#: flags that no field of the form stands for
_OTHERS: Mapping[str, str] = {
    "--resume": "Resume", "--check": "Check first", "--where": "Condition", "--error-within": "Error within",
    "--exact": "Exact: count every row", "--home": "ETL_HOME", "--shard": "a share", "--head": "A head that you kept",
    "--store-option": "the options of the store", "--overwrite": "Overwrite",
}  # fmt: skip
_FIELDS: Mapping[str, str] = {INPUTS: "Files and folders"}  #: where a page calls an option otherwise
#: commands, with what a page has for them; `python -m etl_batch` before them is optional
_COMMANDS: Mapping[str, str] = {
    "jobs list": "the page Runs",
    "jobs show": "the page of the run",
    "jobs again": '"Run again"',
    "jobs resume": '"Resume"',
    "jobs cancel": '"Cancel"',
    "audit verify": '"Verify the log" on the page Audit log',
    "audit head": '"Sign and show the head" on the page Audit log',
    "audit prove": "the command audit prove, on the machine itself",
    "estimate": "the command estimate, on the machine itself",
    "query": "the command query, on the machine itself",
    "layout": "the command layout, on the machine itself",
    "run": "the page Launch",
    "user": "the page Users",
    "demo-data": "the command demo-data, on the machine itself",
    "make setup": "the command make setup, on the machine itself",
    "make demo": "the command make demo, on the machine itself",
}
_HELP = re.compile(r"`[^`]*--help`|--help\b")
_QUOTED = re.compile(r"`(?:python -m etl_batch )?([^`]+)`")
_CHMOD = re.compile(r"\bchmod [0-7]{3} (\S+)")
#: a name in quotes is nobody's flag; a flag may be followed by one of its choices
_FLAG = re.compile(
    r"""(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)
      | (?:\bargument\ )? (?<![\w-]) (?:-[a-z]/)? (?P<flag>--?[a-z][a-z-]*) (?![\w-])
        (?:\ (?P<word>[a-z]+)(?![\w-]))?""",
    re.VERBOSE,
)


def on_page(text: str) -> str:
    """A message or a hint in the words of a page."""
    text = _HELP.sub("the help of the option, behind the question mark beside its name", text)
    text = _CHMOD.sub(r"close \1 to all others, on the machine itself", text)
    return _FLAG.sub(_field, _QUOTED.sub(_place, text))


def mend_on_page(error: EtlError) -> str:
    """What to do about an error, where it is read on a page; the instance may have added to what its class says."""
    for kind in every_error():
        if kind.code == error.code and kind.page_mend is not None and error.what_to_do.startswith(kind.mend):
            return kind.page_mend + on_page(error.what_to_do.removeprefix(kind.mend))
    return on_page(error.what_to_do)


def _place(found: re.Match[str]) -> str:
    return next((place for command, place in _COMMANDS.items() if found[1].startswith(command)), found[0])


def _field(found: re.Match[str]) -> str:
    labels, choices = _labels()
    flag, word = found["flag"], found["word"]
    if flag not in labels:
        return found[0]
    if word in choices.get(flag, ()):
        return f'"{labels[flag]}: {word}"'
    return f'"{labels[flag]}"' + (f" {word}" if word else "")


@functools.cache
def _labels() -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    """The name of each flag's field, short flags too, and the choices that it has."""
    labels, choices = dict(_OTHERS), {}
    for option in job_options():
        for flag in option.flags:
            labels[flag] = _FIELDS.get(option.name, option.label)
            choices[flag] = option.choices
    return labels, choices

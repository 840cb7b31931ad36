"""TOML and JSON that others wrote: bounded before they are parsed, so that neither time nor the stack runs away. Pure.

`tomllib` takes time that grows with the square of the parts of a dotted key and more, and much of it for every part of
a table's name, however short; both parsers recurse into what is nested. Within these bounds both take time in
proportion to the size.
"""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO

from etl_batch.values import MIB

MOST_TOML_BYTES = MIB
MOST_JSON_BYTES = 256 * MIB  #: metadata of many strata are tens of MB
MOST_KEY_PARTS = 8  #: of a dotted key; nothing of ours has more than two
#: dots, equals signs and opening brackets: so much for each part of a key, each table and each array. A layout of 5,000
#: fields with six keys each has 40,000
MOST_TOML_MARKS = 65_536
MOST_DEPTH = 64  #: of brackets and braces within each other

#: what decides where a key ends and how deep it is nested; strings and comments are passed over as TOML has them, and
#: what does not end, ends the document. No two ways lead through a text, so that none makes it look for long; groups
#: are not possessive, for CPython before 3.11.5 gets that wrong.
_TOML_TOKENS = re.compile(
    r'''
      (?P<passed>
          \#[^\n]*+
        | """[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*"{3,5}
        | \'\'\'[^']*+(?:'(?!\'\')[^']*+)*'{3,5}
        | "(?!"")[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*"
        | '(?!\'\')[^'\n]*+'
      )
    | (?P<unended>["'])
    | (?P<dot>\.)
    | (?P<opens>[\[{])
    | (?P<closes>[\]}])
    | (?P<equals>=)
    | (?P<between>[,\n])
    ''',
    re.VERBOSE | re.DOTALL,
)
_MARKS = ("dot", "opens", "equals")


class OutOfBounds(ValueError):
    """The document is larger, deeper or has longer or more keys than any of ours; it was not parsed."""


def toml_document(text: str) -> dict[str, Any]:
    """The values of a TOML document.

    Raises:
        OutOfBounds: it is too large, too deep, or has too many keys, or one of too many parts.
        ValueError: it is not TOML.
    """
    if len(text) > MOST_TOML_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_TOML_BYTES:
        raise OutOfBounds(f"it has more than {MOST_TOML_BYTES:,} bytes")
    _refuse_toml_bounds(text)
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:  # the stack of whoever asks may be deep already
        raise OutOfBounds("it is nested too deeply") from None


def toml_of_file(file: BinaryIO) -> dict[str, Any]:
    """The values of an open TOML file; no more of it is read than may be parsed.

    Raises:
        ValueError: as `toml_document`, or it is not UTF-8.
    """
    return toml_document(file.read(MOST_TOML_BYTES + 1).decode())


def json_document(data: str | bytes, most_bytes: int = MOST_JSON_BYTES) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a JSON document.

    Raises:
        OutOfBounds: it is too large, or nested too deeply.
        ValueError: it is not JSON.
    """
    if len(data) > most_bytes:
        raise OutOfBounds(f"it has more than {most_bytes:,} bytes")
    try:
        return json.loads(data)
    except RecursionError:
        raise OutOfBounds("it is nested too deeply") from None


def json_of_file(file: BinaryIO, most_bytes: int = MOST_JSON_BYTES) -> Any:  # noqa: ANN401 - any JSON value
    """The value of an open JSON file; no more of it is read than may be parsed.

    Raises:
        ValueError: as `json_document`.
    """
    return json_document(file.read(most_bytes + 1), most_bytes)


def _refuse_toml_bounds(text: str) -> None:
    parts, depth, marks = 1, 0, 0
    for token in _TOML_TOKENS.finditer(text):
        kind = token.lastgroup
        marks += kind in _MARKS
        if marks > MOST_TOML_MARKS:
            raise OutOfBounds("it has too many tables, keys and arrays")
        match kind:
            case "dot":
                parts += 1
                if parts > MOST_KEY_PARTS:
                    raise OutOfBounds(f"a key has more than {MOST_KEY_PARTS} parts")
            case "opens":
                parts, depth = 1, depth + 1
                if depth > MOST_DEPTH:
                    raise OutOfBounds("it is nested too deeply")
            case "closes":
                parts, depth = 1, max(depth - 1, 0)
            case "equals" | "between":
                parts = 1
            case "unended":
                return  # the parser goes no further, either

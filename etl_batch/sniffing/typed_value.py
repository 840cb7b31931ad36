"""How a property is said on the command line. Pure."""

from __future__ import annotations

from etl_batch.sniffing.finding import PROPERTIES, Value

_NAMED = {"\t": "tab", " ": "' '", "\u00a0": r"'\xa0'"}
#: of the properties that `run` is told; how lines end it finds by itself
FLAGS = {name: f"--{name.replace('_', '-')}" for name in PROPERTIES if name != "line_end"}


def flag_of(name: str, value: Value) -> str:
    """How a property is said: `--header no`."""
    return f"{FLAGS[name]} {typed_value(value)}"


def typed_value(value: Value) -> str:
    """A value as it is typed in a shell."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if text in _NAMED:
        return _NAMED[text]
    if not text.isprintable():
        return f"'{text.encode('unicode_escape').decode('ascii')}'"
    if text.replace("-", "").isalnum():
        return text
    return f'"{text}"' if "'" in text else f"'{text}'"

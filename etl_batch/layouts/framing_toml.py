"""How records follow each other, as a layout in TOML says it: read, and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from etl_batch.errors import ConfigError, LayoutInvalid
from etl_batch.layouts.framing import Framing, framing_of
from etl_batch.layouts.toml_values import refuse_unknown, shown
from etl_batch.options.record_framing import FIXED, RecordFormat, SaidLength, ShortRecords
from etl_batch.text.numbers import is_whole_number

FRAMING_KEYS = {"record_format", "rdw", "short_records"}
_ENDIAN = {"big": True, "little": False}
_NUMBERS = ("at", "bytes", "adjust", "head")
_SHORT = (str(ShortRecords.ERROR), str(ShortRecords.NULL))
_FORMATS = tuple(str(form) for form in RecordFormat if form not in {RecordFormat.AUTO, RecordFormat.TEXT})


def framing_in(document: Mapping[str, Any], where: str) -> Framing | None:
    """What a document says of how records follow each other; None: nothing.

    Args:
        document: the keys of the TOML document.
        where: its path, for messages.

    Raises:
        LayoutInvalid: naming the key that is wrong.
    """
    form = document.get("record_format")
    if form is None and not FRAMING_KEYS & document.keys():
        return None
    if form is not None and form not in _FORMATS:
        raise LayoutInvalid(f"{where}: record_format is {shown(form)}; give one of {', '.join(_FORMATS)}")
    short = document.get("short_records", str(ShortRecords.ERROR))
    if short not in _SHORT:
        raise LayoutInvalid(f"{where}: short_records is {shown(short)}; give {' or '.join(_SHORT)}")
    said = _said(document.get("rdw", {}), where)
    if form in FIXED and ("rdw" in document or "short_records" in document):
        raise LayoutInvalid(f"{where}: record_format is {form}, of which neither rdw nor short_records is said")
    return framing_of(RecordFormat(form or RecordFormat.V), said, ShortRecords(short))


def _said(table: object, where: str) -> SaidLength:
    if not isinstance(table, dict):
        raise LayoutInvalid(f"{where}: rdw is {shown(table)}; give rdw.endian, rdw.includes_itself and so on")
    here = f"{where}: rdw"
    refuse_unknown(table, {"endian", "includes_itself", *_NUMBERS}, here)
    endian, itself = table.get("endian"), table.get("includes_itself")
    if endian is not None and (not isinstance(endian, str) or endian not in _ENDIAN):
        raise LayoutInvalid(f"{here}.endian is {shown(endian)}; give 'big' or 'little'")
    if itself is not None and not isinstance(itself, bool):
        raise LayoutInvalid(f"{here}.includes_itself is {shown(itself)}; give true or false")
    numbers = {name: table[name] for name in _NUMBERS if name in table}
    for name, number in numbers.items():
        if not is_whole_number(number):
            raise LayoutInvalid(f"{here}.{name} is {shown(number)}; give a whole number")
    said = SaidLength(is_big=None if endian is None else _ENDIAN[endian], includes_itself=itself, **numbers)
    try:
        said.refuse_impossible(here)
    except ConfigError as error:
        raise LayoutInvalid(error.message) from None
    return said


def framing_lines(framing: Framing) -> Iterator[str]:
    """The keys of the document, but for those that are usual."""
    yield f'record_format = "{framing.format}"'
    usual = framing_of(framing.format, SaidLength(), ShortRecords.ERROR)
    if framing.is_big != usual.is_big:
        yield f'rdw.endian = "{"big" if framing.is_big else "little"}"'
    if framing.includes_itself != usual.includes_itself:
        yield f"rdw.includes_itself = {str(framing.includes_itself).lower()}"
    for name in _NUMBERS:
        if getattr(framing, name) != getattr(usual, name):
            yield f"rdw.{name} = {getattr(framing, name)}"
    if framing.short_records is not usual.short_records:
        yield f'short_records = "{framing.short_records}"'

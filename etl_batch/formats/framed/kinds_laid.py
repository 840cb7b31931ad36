"""Files of several types of records with each type as its records are laid out; of lines, as the first ones tell."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.record_kinds import kinds_of
from etl_batch.formats.framed.framed_input import FramedInput
from etl_batch.formats.framed.framed_kinds import FramedRecords
from etl_batch.formats.framed.framers import framer_of
from etl_batch.formats.framed.frames import Frames, Stretch
from etl_batch.formats.opening import Opening
from etl_batch.formats.unchanged import open_again
from etl_batch.layouts.first_lines import MOST_LINES, told_of_lines
from etl_batch.layouts.laid_types import laid_types
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.lines import Lines
from etl_batch.values import KIB

_HEAD_BYTES = 256 * KIB


def with_types_laid(source: BinaryInput | FramedInput, opening: Opening) -> BinaryInput | FramedInput:
    """An input whose types of records, if it has several, are laid out as its records are."""
    if isinstance(source, BinaryInput):
        return replace(source, layout=laid_types(source.layout)) if source.layout.records else source
    layout = source.layout
    if not layout.records:
        return source
    if layout.lines is not None:
        count = source.rows if source.is_whole else 0
        layout, notes = told_types(layout, layout.lines, _first_frames(source, layout.lines), source.widest, count)
        for note in notes:
            opening.tell(f"{source.place.path}, {note}")
    return replace(source, file=replace(source.file, layout=laid_types(layout, source.widest)))


def _first_frames(source: FramedInput, lines: Lines) -> Frames:
    layout = source.layout
    start, end = layout.header_bytes, source.identity.size - layout.trailer_bytes
    descriptor = open_again(source.place)
    try:
        head = os.pread(descriptor, min(_HEAD_BYTES, end - start), start)
    finally:
        os.close(descriptor)
    return framer_of(lines).find(Stretch(np.frombuffer(head, np.uint8), start, end, first=start)).frames


def told_types(layout: Layout, lines: Lines, first: Frames, widest: int, count: int) -> tuple[Layout, list[str]]:
    """A layout of several types of lines with what the first lines of each type tell of the others, and notes.

    Args:
        layout: of the file.
        lines: how its lines are.
        first: the first of them.
        widest: bytes of the widest character, see `laid_types`.
        count: lines of the file; 0: which is the last is not known.
    """
    records = FramedRecords(first, laid_types(layout, widest))
    kinds = kinds_of(records.layout.records, records, 0, count).kinds
    types, notes = [], list[str]()
    for number, kind in enumerate(layout.records):
        own = np.flatnonzero(kinds == number)[:MOST_LINES].tolist()
        told = told_of_lines(kind.layout, lines, [first.raw(place) for place in own])
        notes += [f"record {kind.name}: {note}" for note in told.notes]
        types.append(replace(kind, layout=told.layout))
    return replace(layout, records=tuple(types)), notes

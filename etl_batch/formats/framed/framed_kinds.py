"""Records of several types and of unequal length: those of a span, each laid out by the layout of its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.arranged import Arranged
from etl_batch.formats.binary.kind_records import Named, Places
from etl_batch.formats.binary.records import Records
from etl_batch.formats.framed.arranging import arranged, beginnings
from etl_batch.formats.framed.frames import Frames, Stretch
from etl_batch.formats.framed.line_arranging import blank_of, laid_out
from etl_batch.kernels.columns import Array
from etl_batch.layouts.occurrences import every_field
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import Span

if TYPE_CHECKING:
    from etl_batch.formats.binary.binary_input import BinaryInput
    from etl_batch.layouts.counted_walk import ByCounts
    from etl_batch.layouts.framing import Framing
    from etl_batch.layouts.layout import Field, Layout
    from etl_batch.layouts.lines import Lines


@dataclass(frozen=True, slots=True)
class FramedSpan:
    """See `KindSpan`."""

    file: BinaryInput
    framing: Framing | Lines | ByCounts
    span: Span
    first: int | None  #: where its first record begins; None: behind one of the span before
    reach: int  #: up to where bytes belong to its records

    @property
    def layout(self) -> Layout:
        """See `KindSpan.layout`."""
        return self.file.layout

    @property
    def files(self) -> Sequence[NeededFile]:
        """See `KindSpan.files`."""
        return self.file.files

    def frames(self) -> Frames:
        """Its records, where they are.

        Raises:
            InputChanged: the file is not what it was when the job was planned.
        """
        from etl_batch.formats.binary.record_reader import mapped_span
        from etl_batch.formats.framed.framers import framer_of

        content = mapped_span(self.file, replace(self.span, stop=self.reach))
        stretch = Stretch(content, self.span.start, self.reach, self.first, until=self.span.stop)
        return framer_of(self.framing).find(stretch).frames

    @contextmanager
    def read(self) -> Iterator[FramedRecords]:
        """See `KindSpan.read`."""
        yield FramedRecords(self.frames(), self.layout)


@dataclass(frozen=True, slots=True)
class FramedRecords:
    """See `KindRecords`."""

    frames: Frames
    layout: Layout  #: of the file
    _laid: dict[object, Array] = field(default_factory=dict)  #: what conditions were asked of

    @property
    def count(self) -> int:
        """See `KindRecords.count`."""
        return self.frames.count

    @property
    def lengths(self) -> npt.NDArray[np.uint32]:
        """See `KindRecords.lengths`."""
        return self.frames.lengths

    @property
    def is_padded(self) -> bool:
        """See `KindRecords.is_padded`."""
        return self.layout.lines is not None

    @property
    def problems(self) -> Mapping[int, str]:
        """See `KindRecords.problems`."""
        return self.frames.reasons

    def compared(self, named: Mapping[str, Named]) -> tuple[Records, Mapping[str, Field]]:
        """See `KindRecords.compared`: the beginnings of all; where characters are counted, field by field."""
        if not any(one.layout.lines and one.layout.lines.characters for one in named.values()):
            asked = [field for one in named.values() for field in _asked_with(one.field)]
            size = max((field.offset + field.length for field in asked), default=1)
            fields = {name: _without_length(one.field) for name, one in named.items()}
            return Records(self._beginnings(size)), fields
        cells = [self._cells(one) for one in named.values()]
        offsets = np.cumsum([0, *(its.shape[1] for its in cells)]).tolist()
        fields = {name: replace(one.field, offset=at) for (name, one), at in zip(named.items(), offsets, strict=False)}
        return Records(np.hstack(cells)), fields

    def _beginnings(self, size: int) -> Array:
        found = self._laid.get(size)
        if found is None:
            padding = 0 if self.layout.lines is None else blank_of(self.layout)
            found = self._laid[size] = beginnings(self.frames, size, padding)
        return found

    def _cells(self, named: Named) -> Array:
        """A field of all lines, shape (lines, bytes), whatever else is wrong with them."""
        lines = named.layout.lines
        if lines is None:
            raise TypeError("characters are counted in lines alone")
        columns = lines.characters[[*every_field(named.layout.fields)].index(named.field)]
        alone = replace(named.field, offset=0)
        found = self._laid.get((columns, alone))
        if found is None:
            layout = replace(named.layout, record_size=alone.length, fields=(alone,))
            lines = replace(lines, whole=(), is_open=True, characters=(columns,))
            found = self._laid[columns, alone] = laid_out(self.frames, layout, lines)[0]
        return found

    def arranged(self, places: Places, layout: Layout) -> Arranged:
        """See `KindRecords.arranged`."""
        return arranged(_some(self.frames, places), layout)

    @property
    def lying(self) -> Frames:
        """See `KindRecords.lying`."""
        return self.frames


def _asked_with(field: Field) -> tuple[Field, ...]:
    """A field, and those by which it is known in which records it is read."""
    return (field,) if field.when is None else (field, *(its for one in field.when.fields for its in _asked_with(one)))


def _without_length(field: Field) -> Field:
    """A field of beginnings, behind which no length stands: what has ended before it `Stretch.has` tells."""
    if field.when is None:
        return replace(field, length_at=None)
    when = replace(field.when, fields=tuple(map(_without_length, field.when.fields)))
    return replace(field, length_at=None, when=when)


def _some(frames: Frames, places: Places) -> Frames:
    """Some of them, of which all are records."""
    return Frames(frames.content, frames.offsets[places], frames.lengths[places], frames.places[places])

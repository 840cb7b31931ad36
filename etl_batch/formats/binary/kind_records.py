"""What several types of records ask of a file, whatever tells its records from each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.arranged import Arranged, Lying
from etl_batch.formats.binary.records import Records
from etl_batch.formats.format import Source
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import Span

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field, Layout

Places = npt.NDArray[np.int64]  # shape (records,): of some among those of a span, from 0


@dataclass(frozen=True, slots=True)
class Named:
    """A field that a condition is about."""

    field: Field
    layout: Layout  #: of the records that it is a field of


class KindRecords(Protocol):
    """All records of a span, of whatever type."""

    @property
    def count(self) -> int:
        """How many."""

    @property
    def lengths(self) -> npt.NDArray[np.uint32] | None:
        """Bytes of each as it stands in the file; None: all are alike."""

    @property
    def is_padded(self) -> bool:
        """Whether what one lacks at its end is blanks, and no missing field."""

    @property
    def problems(self) -> Mapping[int, str]:
        """What is wrong with those that are no records, by their places."""

    def compared(self, named: Mapping[str, Named]) -> tuple[Records, Mapping[str, Field]]:
        """All of them, laid out with some fields at least, and where these are in them."""

    def arranged(self, places: Places, layout: Layout) -> Arranged:
        """Some of them, laid out by the layout of their type."""

    @property
    def lying(self) -> Lying:
        """Where they lie."""


class KindSpan(Protocol):
    """A span that is to be read; it travels to a worker, and holds nothing of other spans."""

    @property
    def span(self) -> Span:
        """Which."""

    @property
    def layout(self) -> Layout:
        """Of the file, with all types."""

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs."""

    def read(self) -> AbstractContextManager[KindRecords]:
        """Its records; InputChanged: the file is not what it was when the job was planned."""


class KindFile(Source, Protocol):
    """A file of several types of records, whose types are laid out as its records are (`laid_types`)."""

    @property
    def layout(self) -> Layout:
        """With all types."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left behind its last record that cannot be told."""

    def kind_span(self, span: Span) -> KindSpan:
        """One of its spans, by itself."""

"""Files whose records become the rows of several tables: their sources, and the formats that make them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from etl_batch.formats.format import Source
from etl_batch.formats.opening import Opening


class FromRecords(ABC):
    """A source of which a row is not one of the records of its file."""

    whole: Source  #: its file, of which each row is a record

    @property
    def records(self) -> int:
        """All whole records of its file, whatever rows they become."""
        return self.whole.rows


class OfTable(FromRecords):
    """A source of the rows of one of several tables."""

    @property
    @abstractmethod
    def table(self) -> str | None:
        """The name of the table; None: its rows are in none, and all set aside."""


class IntoTables(ABC):
    """A format whose inputs may hold the rows of several tables."""

    @abstractmethod
    def tables(self, sources: Sequence[Source], opening: Opening) -> Sequence[Source]:
        """All inputs of a job as sources of its tables (`OfTable`), table by table; none: there is one table.

        Args:
            sources: the inputs, of whatever format.
            opening: as they were opened.

        Raises:
            Refused: a record is of no type, and is not to be set aside; or the inputs do not go together.
        """

"""What becomes of a table in a record (OCCURS), as far as anybody says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass


class Occurs(StrEnum):
    """What the occurrences of a table become."""

    COLUMNS = "columns"  #: a column each
    ROWS = "rows"  #: a row each, in which the other fields of the record are repeated
    LIST = "list"  #: one value


def plain_name(name: str) -> str:
    """The name of a table, in the letters in which names are compared: those of copybooks have hyphens."""
    return name.upper().replace("-", "_")


@dataclass(frozen=True, slots=True)
class SaidOccurs:
    """What somebody said of the tables of a record."""

    every: Occurs | None = None  #: of all that have no word of their own; None: nothing
    named: Mapping[str, Occurs] = field(default_factory=dict)  #: by their names, in capital letters

    @classmethod
    def parse(cls, given: Sequence[str]) -> SaidOccurs:
        """Of `rows`, or `ITEM=rows`, each of which may be said several times.

        Raises:
            ConfigError: it is nothing of the kind, or said twice.
        """
        every: Occurs | None = None
        named: dict[str, Occurs] = {}
        for one in given:
            name, mark, word = (part.strip() for part in one.rpartition("="))
            if word not in set(Occurs) or (mark and not name):
                raise ConfigError(
                    f"--occurs is {one!r}", mend="give columns, rows or list, or the same of one table: ITEM=rows"
                )
            key = plain_name(name)
            if key in named or (not name and every is not None):
                raise ConfigError(f"--occurs says twice what {name or 'every table'} becomes", mend="say it once")
            if name:
                named[key] = Occurs(word)
            else:
                every = Occurs(word)
        return cls(every, named)

    def of(self, name: str, stated: Occurs | None = None) -> Occurs:
        """What a table becomes.

        Args:
            name: of it.
            stated: what its layout says; None: nothing.
        """
        return self.named.get(plain_name(name)) or self.every or stated or Occurs.COLUMNS

    def names(self, name: str) -> bool:
        """Whether a table has a word of its own."""
        return plain_name(name) in self.named

    def among(self, tables: Iterable[str]) -> SaidOccurs:
        """What of it is said of these tables."""
        kept = set(map(plain_name, tables))
        return SaidOccurs(self.every, {name: word for name, word in self.named.items() if name in kept})


NOTHING_SAID = SaidOccurs()

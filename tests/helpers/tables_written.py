"""Records with a table (OCCURS) as a slow, obvious program writes them, with the rows that they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

WIDTH = 3  #: characters of each field
_FILLER = "##"


@dataclass(frozen=True)
class Record:
    """One record: texts before the table, of each occurrence, behind it; None: a number that is none."""

    before: tuple[Any, ...]
    items: tuple[tuple[Any, ...], ...]
    behind: tuple[Any, ...]

    @property
    def text(self) -> str:
        """As it stands in a file: numbers at the end of their fields, a filler behind each occurrence."""
        items = "".join(_text(item) + _FILLER for item in self.items)
        return _text(self.before) + items + _text(self.behind)

    def rows(self) -> list[tuple[Any, ...] | None]:
        """A row of each occurrence; None: it is bad."""
        whole = (*self.before, *self.behind)
        return [
            None if None in (*whole, *item) else (*self.before, number, *item, *self.behind)
            for number, item in enumerate(self.items, start=1)
        ]


@dataclass(frozen=True)
class Tables:
    """A file of such records."""

    before: str  #: a letter for each field: s, a text; n, a number
    item: str
    behind: str
    times: int
    inner: int  #: times that the last field of an occurrence is there in it; 1: it is no table
    records: tuple[Record, ...]
    is_wide: bool = False  #: letters of several bytes

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        *first, last = [f"i{place}" for place in range(len(self.item))]
        inner = [f"{last}_{number + 1}" for number in range(self.inner)] if self.inner > 1 else [last]
        before = [f"b{place}" for place in range(len(self.before))]
        return [*before, "T_number", *first, *inner, *(f"e{place}" for place in range(len(self.behind)))]

    def toml(self, head: str = "", occurs: str = "rows") -> str:
        """Its layout."""
        fields = [_field("field", f"b{place}", kind) for place, kind in enumerate(self.before)]
        fields.append(f'[[field]]\nname = "T"\ntimes = {self.times}\noccurs = "{occurs}"\nlength = {self.step}\n')
        fields += [_field("field.field", f"i{place}", kind) for place, kind in enumerate(self.item)]
        fields[-1] += f"times = {self.inner}\n" if self.inner > 1 else ""
        fields += [_field("field", f"e{place}", kind) for place, kind in enumerate(self.behind)]
        return head + "".join(fields)

    @property
    def step(self) -> int:
        """Characters of an occurrence."""
        return WIDTH * (len(self.item) + self.inner - 1) + len(_FILLER)

    @property
    def size(self) -> int:
        """Characters of a record."""
        return WIDTH * (len(self.before) + len(self.behind)) + self.times * self.step


def _field(table: str, name: str, kind: str) -> str:
    what = '"str"' if kind == "s" else '"i16"\ntext = true'
    return f'[[{table}]]\nname = "{name}"\ntype = {what}\nlength = {WIDTH}\n'


def _text(values: tuple[Any, ...]) -> str:
    return "".join(
        "?x?" if value is None else value.ljust(WIDTH) if isinstance(value, str) else f"{value:{WIDTH}}"
        for value in values
    )


@st.composite
def tables(draw: st.DrawFn, *, wide: bool = False) -> Tables:
    """Any such file."""
    kinds = st.text("sn", max_size=3)
    before, item, behind = draw(kinds), draw(st.text("sn", min_size=1, max_size=3)), draw(kinds)
    times, inner = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    letters = "abÄ李" if wide else "ab"
    texts = st.text(letters, min_size=1, max_size=WIDTH)
    numbers = st.integers(-9, 999) if draw(st.booleans()) else st.none() | st.integers(-9, 999)

    def values(kinds: str) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.tuples(*(texts if kind == "s" else numbers for kind in kinds))

    whole = item + item[-1] * (inner - 1)
    record = st.builds(Record, values(before), st.tuples(*[values(whole)] * times), values(behind))
    made = draw(st.lists(record, min_size=1, max_size=12))
    return Tables(before, item, behind, times, inner, tuple(made), wide)

"""Items of a copybook that describe the same bytes as variants of a layout: which are read in which records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.condition_fields import found_name, settled
from etl_batch.layouts.condition_text import read_condition
from etl_batch.layouts.conditions import Comparison, Condition, Term
from etl_batch.layouts.copybook.book import Book
from etl_batch.layouts.layout import Field
from etl_batch.layouts.variants import Variant, with_when
from etl_batch.text.typed_options import ReadAs


def variants_of(book: Book, fields: Sequence[Field]) -> tuple[Variant, ...]:
    """The variants of a layout.

    Args:
        book: what it is made of.
        fields: of the layout.

    Raises:
        CopybookInvalid: a condition is none, or is about no item of the record.
    """
    by_name = {field.name: field for field in fields}
    found = tuple(_variants(book, by_name))
    try:
        with_when(fields, found)
    except ValueError as error:
        raise CopybookInvalid(
            f"{book.where}, as --variant says: {error}", mend="tell readings by items that are read in every record"
        ) from None
    return found


def _variants(book: Book, fields: Mapping[str, Field]) -> Iterator[Variant]:
    members: dict[tuple[int, str], dict[int, list[str]]] = {}
    for name, column in book.columns:
        for number, reading, suffix in column.readings:
            members.setdefault((number, suffix), {}).setdefault(reading, []).append(name)
    for (number, suffix), names in members.items():
        of = tuple(names.get(0, ()))
        for reading, said in enumerate(book.readings[number].said):
            if reading and said is not None and reading in names:
                yield Variant(of, tuple(names[reading]), _condition(said, suffix, fields, book.where))


def _condition(said: ReadAs, suffix: str, fields: Mapping[str, Field], where: str) -> Condition | None:
    """What tells the records; of a field in the same occurrence of a group as what is read."""
    if said.when is None:
        return None
    try:
        condition = read_condition(said.when)
        own = tuple(tuple(_of_occurrence(term, suffix, fields) for term in terms) for terms in condition.any_of)
        return settled(Condition(own), fields)
    except ValueError as error:
        raise CopybookInvalid(
            f"{where}: {said.use} is to be read in the place of {said.of} when {said.when}: {error}",
            mend="tell the records by items of the book, as in \"A: B when KIND = 'X'\"",
        ) from None


def _of_occurrence(term: Term, suffix: str, fields: Mapping[str, Field]) -> Term:
    if not isinstance(term, Comparison):
        raise ValueError(f"which reading holds is told by items of the record alone, and not by {term}")
    while suffix:
        try:
            return replace(term, name=found_name(term.name + suffix, fields))
        except ValueError:
            suffix = suffix.rpartition("_")[0]
    return term

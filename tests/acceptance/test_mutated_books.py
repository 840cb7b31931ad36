"""300 books and files of records with mistakes: each is read, or refused in a sentence; none takes long or breaks."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from functools import partial

import pytest

from etl_batch.errors import EtlError
from etl_batch.formats.described.layout_files import described
from etl_batch.options.input_reading import FloatFormat
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.storage.roots import place
from tests.conftest import Home
from tests.data_makers.cobol import values
from tests.data_makers.cobol.books import BOOKS, JUDGED

_LETTERS = "AZ09 .,;:'\"()=*-+/$\tVPSX\x00é\n"
_WORDS = (
    "PIC X", "COMP-3", "OCCURS 99999999 TIMES", "REDEFINES A", "COPY words.", "==", "01 Z.", "66 Q RENAMES A.", "SYNC",
    "DEPENDING ON A", "VALUE '", "EXEC SQL", "88 W VALUE 1.", "PIC 9(99)", "END-EXEC", "REPLACING",
)  # fmt: skip
_RECORDS = values.kept_records()


def mutated_book(seed: int) -> tuple[str, str]:
    """A book of those that are judged, with one to four mistakes."""
    chance = random.Random(seed)
    name = chance.choice(JUDGED).path
    text = (BOOKS / name).read_text()
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(text) + 1)
        end = min(at + chance.randrange(1, 12), len(text))
        between = (
            "", chance.choice(_LETTERS), text[at:end][::-1], f" {chance.choice(_WORDS)} ", 2 * text[at:end],
        )  # fmt: skip
        text = text[:at] + chance.choice(between) + (text[end:] if chance.random() < 0.9 else "")
    return name, text


def outcome(ask: Callable[[], object]) -> object:
    """What is found; or the error, which has to be a sentence."""
    try:
        return ask()
    except EtlError as error:
        found = error
    assert re.fullmatch(r"E_[A-Z_0-9]+", found.code)
    assert len(found.message) > 20
    assert len(found.what_to_do) > 10
    return found


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_mutated_books(home: Home, first: int) -> None:
    for part in (BOOKS / "source").iterdir():
        (home.data / part.name).write_text(part.read_text())
    refused = 0
    for seed in range(first, first + 50):
        name, text = mutated_book(seed)
        (home.data / "mutated.cpy").write_text(text)
        began = time.process_time()
        book, config = place(home.data / "mutated.cpy", [home.data]), home.config(home.data / "none")
        found = outcome(partial(described, book, None, config))
        refused += isinstance(found, EtlError)
        assert time.process_time() - began < 10, (seed, name)
    assert 10 < refused < 50, "some are still sound, and most are not"


def mutated_records(seed: int) -> bytes:
    """The records of a COBOL program, with one to four mistakes."""
    chance = random.Random(seed)
    raw = bytearray(_RECORDS)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(raw) + 1)
        end = min(at + chance.randrange(1, 300), len(raw))
        length = end - at
        raw[at:end] = chance.choice((
            b"", chance.randbytes(length), b"\x15\x25", b"\xef\xbf\xbd", bytes(length), b"\xff" * length,
            b" " * length, b"\r\n",
        ))  # fmt: skip
    return bytes(raw)


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_mutated_files_of_records(home: Home, first: int) -> None:
    (home.data / "values.cpy").write_text(values.book())
    book, refused = place(home.data / "values.cpy", [home.data]), 0
    for seed in range(first, first + 25):
        data = home.put("mutated.dat", mutated_records(seed))
        config = home.config(data, floats=FloatFormat.IEEE_LITTLE)
        refused += isinstance(outcome(partial(described, book, place(data, [home.data]), config)), EtlError)
    assert refused < 25, "some are told all the same"


def test_and_checks_of_such_files_end_in_words(home: Home) -> None:
    (home.data / "values.cpy").write_text(values.book())
    found = []
    for seed in range(4):
        data = home.put("mutated.dat", mutated_records(seed))
        layout = str(home.data / "values.cpy")
        config = home.config(data, layout=layout, encoding="ascii", floats=FloatFormat.IEEE_LITTLE)
        found.append(outcome(partial(dry_run, config)))
    assert any(isinstance(one, EtlError) for one in found)

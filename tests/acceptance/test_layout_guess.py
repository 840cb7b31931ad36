"""`layout guess FILE`: the lengths that records may have, with the evidence, within a second for any size."""

from __future__ import annotations

import json
import os
import random
import time

import pytest

from etl_batch import __main__ as all_commands
from etl_batch.formats.described.guessing import guessed_layout, guessed_lengths
from etl_batch.storage.roots import place
from tests.conftest import Command, Home
from tests.data_makers.cobol import values

KEPT = values.kept_records()
SIZE = len(KEPT) // 6
RECORDS = b"".join(KEPT[at * SIZE : at * SIZE + SIZE] for at in random.Random(5).choices(range(6), k=600))


def test_the_command_names_the_length_and_says_why(home: Home, command: Command) -> None:
    data = home.put("CUSTDATA.PS", RECORDS)
    done = command("-m", "etl_batch", "layout", "guess", data)
    assert done.code == 0, done.err
    assert done.out.splitlines()[0].startswith(f"{SIZE} bytes (0.")
    assert "; the file is 600 of them" in done.out.splitlines()[0]
    found = command("-m", "etl_batch", "layout", "guess", data, "--json").json()
    assert set(found["candidates"][0]) == {"record_size", "score", "reason"}
    assert found["candidates"][0]["record_size"] == SIZE


@pytest.mark.parametrize("size", [10 * 10**9])
def test_ten_gigabytes_take_no_longer(home: Home, size: int) -> None:
    """A file with holes: records where windows are read, and nothing between them."""
    data = home.data / "large.dat"
    size -= size % SIZE
    with data.open("wb") as file:
        os.ftruncate(file.fileno(), size)
        for at in range(4):
            file.seek((size // 3 * at) // SIZE * SIZE - (at == 3) * SIZE * 600)
            file.write(RECORDS)
    began = time.process_time()
    found = guessed_lengths(place(data, [home.data]))
    assert time.process_time() - began < 1.0
    assert found[0].record_size == SIZE
    assert f"the file is {size // SIZE:,} of them" in found[0].reason


def test_a_compressed_file_is_looked_into(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    import gzip

    data = home.put("CUSTDATA.gz", gzip.compress(RECORDS))
    assert all_commands.main(["layout", "guess", str(data), "--home", str(home.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["candidates"][0]["record_size"] == SIZE


def test_where_nothing_tells_it_that_is_said(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    data = home.put("zeros.dat", bytes(10_000))
    assert all_commands.main(["layout", "guess", str(data), "--home", str(home.path)]) == 0
    assert "nothing repeats by which the length of its records could be told" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [(("guess", "nothing.dat"), "E_EMPTY"), (("gess", "nothing.dat"), "E_CONFIG"), (("guess", "none"), "E_NOT_FOUND")],
)
def test_what_cannot_be_guessed_is_refused_in_words(
    home: Home, capsys: pytest.CaptureFixture[str], words: tuple[str, str], code: str
) -> None:
    home.put("nothing.dat", b"")
    assert all_commands.main(["layout", words[0], str(home.data / words[1]), "--home", str(home.path)]) == 2
    assert code in capsys.readouterr().err


def test_a_draft_by_a_length_reads_the_file(home: Home) -> None:
    data = home.put("x.bin", RECORDS)
    draft = guessed_layout(place(data, [home.data]), SIZE)
    assert draft.layout("draft").record_size == SIZE
    assert draft.fields[0].type == "str"

"""The UTF-8 copy of a CSV in another encoding: the same text, and every place of it found again in the original."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.transcoded import ResumeMark, Transcoded, Transcoder
from etl_batch.formats.csv.transcoding import utf8_copy
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import place
from tests.conftest import Home
from tests.helpers.chance import examples

ENCODINGS = ("latin-1", "cp1252", "cp037", "utf-16", "utf-16-le", "utf-32", "shift_jis", "gb18030", "iso2022_jp")


def _places(text: str, encoding: str) -> list[tuple[int, int]]:
    """Of each character, where it starts in the copy and in the original (a byte order mark belongs to the first)."""
    whole = [len(text[:end].encode(encoding)) for end in range(len(text) + 1)]
    return [(len(text[:end].encode()), whole[end]) for end in range(1, len(text) + 1)]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le", "shift_jis", "gb18030"])
@settings(max_examples=examples(60), deadline=None)
@given(text=st.text(st.sampled_from('ab;"\n1日é'), max_size=40))
def test_every_place_is_found_again(tmp_path_factory: pytest.TempPathFactory, encoding: str, text: str) -> None:
    text = text.encode(encoding, "ignore").decode(encoding)
    original = tmp_path_factory.mktemp("data") / "a.csv"
    original.write_bytes(text.encode(encoding))
    identity = FileIdentity(0, 0, 0, 0)
    transcoder = Transcoder(encoding)
    cut = len(text) // 2
    head = transcoder(text[:cut].encode(encoding))
    marks = (ResumeMark(0, 0, (b"", 0)), ResumeMark(len(text[:cut].encode(encoding)), len(head), (b"", 0)))
    copy = Transcoded(os.getpid(), -1, identity, encoding, marks)
    expected = _places(text, encoding)
    where = place(str(original), [original.parent])
    assert list(copy.originals(where, [here for here, _ in expected])) == [there for _, there in expected]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_copy_says_the_same_and_leaves_no_file(home: Home, encoding: str) -> None:
    text = "id,name\n" + "".join(f"{number},Aé{number}\n" for number in range(1000))
    text = text.encode(encoding, "ignore").decode(encoding)
    original = home.put("a.csv", text.encode(encoding))
    config = home.config(original)
    with utf8_copy(place(str(original), [home.data]), config, encoding) as copy:
        assert os.listdir(home.output) == []  # noqa: PTH208
        with os.fdopen(copy.open(), "rb") as file:
            assert file.read().decode().removeprefix("\ufeff") == text
    assert os.listdir(home.output) == []  # noqa: PTH208


def test_bytes_that_are_not_of_the_encoding_are_no_utf8(home: Home) -> None:
    original = home.put("a.csv", b"id\n\x81\n2\n")
    with (
        utf8_copy(place(str(original), [home.data]), home.config(original), "cp1252") as copy,
        os.fdopen(copy.open(), "rb") as file,
    ):
        content = file.read()
    with pytest.raises(UnicodeDecodeError):
        content.decode()
    assert content.endswith(b"\n2\n")


def test_a_file_of_megabytes_keeps_its_characters_whole(home: Home, tmp_path: Path) -> None:
    text = "日本" * 700_000
    original = home.put("a.csv", text.encode("utf-16"))
    with (
        utf8_copy(place(str(original), [home.data]), home.config(original), "utf-16") as copy,
        os.fdopen(copy.open(), "rb") as file,
    ):
        assert file.read().decode() == text
    assert not list(tmp_path.glob("**/.utf8*"))

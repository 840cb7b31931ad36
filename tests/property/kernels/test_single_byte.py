"""Texts of encodings of one byte a character: what the kernel writes is what Python's decoder says of each byte."""

from __future__ import annotations

import codecs
from encodings.aliases import aliases

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.transcoded import Transcoder
from etl_batch.formats.single_byte import SingleByteText
from etl_batch.kernels.single_byte import BYTES_OF_CODE, ROOM_BEHIND, write_utf8
from etl_batch.text.encodings import encoding_named, is_utf8
from tests.helpers.chance import examples
from tests.helpers.guarded_memory import guarded

MARK = "\udcff".encode("utf-8", "surrogatepass")
NAMES = sorted({name for name in map(encoding_named, {*aliases, *aliases.values()}) if name and not is_utf8(name)})
_UNTOUCHED = 0xA5


def twin(encoding: str, content: bytes) -> bytes:
    """Each byte by itself; what is none of the encoding is marked."""
    return b"".join(bytes([byte]).decode(encoding, "replace").replace("\ufffd", "\udcff")
                    .encode("utf-8", "surrogatepass") for byte in content)  # fmt: skip


def written(encoding: str, content: bytes) -> bytes:
    """What the kernel writes; fails where it reads behind the text, or writes behind its room."""
    text = SingleByteText.of(codecs.lookup(encoding).name, MARK)
    assert text is not None
    source = guarded(content or b" ")[len(content) == 0 :]
    room = BYTES_OF_CODE * len(content) + ROOM_BEHIND
    out = np.full(room + 256, _UNTOUCHED, dtype=np.uint8)
    start, to = source.ctypes.data, out.ctypes.data
    end = int(write_utf8(start, start + len(content), text.table, text.holds_ascii, to))
    assert (out[room:] == _UNTOUCHED).all()
    return out[: end - to].tobytes()


#: long runs of ASCII, of what is none, and both by turns
texts = st.lists(
    st.one_of(
        st.binary(max_size=9),
        st.integers(0, 150).map(lambda count: b"x;1,5\n" * (count // 6) + b"y" * (count % 6)),
        st.integers(0, 90).map(lambda count: b"\xe4\x81\xfc" * count),
    ),
    max_size=8,
).map(b"".join)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp037", "cp1251", "koi8-r", "ascii", "iso8859-7"])
@settings(max_examples=examples(100), deadline=None)
@given(content=texts)
@example(content=b"a" * 63 + b"\xe4" + b"a" * 64 + b"\xe4")
@example(content=b"a" * 64 + b"\xe4" * 64 + b"a" * 63)
@example(content=b"\xe4" * 200)
def test_each_byte_becomes_what_it_stands_for(encoding: str, content: bytes) -> None:
    assert written(encoding, content) == twin(encoding, content)


@pytest.mark.parametrize("encoding", NAMES)
@pytest.mark.parametrize("final", [True, False])
def test_a_long_text_is_what_pythons_own_decoder_makes_of_it(encoding: str, *, final: bool) -> None:
    """Of every encoding that Python has, of one byte a character or of several."""
    content = ("Grüße; " * 1000).encode(encoding, "ignore") + bytes(range(256)) * 40
    decoder = codecs.getincrementaldecoder(encoding)("etl_batch.mark")
    transcoder = Transcoder(encoding)
    assert transcoder(content, final=final) == decoder.decode(content, final).encode("utf-8", "surrogatepass")
    assert transcoder.state == decoder.getstate()


def test_most_encodings_have_a_table() -> None:
    found = {name for name in NAMES if SingleByteText.of(name, MARK)}
    assert len(found) > 50
    assert {name for name in NAMES if name.startswith(("iso8859", "cp1", "mac", "koi8", "ascii"))} <= found

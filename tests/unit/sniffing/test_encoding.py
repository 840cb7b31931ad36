"""Encodings: what decides, and what is asked."""

from __future__ import annotations

import codecs

import pytest

from etl_batch.sniffing.encoding import find_encoding
from etl_batch.sniffing.line_end import find_line_end, with_lf
from etl_batch.sniffing.sample import head_text, later_texts
from etl_batch.sniffing.text_lines import text_lines
from tests.helpers.sniffed import sample

_TEXT = "id,name\n1,Käthe\n2,Jörg\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (_TEXT.encode(), "utf-8"),
        (b"id,name\n1,x\n", "utf-8"),
        (_TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (_TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + _TEXT.encode("utf-16-be"), "utf-16"),
        (_TEXT.encode("utf-32"), "utf-32"),
        (_TEXT.encode("utf-16-le"), "utf-16-le"),
        (_TEXT.encode("utf-16-be"), "utf-16-be"),
        (_TEXT.encode("utf-32-le"), "utf-32-le"),
        (_TEXT.encode("utf-32-be"), "utf-32-be"),
        ("名前,年\n山田,三\n田中,四\n".encode("utf-16-le"), "utf-16-le"),
        ("id;name\x851;Smith\x852;Jones\x85".encode("cp037"), "cp037"),
        ("id;name\n1;Smith\n2;Jones\n".encode("cp037"), "cp037"),
    ],
)
def test_what_the_bytes_prove_is_not_asked(content: bytes, encoding: str) -> None:
    found = find_encoding(sample(content))
    assert found is not None
    assert found.question is None
    assert (found.finding.value, found.read_as) == (encoding, encoding)
    assert content.decode(encoding).splitlines()[1].startswith(("1", "山"))


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03" * 50, b"PAR1\x00\x00abc\x07", bytes(range(256)) * 4])
def test_bytes_that_are_no_text(content: bytes) -> None:
    assert find_encoding(sample(content)) is None


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "cp1251", "koi8-r", "shift_jis", "latin-1", "cp1253"])
def test_a_text_of_8_bits_is_asked_and_its_encoding_is_among_the_suggestions(encoding: str) -> None:
    words = {"cp1251": "Привет мир", "koi8-r": "Привет мир", "shift_jis": "こんにちは世界", "cp1250": "Łódź žluť",
             "cp1253": "Καλημέρα κόσμε"}  # fmt: skip
    line = f"1;{words.get(encoding, 'Käse und Öl')};x"
    found = find_encoding(sample(f"id;text;x\n{line}\n{line}\n".encode(encoding)))
    assert found is not None
    assert found.finding.value is None
    assert found.question is not None
    rendered = {choice.gives[0][0] for choice in found.question.choices}
    assert line in rendered
    assert len(rendered) == len(found.question.choices) > 1
    assert all(choice.flag == f"--encoding {choice.value}" for choice in found.question.choices)


def test_the_commonest_encoding_is_offered_where_few_signs_tell_anything() -> None:
    """Of one and the same letter the guess makes anything: for `Öl` it had five others first."""
    lines = "".join(f"Öl {n % 4};{n};{n}.{n:03d},50;{1 + n % 28:02d}.01.2025\n" for n in range(1, 500))
    found = find_encoding(sample(f"product;quantity;value;Tag\n{lines}".encode("cp1252")))
    assert found is not None
    assert found.question is not None
    assert "cp1252" in [choice.value for choice in found.question.choices][:2]


def test_suggestions_that_show_the_same_are_one() -> None:
    found = find_encoding(sample("1;Käse\n".encode("cp1252")))
    assert found is not None
    assert found.question is not None
    assert [choice.value for choice in found.question.choices].count("cp1252") == 1
    assert not {"latin-1", "iso8859-15"} & {choice.value for choice in found.question.choices}


def test_code_pages_of_ebcdic_are_asked_where_the_text_shows_that_they_differ() -> None:
    found = find_encoding(sample("id;name\n1;[Smith]\n2;Jones\n".encode("cp037")))
    assert found is not None
    assert found.question is not None
    assert found.question.choices[0].value == "cp037"
    assert found.question.choices[0].gives == (("1;[Smith]",),)


def test_a_character_cut_by_a_piece_is_no_proof_against_utf8() -> None:
    content = ("ä" * 20 + "\n").encode() * 40
    for length in range(100, 108):
        found = find_encoding(sample(content, length=length, later=101))
        assert found is not None
        assert found.finding.value == "utf-8"


def test_a_byte_of_the_tail_alone_shows_that_it_is_not_utf8() -> None:
    found = find_encoding(sample(b"a,b\n" * 1000 + b"K\xe4se,x\n", length=500, later=100))
    assert found is not None
    assert found.question is not None
    assert found.question.choices[0].gives == (("Käse,x",),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_middle_and_tail_are_whole_lines(encoding: str) -> None:
    lines = [f"{n},Größe {n}" for n in range(300)]
    taken = sample("".join(f"{line}\r\n" for line in lines).encode(encoding), length=1000, later=400)
    assert taken.middle
    assert taken.tail
    texts = later_texts(taken, encoding)
    assert len(texts) == 2
    for text in texts:
        assert text
        assert set(text.split()) <= {word for line in lines for word in line.split()}
    assert texts[1].rstrip().endswith(lines[-1])
    assert head_text(taken, encoding).lstrip("\ufeff").startswith(lines[0])


@pytest.mark.parametrize(
    ("text", "name"),
    [("a\nb\n", "lf"), ("a\r\nb\r\n", "crlf"), ("a\rb\r", "cr"), ("a\r\nb\r\nc\n", "crlf"), ("a", "lf")],
)
def test_line_ends(text: str, name: str) -> None:
    found = find_line_end(text)
    assert found.value == name
    assert with_lf(text, name).split("\n")[0] == "a"


def test_nel_ends_lines_in_ebcdic_alone() -> None:
    assert find_line_end("a\x85b\x85", in_ebcdic=True).value == "nel"
    assert find_line_end("a\x85b\x85").value == "lf"
    assert with_lf("a\x85b\r\x85c", "nel") == "a\nb\nc"


def test_lines_have_no_ends_and_no_mark() -> None:
    lines = text_lines(sample("\ufeffa,b\r\n1,2\r\n".encode()), "utf-8")
    assert lines.head == ["a,b", "1,2"]
    assert lines.whole
    assert not lines.is_blank
    assert text_lines(sample(b" \n\n"), "utf-8").is_blank

"""A copybook in the place of a layout: from the command to the outputs, and what is told, asked and refused."""

from __future__ import annotations

import json
import struct
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl_batch import __main__ as all_commands
from etl_batch.errors import Ambiguous, CopybookInvalid, EtlError, LayoutInvalid, TruncatedRecord
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.formats.described.layout_files import described
from etl_batch.layouts.reading import parse_layout
from etl_batch.storage.roots import place
from tests.conftest import Command, Home
from tests.helpers.copybooks import packed, zoned

BOOK = """\
000100*--------------------------------------------------------------*  CUS00010
000200 01  CUSTOMER-RECORD.                                             CUS00020
000300     05  CUST-ID             PIC 9(8).                            CUS00030
000400     05  CUST-NAME           PIC X(20).                           CUS00040
000500     05  BALANCE             PIC S9(7)V99 COMP-3.                 CUS00050
000600     05  VISITS              PIC S9(4) COMP.                      CUS00060
000700     05  STATUS-CODE         PIC X.                               CUS00070
000800         88  ACTIVE          VALUE 'A'.                           CUS00080
000900     05  FILLER              PIC X(3).                            CUS00090
001000     05  MONTHS OCCURS 2 TIMES.                                   CUS00100
001100         10  AMOUNT          PIC S9(5)V99.                        CUS00110
001200         10  ORDERS          PIC 9(4) BINARY.                     CUS00120
"""
SIZE = 8 + 20 + 5 + 2 + 1 + 3 + 2 * (7 + 2)
NAMES = ["CUST_ID", "CUST_NAME", "BALANCE", "VISITS", "STATUS_CODE", "AMOUNT_1", "ORDERS_1", "AMOUNT_2", "ORDERS_2"]
CSV = """\
CUST_ID,CUST_NAME,BALANCE,VISITS,STATUS_CODE,AMOUNT_1,ORDERS_1,AMOUNT_2,ORDERS_2
1,ADA,-1.50,-1,A,0.10,0,-0.01,7
2,GRACE,3.00,-2,A,0.20,1,-0.02,7
3,EDSGER,-4.50,-3,A,0.30,2,-0.03,7
"""


def records(encoding: str = "cp037", names: tuple[str, ...] = ("ADA", "GRACE", "EDSGER")) -> list[bytes]:
    made = []
    for number, name in enumerate(names, start=1):
        record = zoned(Decimal(number), 8, 0, encoding, signed=False) + name.ljust(20).encode(encoding)
        record += packed(Decimal(number) * 3 / 2 * (-1) ** number, 9, 2, signed=True)
        record += struct.pack(">h", -number) + "A".encode(encoding) + "   ".encode(encoding)
        record += zoned(Decimal(number) / 10, 7, 2, encoding, signed=True) + struct.pack(">H", number - 1)
        record += zoned(Decimal(-number) / 100, 7, 2, encoding, signed=True) + struct.pack(">H", 7)
        made.append(record)
    assert {len(record) for record in made} == {SIZE}
    return made


def put(home: Home, content: bytes, book: str = BOOK, name: str = "CUSTDATA.PS") -> tuple[Path, str]:
    """A file of records, and the path of a book for them."""
    (home.data / "CVCUS01Y.cpy").write_text(book)
    return home.put(name, content), str(home.data / "CVCUS01Y.cpy")


def test_the_command_of_the_manual(home: Home, command: Command) -> None:
    put(home, b"".join(records()))
    done = command(
        "-m", "etl_batch", "run", "-i", home.data / "CUSTDATA.PS", "--layout", home.data / "CVCUS01Y.cpy",
        "-p", home.output / "cust.parquet", "-o", home.output / "cust.csv",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert (home.output / "cust.csv").read_text() == CSV
    rows = pq.read_table(home.output / "cust.parquet").to_pylist()
    assert rows[0] == dict(
        zip(NAMES, (1, "ADA", Decimal("-1.50"), -1, "A", Decimal("0.10"), 0, Decimal("-0.01"), 7), strict=True)
    )
    told = "the characters are EBCDIC (cp037), as"
    assert told in done.err
    metadata = json.loads((home.output / "cust.csv.meta.json").read_text())
    assert any(told in note for note in metadata["notes"])
    assert metadata["inputs"][0]["format"] == "bin"


def test_the_layout_command_prints_what_a_job_reads_the_same_by(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    data, book = put(home, b"".join(records()))
    assert all_commands.main(["layout", book, "-i", str(data), "--home", str(home.path)]) == 0
    printed = capsys.readouterr().out
    assert f"# made of {book}\n# {data}: the characters are EBCDIC (cp037), as" in printed
    assert "# line 7: STATUS-CODE PIC X\n# 88 ACTIVE: 'A'\n[[field]]\n" in printed
    assert "# bytes 36 to 38 are not read\n# line 11: AMOUNT PIC S9(5)V99\n" in printed
    found = described(place(book, [home.data]), None, home.config(data))
    assert parse_layout(printed, "printed") == found.layout
    (home.data / "CUSTDATA.layout.toml").write_text(printed)
    run(home.config(data))
    assert (home.output / "out.csv").read_text() == CSV


def test_and_as_json(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    data, book = put(home, b"".join(records()))
    assert all_commands.main(["layout", book, "--encoding", "cp273", "--home", str(home.path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["record_size"] == SIZE
    assert [field["name"] for field in found["fields"]] == NAMES
    assert found["fields"][2] == {"name": "BALANCE", "type": "packed(9,2)", "offset": 28, "length": 5}
    assert found["notes"] == ["the characters are cp273, as --encoding says"]
    assert 'encoding = "cp273"' in found["toml"]
    del data


def test_a_layout_of_ours_is_printed_as_it_stands(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    text = '# mine\nrecord_size = 2\n[[field]]\nname = "a"\ntype = "u16"\n'
    (home.data / "mine.toml").write_text(text)
    assert all_commands.main(["layout", str(home.data / "mine.toml"), "--home", str(home.path)]) == 0
    assert capsys.readouterr().out == text


def test_preview_and_estimate_read_by_it_too(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    data, book = put(home, b"".join(records()))
    assert all_commands.main(["preview", str(data), "--layout", book, "--home", str(home.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"][0][1]["cell"] == "ADA"
    answer = estimate_file(
        home.config(data, layout=book), Question(measures=("VISITS",), strata="STATUS_CODE", exact=True)
    )
    assert [float(total.total) for total in answer.estimates] == [-6.0]
    assert any("the characters are EBCDIC" in note for note in answer.notes)


@pytest.mark.parametrize("encoding", ["cp037", "ascii"])
def test_whether_characters_are_ebcdic_or_ascii_is_told_by_the_bytes(home: Home, encoding: str) -> None:
    data, book = put(home, b"".join(records(encoding)))
    result = run(home.config(data, layout=book))
    assert (home.output / "out.csv").read_text() == CSV
    assert any(f"({encoding})" in note or f"are {encoding}," in note for note in result.notes)


def test_and_utf_8_where_all_letters_beyond_ascii_are(home: Home) -> None:
    data, book = put(home, records("ascii")[0].replace(b"ADA   ", "ÄDÄ ".encode()))
    run(home.config(data, layout=book))
    assert "ÄDÄ" in (home.output / "out.csv").read_text()


def refusal(home: Home, content: bytes, book: str = BOOK, **more: object) -> EtlError:
    data, named = put(home, content, book)
    with pytest.raises(EtlError) as caught:
        run(home.config(data, layout=named, **more))
    assert not (home.output / "out.csv").exists()
    return caught.value


def test_letters_of_neither_are_asked_and_the_flag_answers(home: Home) -> None:
    content = b"".join(records("cp1252", ("ADA", "ÄDA", "ÖDA")))
    error = refusal(home, content)
    assert isinstance(error, Ambiguous)
    assert "its characters are ASCII, but b'\\xc4DA" in error.message
    assert "--encoding cp037" in error.what_to_do
    data, book = put(home, content)
    result = run(home.config(data, layout=book, encoding="cp1252"))
    assert ",ÄDA," in (home.output / "out.csv").read_text()
    assert "the characters are cp1252, as --encoding says" in result.notes


def test_bytes_that_tell_nothing_are_asked(home: Home) -> None:
    error = refusal(home, bytes(SIZE) * 4)
    assert isinstance(error, Ambiguous)
    assert (
        f"0 of {4 * 43} bytes of text and digits in its first 4 records are letters, digits and blanks of EBCDIC"
        in (error.message)
    )


@pytest.mark.parametrize(("byte", "said"), [(0xAD, "Ý in cp037, and [ in"), (0x5F, "¬ in cp037"), (0x9F, "euro sign")])
def test_a_byte_that_code_pages_of_ebcdic_read_otherwise_is_asked(home: Home, byte: int, said: str) -> None:
    record = records()[1]
    content = records()[0] + record[:10] + bytes([byte]) + record[11:]
    error = refusal(home, content)
    assert isinstance(error, Ambiguous)
    assert f"CUST-NAME of record 2 holds the byte 0x{byte:02X}" in error.message
    assert said in error.message
    data, book = put(home, content)
    run(home.config(data, layout=book, encoding="cp1140"))


def test_digits_alone_are_never_doubtful(home: Home) -> None:
    """The sign of a number lies over its last digit: 0x5F and the like are no text there."""
    data, book = put(home, b"\xf1\xf2\xb3\xc1" * 8, "       01 R.\n           05 N PIC S9(3).\n           05 T PIC X.")
    run(home.config(data, layout=book))
    assert (home.output / "out.csv").read_text() == "N,T\n" + "-123,A\n" * 8


@pytest.mark.parametrize(
    ("between", "mend"),
    [(b"\n", "FILLER PIC X(1) at the end"), (b"\r\n", "FILLER PIC X(2) at the end"), (b"\x15", "FILLER PIC X(1)")],
)
def test_line_ends_between_records_are_told_and_the_mend_reads_them(home: Home, between: bytes, mend: str) -> None:
    content = b"".join(record + between for record in records())
    error = refusal(home, content)
    assert isinstance(error, CopybookInvalid)
    assert f"behind every {SIZE} bytes of a record" in error.message
    assert mend in error.what_to_do
    data, book = put(home, content, BOOK + f"           05 FILLER PIC X({len(between)}).\n")
    run(home.config(data, layout=book))
    assert (home.output / "out.csv").read_text() == CSV


def test_lengths_in_front_of_records_may_be_items_of_the_book(home: Home) -> None:
    content = b"".join(struct.pack(">HH", SIZE + 4, 0) + record for record in records())
    first = "000210     05  FILLER PIC X(4).\n"
    at = BOOK.index("000300")
    for text in (BOOK, BOOK[:at] + first + BOOK[at:]):
        data, book = put(home, content, text)
        run(home.config(data, layout=book))
        assert (home.output / "out.csv").read_text() == CSV


def test_a_record_that_is_cut_off_is_refused_or_set_aside(home: Home) -> None:
    content = b"".join(records())[:-5]
    assert isinstance(refusal(home, content), TruncatedRecord)
    data, book = put(home, content)
    result = run(home.config(data, layout=book, on_bad_row="quarantine"))
    assert (result.rows_out, result.rows_quarantined) == (2, 1)


def test_a_blank_number_is_a_bad_row_that_names_the_item(home: Home) -> None:
    record = records()[1]
    error = refusal(home, records()[0] + record[:28] + b"\x40" * 5 + record[33:])
    assert "BALANCE" in error.message
    assert "a packed decimal has digits 0 to 9 and a sign of A to F" in error.message


@pytest.mark.parametrize(
    ("clause", "what"),
    [
        ("PIC 9(4) NATIONAL", "a number in characters of two bytes"),
        ("PIC G(4) DISPLAY-1", "text of two bytes a character"),
        ("PIC 9(17)PP COMP", "of more digits than are read"),
        ("PIC S9(38) COMP-3", "of more digits than are read"),
    ],
)
def test_what_the_engine_cannot_read_yet_is_said_with_its_place_and_what_to_do(
    home: Home, clause: str, what: str
) -> None:
    book = f"       01 R.\n           05 T PIC X(4).\n           05 N {clause}.\n"
    error = refusal(home, b"\xc1\xc2\xc3\xc4" * 9, book)
    assert isinstance(error, CopybookInvalid)
    assert f"CVCUS01Y.cpy, line 3, column 15: N is {what}" in error.message
    assert "make it FILLER of the same length" in error.what_to_do


def test_and_as_filler_it_is_passed_over(home: Home) -> None:
    book = "       01 R.\n           05 T PIC XX.\n           05 FILLER COMP-1.\n           05 PIC S9 SIGN LEADING.\n"
    data, named = put(home, b"\xc1\xc2\0\0\0\0\xf1" * 3, book)
    run(home.config(data, layout=named))
    assert (home.output / "out.csv").read_text() == "T\n" + "AB\n" * 3


_NATIVE = "       01 R.\n           05 T PIC X(2).\n           05 N PIC S9(4) COMP-5.\n"


def test_the_byte_order_of_comp_5_is_that_of_z_os_beside_ebcdic(home: Home) -> None:
    data, named = put(home, b"\xc1\xc2\0\1" * 9, _NATIVE)
    run(home.config(data, layout=named))
    assert (home.output / "out.csv").read_text() == "T,N\n" + "AB,1\n" * 9


@pytest.mark.parametrize(("raw", "order"), [(b"\1\0", "little"), (b"\0\1", "big"), (b"\x0f\x27\1\0", "little")])
def test_and_beside_ascii_what_its_values_say(home: Home, raw: bytes, order: str) -> None:
    content = b"".join(b"AB" + raw[at : at + 2] for at in range(0, len(raw), 2)) * 9
    data, named = put(home, content, _NATIVE)
    result = run(home.config(data, layout=named))
    assert f"COMP-5 is {order}-endian, as its values say" in result.notes
    first = int.from_bytes(raw[:2], "big" if order == "big" else "little")
    assert (home.output / "out.csv").read_text().splitlines()[1] == f"AB,{first}"


def test_values_that_do_not_tell_are_asked_and_what_is_printed_answers(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refusal(home, b"AB\1\1" * 9, _NATIVE)
    assert isinstance(error, Ambiguous)
    assert "N is COMP-5, in the byte order of a machine" in error.message
    assert "set the byte_order of its COMP-5 fields there" in error.what_to_do
    data, named = put(home, b"AB\1\2" * 9, _NATIVE)
    assert all_commands.main(["layout", named, "--encoding", "ascii", "--home", str(home.path)]) == 0
    printed = capsys.readouterr().out
    assert "# COMP-5 is in the byte order of its machine: taken for little-endian, as on PCs" in printed
    assert "byte_order" not in printed.replace("byte order", "")
    (home.data / "x.toml").write_text(printed.replace('type = "i16"', 'type = "i16"\nbyte_order = "big"'))
    run(home.config(data, layout=str(home.data / "x.toml")))
    assert (home.output / "out.csv").read_text().splitlines()[1] == "AB,258"


_FLOATS = "       01 R.\n           05 T PIC X(2).\n           05 F COMP-1.\n           05 D COMP-2.\n"
_IBM = bytes.fromhex("4276a000c276a00000000000")  # 118.625 and -118.625, the example of IBM's manuals


def test_how_floats_are_stored_is_asked_with_their_first_values(home: Home) -> None:
    error = refusal(home, (b"\xc1\xc2" + _IBM) * 3, _FLOATS)
    assert isinstance(error, Ambiguous)
    assert "CVCUS01Y.cpy, line 3, column 15: F is a float" in error.message
    assert "its first values by ibm: 118.625, 118.625, 118.625; ieee-big: 61.6562, " in error.message
    assert "--floats ibm" in error.what_to_do


@pytest.mark.parametrize(
    ("floats", "raw"),
    [
        ("ibm", _IBM),
        ("ieee-big", struct.pack(">fd", 118.625, -118.625)),
        ("ieee-little", struct.pack("<fd", 118.625, -118.625)),
    ],
)
def test_and_the_flag_answers(home: Home, floats: str, raw: bytes, command: Command) -> None:
    put(home, (b"\xc1\xc2" + raw) * 3, _FLOATS)
    done = command(
        "-m", "etl_batch", "run", "-i", home.data / "CUSTDATA.PS", "--layout", home.data / "CVCUS01Y.cpy",
        "--floats", floats, "-p", home.output / "f.parquet", "-o", home.output / "f.csv",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert (home.output / "f.csv").read_text() == "T,F,D\n" + "AB,118.625,-118.625\n" * 3
    assert pq.read_table(home.output / "f.parquet").to_pylist()[0] == {"T": "AB", "F": 118.625, "D": -118.625}


_TWO = """\
       01 R.
           05 KIND PIC X.
           05 BODY PIC X(4).
           05 PARTS REDEFINES BODY.
              10 P PIC 99.
              10 Q PIC 99.
"""


def test_which_reading_of_the_same_bytes_holds_is_asked_and_the_flag_answers(home: Home, command: Command) -> None:
    content = b"\xc1\xf1\xf2\xf3\xf4" * 3
    error = refusal(home, content, _TWO)
    assert isinstance(error, Ambiguous)
    assert "line 4, column 15: PARTS redefines BODY of line 3" in error.message
    assert error.what_to_do == (
        'say which it is: --variant "BODY: BODY" or --variant "BODY: PARTS", in records that a field tells --variant '
        '"BODY: PARTS when FIELD = \'X\'", or --variant "BODY: both"'
    )
    words = ["-i", home.data / "CUSTDATA.PS", "--layout", home.data / "CVCUS01Y.cpy", "-o", home.output / "v.csv"]
    for variant, text in (("BODY: PARTS", "KIND,P,Q\nA,12,34\n"), ("body:body", "KIND,BODY\nA,1234\n")):
        done = command("-m", "etl_batch", "run", *words, "--variant", variant)
        assert done.code == 0, done.err
        assert (home.output / "v.csv").read_text().startswith(text)
    assert "body is read in the place of body, as --variant says" in done.err


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        ("BODY", "--variant is 'BODY'"),
        (": B", "--variant is ': B'"),
        ("BODY: PARTS when", "--variant is 'BODY: PARTS when'"),
        ("BODY: both", "BODY is to be read in two ways, of which one is both"),
        ("BODY: BODY when KIND = 'A'", "has BODY read in all records that no other is said of"),
        ("BODY: PARTS", "BODY is said twice how it is to be read"),
        ("PARTS: P", "has no item PARTS that another redefines"),
        ("BODY: KIND", "BODY is to be read as KIND, which is none of BODY, PARTS"),
    ],
)
def test_what_is_said_of_no_such_items_is_refused(home: Home, variant: str, said: str) -> None:
    data, named = put(home, b"\xc1\xf1\xf2\xf3\xf4" * 3, _TWO)
    with pytest.raises(EtlError) as caught:
        run(home.config(data, layout=named, variant=("BODY: BODY", variant)))
    assert said in caught.value.message


_OF_COBOL = """\
       01 R.
          05 T1 PIC X(5).
          05 N1 PIC 9(5).
          05 N2 PIC S9(5)V99.
          05 N3 PIC S9(3) SIGN LEADING.
          05 N4 PIC S9(3)V9 SIGN LEADING SEPARATE.
          05 N5 PIC S9(3) SIGN TRAILING SEPARATE.
          05 N6 PIC S9(3) SIGN TRAILING.
          05 P1 PIC S9(7)V99 COMP-3.
          05 P2 PIC 9(4) COMP-3.
          05 B1 PIC S9(4) COMP.
          05 B2 PIC 9(9) BINARY.
          05 B3 PIC S9(13) COMP-4.
          05 B4 PIC 9(6)V99 COMP.
          05 C1 PIC S9(4) COMP-5.
          05 C2 PIC S9(9) COMP-5.
          05 G OCCURS 2.
             10 X PIC S9(4) COMP SYNC.
          05 E1 PIC ZZ,ZZ9.99-.
          05 F1 COMP-1.
          05 F2 COMP-2.
"""
_BY_COBOL = bytes.fromhex(
    "41424320203132333435303031323334757030372d303132353034322b30"
    "3472123456789d00099ffb2e075bcd15ffffffe34166e5ec0001e240fbff"
    "701101000003000420312c3233342e3530200000c03f00000000000002c0"
)


def test_a_record_that_a_cobol_program_wrote_comes_back_as_its_values(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """GnuCOBOL 3.1.2, `cobc -x -std=ibm`: a MOVE of each value, and a WRITE; on a PC, so that floats are IEEE."""
    data, book = put(home, _BY_COBOL * 3, _OF_COBOL)
    words = ["preview", str(data), "--layout", book, "--floats", "ieee-little", "--home", str(home.path), "--json"]
    assert all_commands.main(words) == 0
    cells = [cell["cell"] for cell in json.loads(capsys.readouterr().out)["records"][0]]
    assert cells == [
        "ABC", "12345", "-123.45", "-7", "-12.5", "42", "-42", "-1234567.89", "99", "-1234", "123456789",
        "-123456789012", "1234.56", "-5", "70000", "3", "4", '" 1,234.50"', "1.5", "-2.25",
    ]  # fmt: skip
    words = [
        "estimate",
        str(data),
        "--layout",
        book,
        "--floats",
        "ieee-little",
        "--measures",
        "N2,F2",
        "--strata",
        "T1",
    ]
    assert all_commands.main([*words, "--home", str(home.path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["total"] for one in found["estimates"]] == [-123.45 * 3, -6.75]


def test_signs_of_their_own_or_over_the_first_digit_and_unsigned_binaries_with_a_point(home: Home) -> None:
    book = """\
       01 R.
           05 A PIC S9(3)V9 SIGN LEADING SEPARATE.
           05 B PIC S9(3) SIGN TRAILING SEPARATE CHARACTER.
           05 C PIC S9(3) SIGN IS LEADING.
           05 D PIC 9(8)V9 COMP.
           05 E PIC 9(16)V99 COMP.
"""
    record = "-0125007+".encode("cp037") + b"\xd1\xf2\xf3" + b"\xff\xff\xff\xff" + b"\xff" * 8
    data, named = put(home, record * 2, book)
    run(home.config(data, layout=named))
    lines = (home.output / "out.csv").read_text().splitlines()
    assert lines[1] == "-12.5,7,-123,429496729.5,184467440737095516.15"
    (home.output / "out.csv").unlink()
    broken = record[:8] + b"\x40" + record[9:]
    assert "a zoned decimal has digits, and a sign of its own" in refusal(home, record + broken, book).message


def test_a_job_in_the_background_reads_by_it_and_again(home: Home, command: Command) -> None:
    put(home, b"".join(records()))
    words = ["-i", str(home.data / "CUSTDATA.PS"), "--layout", str(home.data / "CVCUS01Y.cpy")]
    started = command("-m", "etl_batch", "jobs", "start", *words, "--json")
    assert started.code == 0, started.err
    job = started.json()["job_id"]
    assert command("-m", "etl_batch", "jobs", "watch", job).code == 0
    assert (home.output / "data.csv").read_text() == CSV


def test_a_toml_in_the_place_of_a_book_is_read_as_such(home: Home) -> None:
    data, _ = put(home, b"".join(records()))
    (home.data / "x.cpy").write_text("record_size = 3\n[[field]]\n")
    with pytest.raises(LayoutInvalid) as caught:
        run(home.config(data, layout=str(home.data / "x.cpy")))
    assert caught.value.code == "E_LAYOUT"


def test_lark_is_loaded_only_where_a_copybook_is_read(home: Home, command: Command) -> None:
    """It takes longer to load than a small job needs."""
    data, book = put(home, b"".join(records()))
    (home.data / "x.layout.toml").write_text('record_size = 2\n[[field]]\nname = "a"\ntype = "u16"\n')
    home.put("x.bin", b"\0\1")
    script = (
        "import sys\n"
        "from etl_batch.commands.run_flags import parse_run\n"
        "from etl_batch.pipeline.dry_run import dry_run\n"
        "dry_run(parse_run(sys.argv[1:]).config)\n"
        "print(sorted(name for name in sys.modules if name.startswith('lark') or 'copybook' in name))\n"
    )
    plain = command("-c", script, "-i", home.data / "x.bin")
    assert plain.out.splitlines()[-1] == "[]", plain.err
    named = command("-c", script, "-i", data, "--layout", book)
    assert "'lark'" in named.out.splitlines()[-1], named.err


def test_a_book_takes_in_others_that_lie_beside_it(home: Home) -> None:
    (home.data / "Parts.CPY").write_text("           05  :P:-ID PIC 9(8).\n           05  :P:-NAME PIC X(20).\n")
    book = "\n".join(
        [*BOOK.splitlines()[:2], "           COPY PARTS REPLACING ==:P:== BY ==CUST==.", *BOOK.splitlines()[4:]]
    )
    data, named = put(home, b"".join(records()), book)
    run(home.config(data, layout=named))
    assert (home.output / "out.csv").read_text() == CSV
    (home.output / "out.csv").unlink()
    (home.data / "Parts.CPY").unlink()
    error = refusal(home, b"".join(records()), book)
    assert (
        f"{named}, line 3, column 17: the book 'PARTS' is taken in, and does not lie beside this one" in error.message
    )


def test_of_several_records_one_is_asked_for_and_the_flag_answers(home: Home, command: Command) -> None:
    book = BOOK + "       01  OTHER-RECORD.\n           05  WHOLE PIC X(57).\n"
    error = refusal(home, b"".join(records()), book)
    assert isinstance(error, Ambiguous)
    assert "OTHER-RECORD begins a second record beside CUSTOMER-RECORD of line 2; there are 2" in error.message
    assert "--record CUSTOMER-RECORD or --record OTHER-RECORD" in error.what_to_do
    words = ["-i", home.data / "CUSTDATA.PS", "--layout", home.data / "CVCUS01Y.cpy", "-o", home.output / "r.csv"]
    done = command("-m", "etl_batch", "run", *words, "--record", "customer-record")
    assert done.code == 0, done.err
    assert (home.output / "r.csv").read_text() == CSV


def test_a_constant_beside_the_record_is_noted(home: Home) -> None:
    data, named = put(home, b"".join(records()), "       77  LIMIT PIC 9(4) VALUE 10.\n" + BOOK)
    result = run(home.config(data, layout=named))
    assert (home.output / "out.csv").read_text() == CSV
    assert f"{named}, line 1, column 12: LIMIT stands alone, and is in no record" in result.notes

"""What a file is that no format reads: told by the bytes that such files begin with, and what to do about it. Pure.

The table is our own and short: what people have beside their tables. Where a mark has fewer than four bytes, something
else of the file must agree, so that no table of records is taken for a picture.
"""

from __future__ import annotations

import re

from etl_batch.light_dataclass import dataclass

_SHEET = "open it in a spreadsheet, save the sheet as CSV (UTF-8), and give that file"
_TABLE = "take the table out of it as CSV, and give that file"
_NO_TABLE = "it holds no table: choose another file"
_DATABASE = "export the table as CSV or Parquet, and give that file"
_STATISTICS = "export it as CSV or Parquet where it was made, and give that file"
_ARCHIVE = "unpack it, and give the file that is in it"


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a file is."""

    what: str  #: as a sentence has it: `an Excel workbook (.xlsx)`
    mend: str  #: what to do


_SHEETS_BY_NAME = (
    (b"xl/workbook", Foreign("an Excel workbook (.xlsx)", _SHEET)),
    (b"xl/", Foreign("an Excel workbook (.xlsx)", _SHEET)),
    (b"application/vnd.oasis.opendocument.spreadsheet", Foreign("an OpenDocument spreadsheet (.ods)", _SHEET)),
    (b"word/", Foreign("a Word document (.docx)", _TABLE)),
    (b"ppt/", Foreign("a PowerPoint presentation (.pptx)", _TABLE)),
    (b"application/vnd.oasis.opendocument", Foreign("an OpenDocument document", _TABLE)),
    (b"application/epub+zip", Foreign("an electronic book (.epub)", _NO_TABLE)),
    (b"[Content_Types].xml", Foreign("an Office document", _SHEET)),
    (b"META-INF/MANIFEST.MF", Foreign("a Java program (.jar)", _NO_TABLE)),
)
_IMAGE = "an image"
#: (where, which bytes): what it is
_MARKS: tuple[tuple[int, bytes, Foreign], ...] = (
    (0, b"%PDF-", Foreign("a PDF document", _TABLE)),
    (0, b"%!PS", Foreign("a PostScript document", _TABLE)),
    (0, b"{\\rtf", Foreign("a document (.rtf)", _TABLE)),
    (0, b"\x89PNG\r\n\x1a\n", Foreign(f"{_IMAGE} (PNG)", _NO_TABLE)),
    (0, b"\xff\xd8\xff\xe0", Foreign(f"{_IMAGE} (JPEG)", _NO_TABLE)),
    (0, b"\xff\xd8\xff\xe1", Foreign(f"{_IMAGE} (JPEG)", _NO_TABLE)),
    (0, b"\xff\xd8\xff\xdb", Foreign(f"{_IMAGE} (JPEG)", _NO_TABLE)),
    (0, b"\xff\xd8\xff\xee", Foreign(f"{_IMAGE} (JPEG)", _NO_TABLE)),
    (0, b"GIF87a", Foreign(f"{_IMAGE} (GIF)", _NO_TABLE)),
    (0, b"GIF89a", Foreign(f"{_IMAGE} (GIF)", _NO_TABLE)),
    (0, b"II*\0", Foreign(f"{_IMAGE} (TIFF)", _NO_TABLE)),
    (0, b"MM\0*", Foreign(f"{_IMAGE} (TIFF)", _NO_TABLE)),
    (8, b"WEBP", Foreign(f"{_IMAGE} (WebP)", _NO_TABLE)),
    (4, b"ftyp", Foreign("a film or a picture (MP4, HEIC)", _NO_TABLE)),
    (8, b"WAVEfmt", Foreign("a sound (WAV)", _NO_TABLE)),
    (0, b"OggS\0", Foreign("a sound (Ogg)", _NO_TABLE)),
    (0, b"ID3\x03", Foreign("a sound (MP3)", _NO_TABLE)),
    (0, b"ID3\x04", Foreign("a sound (MP3)", _NO_TABLE)),
    (0, b"fLaC", Foreign("a sound (FLAC)", _NO_TABLE)),
    (0, b"\x7fELF", Foreign("a program of Linux", _NO_TABLE)),
    (0, b"\xcf\xfa\xed\xfe", Foreign("a program of macOS", _NO_TABLE)),
    (0, b"\xce\xfa\xed\xfe", Foreign("a program of macOS", _NO_TABLE)),
    (0, b"\xca\xfe\xba\xbe", Foreign("a program (Java, macOS)", _NO_TABLE)),
    (0, b"\0asm\x01", Foreign("a program (WebAssembly)", _NO_TABLE)),
    (0, b"SQLite format 3\0", Foreign("a database of SQLite", _DATABASE)),
    (8, b"DUCK", Foreign("a database of DuckDB", _DATABASE)),
    (4, b"Standard Jet DB", Foreign("a database of Access (.mdb)", _DATABASE)),
    (4, b"Standard ACE DB", Foreign("a database of Access (.accdb)", _DATABASE)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Foreign("an old Office document (.xls, .doc)", _SHEET)),
    (0, b"\x89HDF\r\n\x1a\n", Foreign("an HDF5 file", _STATISTICS)),
    (0, b"CDF\x01", Foreign("a NetCDF file", _STATISTICS)),
    (0, b"CDF\x02", Foreign("a NetCDF file", _STATISTICS)),
    (0, b"MATLAB 5.0 MAT-file", Foreign("a file of MATLAB", _STATISTICS)),
    (0, b"<stata_dta>", Foreign("a file of Stata (.dta)", _STATISTICS)),
    (0, b"$FL2@(#)", Foreign("a file of SPSS (.sav)", _STATISTICS)),
    (0, b"$FL3@(#)", Foreign("a file of SPSS (.zsav)", _STATISTICS)),
    (12, bytes.fromhex("c2ea8160b31411cfbd92080009c7318c"), Foreign("a file of SAS (.sas7bdat)", _STATISTICS)),
    (0, b"HEADER RECORD*******LIBRARY HEADER", Foreign("a transport file of SAS (.xpt)", _STATISTICS)),
    (0, b"RDX3\n", Foreign("a file of R", _STATISTICS)),
    (0, b"RDX2\n", Foreign("a file of R", _STATISTICS)),
    (0, b"\x93NUMPY", Foreign("an array of NumPy (.npy)", _STATISTICS)),
    (0, b"Obj\x01", Foreign("an Avro file", _STATISTICS)),
    (0, b"7z\xbc\xaf\x27\x1c", Foreign("a 7-Zip archive", _ARCHIVE)),
    (0, b"Rar!\x1a\x07", Foreign("a RAR archive", _ARCHIVE)),
    (257, b"ustar", Foreign("a tar archive", _ARCHIVE)),
    (0, b"MSCF\0\0\0\0", Foreign("a cabinet archive (.cab)", _ARCHIVE)),
    (0, b"\x04\x22\x4d\x18", Foreign("compressed with lz4", _ARCHIVE)),
    (0, b"\x1f\x9d\x90", Foreign("compressed with compress (.Z)", _ARCHIVE)),
    (0, b"!<arch>\n", Foreign("an archive of programs", _NO_TABLE)),
)  # fmt: skip
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
#: texts that hold no lines of cells, for which nobody's word is taken where a name says CSV
_TEXTS = (
    (re.compile(rb"(?i)\s*(?:<!doctype html|<html)"), Foreign("a web page (HTML)", _TABLE)),
    (re.compile(rb"\s*<\?xml"), Foreign("XML", _STATISTICS)),
    (re.compile(rb'\s*(?:\{\s*"[^"\n]*"\s*:|\[\s*\{\s*"|\{\s*\}|\[\s*\]\s*\Z)'), Foreign("JSON", _STATISTICS)),
    (re.compile(rb"#!\s*/"), Foreign("a program (a script)", _NO_TABLE)),
    (re.compile(rb"-----BEGIN [A-Z ]+-----"), Foreign("a key, or an encrypted message", _NO_TABLE)),
)


def foreign(head: bytes, tail: bytes, size: int) -> Foreign | None:
    """What a file is by its first bytes; None: nothing in the table.

    Args:
        head: its first bytes; 64 KiB are enough.
        tail: its last bytes.
        size: of the file, in bytes.
    """
    if head.startswith(_ZIP):
        return _of_zip(head, tail)
    if head.startswith(b"MZ") and head[(at := int.from_bytes(head[60:64], "little")) : at + 4] == b"PE\0\0":
        return Foreign("a program of Windows", _NO_TABLE)
    if head.startswith(b"BM") and int.from_bytes(head[2:6], "little") == size:
        return Foreign(f"{_IMAGE} (BMP)", _NO_TABLE)
    if head.startswith(b"ORC") and tail[-4:-1] == b"ORC":
        return Foreign("an ORC file", _STATISTICS)
    return next((found for at, mark, found in _MARKS if head.startswith(mark, at)), None)


def foreign_text(head: bytes) -> Foreign | None:
    """What a text is that holds no lines of cells; None: nothing in the table."""
    return next((found for pattern, found in _TEXTS if pattern.match(head)), None)


def _of_zip(head: bytes, tail: bytes) -> Foreign | None:
    """What a zip is by the names in it: those at its beginning, and those that its end lists."""
    return next((found for name, found in _SHEETS_BY_NAME if name in head or name in tail), None)

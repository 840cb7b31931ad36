"""Inputs: of another format than they say, damaged, too large, changed meanwhile, or without a layout."""

from __future__ import annotations

from etl_batch.errors.base import EtlError, Refused


class FormatExtension(Refused):
    """The content tells no format, and the extension is not one of .bin, .csv, .tsv, .parquet, .arrow, .feather."""

    code = "E_FORMAT_EXTENSION"
    mend = "say with --format what it holds; records of one length need a layout: beside it, or by --layout"
    page_mend = "choose its Format on the page Launch; records of one length need a layout: beside it, or named there"


class FormatMagic(Refused):
    """The content is of no format that is read, or not of the one that --format or the extension says."""

    code = "E_FORMAT_MAGIC"
    mend = "check what the file really holds (`file NAME`), and name it accordingly, or give its --format"
    page_mend = "check what the file really holds, and name it accordingly, or choose its Format on the page Launch"


class FormatCorrupt(Refused):
    """A Parquet or Arrow file is damaged: a checksum, a page, an offset or the footer is not what was written."""

    code = "E_FORMAT_CORRUPT"
    mend = "copy the file again, or write it anew from where it came"


class FormatUnsupported(Refused):
    """A Parquet or Arrow file is sound, but uses a type, an encoding or a compression that is not supported."""

    code = "E_FORMAT_UNSUPPORTED"
    mend = "write it anew with plain types, and a compression such as zstd or snappy"


class TruncatedRecord(Refused):
    """The body of a binary file is not a whole number of records."""

    code = "E_TRUNCATED_RECORD"
    mend = (
        "check record_size, header_bytes and trailer_bytes in the layout, or copy the file again; "
        "--on-bad-row quarantine sets the incomplete record aside"
    )


class LostRecords(TruncatedRecord):
    """The lengths of variable records do not lead from one to the next: where the following begin cannot be told."""

    code = "E_RECORD_LENGTH"
    mend = (
        "check how the lengths are stored (--record-format, --rdw), or copy the file again in binary; "
        "--on-bad-row quarantine keeps the records before this one"
    )


class EmptyInput(Refused):
    """The input has 0 bytes or no header line, or a folder holds no input at all."""

    code = "E_EMPTY"
    mend = "check that the file was copied whole"


class CsvDelimiter(Refused):
    """The header of a CSV is one cell, and another delimiter would divide it and each row alike."""

    code = "E_CSV_DELIMITER"
    mend = "give the delimiter with --delimiter; --delimiter , where one column is meant"


class Ambiguous(Refused):
    """A text's encoding, what divides it, if it has a header, which reading of a record holds: nothing in it tells."""

    code = "E_AMBIGUOUS"
    mend = "say which it is, by --encoding, --delimiter, --skip-lines or --header"


class SizeLimit(Refused):
    """The input is larger than the limit."""

    code = "E_SIZE_LIMIT"
    mend = "raise --max-size-gb, or split the input"


class InputChanged(EtlError):
    """The input changed while the job was reading it."""

    code = "E_INPUT_CHANGED"
    mend = "wait until whoever writes the file is done, and start again"


class InputFailed(EtlError):
    """The operating system could not read the input, though it may."""

    code = "E_INPUT"
    mend = "check the disk that the file is on, or copy the file to another, and start again"


class CsvHeaderWidth(Refused):
    """The rows of a CSV agree in their number of cells, but the header has more or fewer names."""

    code = "E_CSV_HEADER_WIDTH"
    mend = (
        "mend the header line so that it names each column of the rows, and nothing else; where every row ends with a "
        "delimiter, take that one out or name the last column"
    )


class SchemaMismatch(Refused):
    """The inputs of one job do not have the same columns."""

    code = "E_SCHEMA"
    mend = "run them as separate jobs, or make their columns agree"


class LayoutMissing(Refused):
    """A binary file has no record layout."""

    code = "E_LAYOUT_MISSING"
    mend = (
        'write one such as: record_size = 12\\n[[field]]\\nname = "id"\\ntype = "u32" '
        "(see the manual, Record layouts), or name one with --layout"
    )


class LayoutInvalid(Refused):
    """The record layout contradicts itself, or is not TOML."""

    code = "E_LAYOUT"
    mend = "correct the layout; the manual, Record layouts, has every key and type"


class CopybookInvalid(LayoutInvalid):
    """A copybook is not as COBOL has it, or describes what is not read yet."""

    code = "E_COPYBOOK"
    mend = "correct the book; the manual, Copybooks, says what of COBOL is read"


class DictionaryInvalid(LayoutInvalid):
    """A Stata dictionary is not as Stata has it, or describes what is not read yet."""

    code = "E_DICTIONARY"
    mend = "correct the dictionary; the manual, Fixed-width text, says what of Stata is read"


class TextTransfer(Refused):
    """A file of records was copied in text mode, which destroyed its packed and binary numbers."""

    code = "E_TEXT_TRANSFER"
    mend = (
        "copy it again in binary (ftp: the commands binary and, for records of variable length, quote site rdw; no "
        "conversion of characters or line ends in other programs); if it was, the layout is not that of this file"
    )

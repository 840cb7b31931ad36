"""How inputs are read, as far as anybody says it."""

from __future__ import annotations

from enum import StrEnum

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass
from etl_batch.options.occurring import SaidOccurs
from etl_batch.options.record_framing import DependingOn, RecordFormat, SaidLength, ShortRecords
from etl_batch.text.date_formats import FIRST_CENTURIES
from etl_batch.text.encodings import encoding_named
from etl_batch.text.flag import INPUTS, option
from etl_batch.text.typed_options import (
    read_as,
    read_delimiter,
    read_names,
    read_sign,
    read_thousands,
    record_of_type,
    typed_delimiter,
    typed_names,
    typed_sign,
    typed_thousands,
)

BLANKS = " \t\u00a0\u202f"  #: that are taken away around cells, where that is said
NO_DATES = "none"  #: in place of a format: dates stay as they stand, unless a format is said of their column
_NO_DELIMITERS = frozenset('"\r\n\0')
_LONGEST_DELIMITER = 8  #: characters
MOST_FOOTER_LINES = 10_000


class InputFormat(StrEnum):
    """How input files are read."""

    AUTO = "auto"  #: as a layout of their own, their content or their names say
    BINARY = "binary"
    CSV = "csv"
    PARQUET = "parquet"
    ARROW = "arrow"


class HeaderLine(StrEnum):
    """Whether the first row of a CSV holds the names of its columns."""

    AUTO = "auto"  #: as the rows tell; where they do not, it is asked
    YES = "yes"
    NO = "no"  #: the columns are `column_1` and so on, or as they are named


class FloatFormat(StrEnum):
    """How the floats of records are stored that a copybook describes."""

    AUTO = "auto"  #: nobody said it
    IBM = "ibm"  #: hexadecimal, as z/OS does
    IEEE_BIG = "ieee-big"
    IEEE_LITTLE = "ieee-little"


class BlankNumbers(StrEnum):
    """What a number of a record means that is there as characters or as packed digits, and is all blanks."""

    BAD = "bad"  #: it is none: a bad row, unless the layout says that blanks are null in this field
    NULL = "null"


class CompDigits(StrEnum):
    """What becomes of a binary number of a copybook that has more digits than its picture."""

    KEEP = "keep"
    STRICT = "strict"  #: it is a bad row


@dataclass(frozen=True, kw_only=True)
class InputReading:
    """What the files of a job are, and how their text is read."""

    #: of a folder, the files whose names end as it has them
    format: InputFormat = option(
        InputFormat.AUTO, "what the inputs are read as: auto goes by their layouts, content and names (%(default)s)",
        place=2, group=INPUTS,
    )  # fmt: skip
    member: str | None = option(
        None, "the file of a .zip that is read, or a pattern such as '*.csv' that may match several (the only one)",
        metavar="PATTERN", place=2, group=INPUTS,
    )  # fmt: skip
    layout: str | None = option(
        None, "layout of records or lines, copybook, Stata dictionary (x.layout.toml beside x.bin, else layout.toml)",
        metavar="FILE", place=2, group=INPUTS, lies_in="data",
    )  # fmt: skip
    variant: tuple[str, ...] = option(
        (), "of items of a copybook that redefine each other, the one that is read: 'A: B', \"A: B when KIND = 'X'\", "
        "or 'A: both'; repeatable (asked)",
        metavar="A:B", place=2, group=INPUTS, repeats=True,
    )  # fmt: skip
    record: tuple[str, ...] = option(
        (), "of several records (01) of a copybook, the name of the one that is read, or \"NAME when TYPE = '01'\" for "
        "each, a table each; repeatable (asked)",
        metavar="NAME", place=2, group=INPUTS, repeats=True,
    )  # fmt: skip
    floats: FloatFormat = option(
        FloatFormat.AUTO, "floats of records by a copybook: ibm is z/OS's own (%(default)s: asked)",
        place=2, group=INPUTS,
    )  # fmt: skip
    record_format: RecordFormat = option(
        RecordFormat.AUTO, "how records follow each other: V has the length of each in front (%(default)s: as told)",
        place=2, group=INPUTS,
    )  # fmt: skip
    rdw: str | None = option(
        None, "the length of variable records: big or little, self or data; at=N, bytes=N, adjust=N, head=N (as told)",
        metavar="WORDS", place=2, group=INPUTS,
    )  # fmt: skip
    short_records: ShortRecords = option(
        ShortRecords.AUTO, "variable records that end before their last field: bad rows, or null (%(default)s: error)",
        place=2, group=INPUTS,
    )  # fmt: skip
    depending_on: DependingOn = option(
        DependingOn.AUTO, "what stands behind a table (OCCURS DEPENDING ON) that is not full: fixed stays, moving "
        "follows (%(default)s: as lengths tell, else asked)", place=2, group=INPUTS,
    )  # fmt: skip
    blank: BlankNumbers = option(
        BlankNumbers.BAD, "a number of records, as characters or packed, that is all blanks: bad or null (%(default)s)",
        place=2, group=INPUTS,
    )  # fmt: skip
    comp_digits: CompDigits = option(
        CompDigits.KEEP, "COMP numbers of more digits than their picture has: keep, or strict: bad rows (%(default)s)",
        place=2, group=INPUTS,
    )  # fmt: skip
    century: int | None = option(
        None, "the first of the hundred years that years of two digits stand for, in dates of records and CSV inputs "
        "(records: asked; CSV: 1969)",
        metavar="YEAR", place=2, group=INPUTS, number=int,
    )  # fmt: skip
    occurs: tuple[str, ...] = option(
        (), "what tables in records (OCCURS) become, or one of them: columns, rows or list; repeatable (columns)",
        metavar="[TABLE=]HOW", place=2, group=INPUTS, repeats=True,
    )  # fmt: skip
    types: str | None = option(
        None, "types of CSV columns, in the layout's words (inferred)",
        metavar="COL=TYPE,...", place=2, group=INPUTS,
    )  # fmt: skip
    delimiter: str | None = option(
        None, r"between the cells of a CSV input: ';', '\t', '||' ..., or none (',', or what its lines tell)",
        metavar="S", place=2, group=INPUTS, keeps_blanks=True, read=read_delimiter, write=typed_delimiter,
    )  # fmt: skip
    encoding: str | None = option(
        None, "of CSV inputs: latin-1, cp1252, utf-16 ... (utf-8, or what their first bytes show)",
        metavar="NAME", place=2, group=INPUTS,
    )  # fmt: skip
    quote: str | None = option(
        None, "around the cells of a CSV input: '\"', \"'\" ..., or none ('\"', or what its lines tell)",
        metavar="C", place=2, group=INPUTS, read=read_sign, write=typed_sign,
    )  # fmt: skip
    escape: str | None = option(
        None, r"what takes the meaning of the sign behind it in a CSV input: '\', or none (as its lines tell)",
        metavar="C", place=2, group=INPUTS, read=read_sign, write=typed_sign,
    )  # fmt: skip
    comment: str | None = option(
        None, "what lines of a CSV input begin with that are left out: '#', or none (as its lines tell)",
        metavar="C", place=2, group=INPUTS, read=read_sign, write=typed_sign,
    )  # fmt: skip
    header: HeaderLine = option(
        HeaderLine.AUTO, "whether the first row of a CSV input holds the names (%(default)s: as its rows tell)",
        place=2, group=INPUTS,
    )  # fmt: skip
    names: tuple[str, ...] | None = option(
        None, "names of the columns of CSV inputs without a header, or in the place of theirs (column_1 ...)",
        metavar="A,B", place=2, group=INPUTS, read=read_names, write=typed_names,
    )  # fmt: skip
    skip_lines: int | None = option(
        None, "lines above the table of a CSV input (as its rows tell)", metavar="N", place=2, group=INPUTS, number=int
    )
    decimal: str | None = option(
        None, "before decimals in a CSV input: ',' or '.' (what every cell of a column proves)",
        metavar="C", place=2, group=INPUTS,
    )  # fmt: skip
    thousands: str | None = option(
        None, "between thousands in a CSV input: point, comma, apostrophe, blank, or none (what every cell proves)",
        metavar="C", place=2, group=INPUTS, keeps_blanks=True, read=read_thousands, write=typed_thousands,
    )  # fmt: skip
    date_format: tuple[str, ...] = option(
        (), "how dates are written in a CSV input, or in a column: %%d.%%m.%%Y; none: as they stand; repeatable "
        "(what every cell proves)",
        metavar="[COL=]F", place=2, group=INPUTS, repeats=True,
    )  # fmt: skip
    null: tuple[str, ...] = option(
        (), "a word that stands for no value in a CSV input, or in a column of it; repeatable (an empty cell alone)",
        metavar="[COL=]WORD", place=2, group=INPUTS, repeats=True,
    )  # fmt: skip
    trim: bool = option(False, "take away blanks around the cells of a CSV input", place=2, group=INPUTS)
    skip_footer: int = option(
        0, "lines below the table of a CSV input, which are left out (%(default)s)", metavar="N", place=2, group=INPUTS
    )

    def refuse_unreadable(self) -> None:
        """Refuse what no text can be read with.

        Raises:
            ConfigError: an option out of its range.
        """
        self._refuse_signs()
        for one in self.variant:
            read_as(one)
        self._refuse_records()
        SaidLength.parse(self.rdw)
        SaidOccurs.parse(self.occurs)
        if self.skip_lines is not None and self.skip_lines < 0:
            raise ConfigError(f"--skip-lines is {self.skip_lines}; give 0 or more")
        if self.decimal not in (None, ".", ","):
            raise ConfigError(f"--decimal is {self.decimal!r}", mend="give a comma or a point")
        if self.thousands not in (None, "", ".", ",", "'", " "):
            raise ConfigError(f"--thousands is {self.thousands!r}", mend="give . or , or ' or a blank, or none")
        if self.thousands and self.thousands == (self.decimal or "."):
            raise ConfigError(
                f"--thousands is {self.thousands!r}, and so is what stands before decimals",
                mend="give --decimal as well",
            )
        if "" in {word.rpartition("=")[2] for word in self.date_format}:
            raise ConfigError("--date-format is empty", mend="give one such as %d.%m.%Y, or day=%d.%m.%Y")
        if self.century is not None and self.century not in FIRST_CENTURIES:
            raise ConfigError(
                f"--century is {self.century}; give {FIRST_CENTURIES[0]} to {FIRST_CENTURIES[-1]}: the first of a "
                "hundred years, such as 1950"
            )
        if not 0 <= self.skip_footer <= MOST_FOOTER_LINES:
            raise ConfigError(f"--skip-footer is {self.skip_footer}; give 0 to {MOST_FOOTER_LINES}")
        if self.encoding is not None and encoding_named(self.encoding) is None:
            raise ConfigError(
                f"--encoding is {self.encoding!r}, which is no encoding of text",
                mend="give one such as utf-8, latin-1, cp1252, utf-16",
            )

    def _refuse_records(self) -> None:
        """Refuse types of records that are not told from each other."""
        types = [record_of_type(one) for one in self.record]
        untold = [name for name, when in types if when is None]
        if len(types) > 1 and untold:
            raise ConfigError(
                f"--record {untold[0]} is one of {len(types)}, and nothing says which records are of it",
                mend=f"say it: --record \"{untold[0]} when TYPE = '01'\", of a field of the record",
            )

    @property
    def record_types(self) -> tuple[tuple[str, str], ...]:
        """The types of records that become a table each, with what tells them; none: all records are of one."""
        types = (record_of_type(one) for one in self.record)
        return tuple((name, when) for name, when in types if when is not None)

    def _refuse_signs(self) -> None:
        """Refuse signs that cannot be told from others."""
        mark = self.delimiter
        if mark is not None and (not mark or len(mark) > _LONGEST_DELIMITER or _NO_DELIMITERS & set(mark)):
            raise ConfigError(
                f"--delimiter is {mark!r}",
                mend=rf"give a sign such as ';', '|' or '\t', or up to {_LONGEST_DELIMITER} of them; no quote",
            )
        signs = {"--quote": self.quote, "--escape": self.escape, "--comment": self.comment}
        given = {name: sign for name, sign in signs.items() if sign}
        for name, sign in given.items():
            if len(sign) != 1 or not sign.isascii() or sign in "\r\n\0":
                raise ConfigError(f"{name} is {sign!r}", mend="give one ASCII character, or none")
            if sign in (mark or ""):
                raise ConfigError(f"{name} is {sign!r}, which is of the delimiter", mend="give each a sign of its own")
        if len({*given.values()}) < len(given):
            raise ConfigError(
                f"{' and '.join(given)} are the same sign",
                mend="give each a sign of its own; a quote within quotes may be doubled in any case",
            )

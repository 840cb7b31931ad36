"""The dialect of a CSV output: what stands between cells, rows and digits, and its encoding."""

from __future__ import annotations

from enum import StrEnum

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass
from etl_batch.text.encodings import encoding_named
from etl_batch.text.flag import OUTPUTS, option
from etl_batch.text.typed_options import read_delimiter, typed_delimiter
from etl_batch.text.written_dialect import WrittenDialect, is_written

#: signs and what begins formulas or numbers: cells would be told from others by them no more
_NO_DELIMITERS = frozenset("\"'.+-=@%")


class LineEnd(StrEnum):
    """What ends a row."""

    LF = "lf"
    CRLF = "crlf"


def read_out_delimiter(given: str) -> str:
    r"""The character that is meant: a tab may be written as `\t` or `tab`; for outputs there is no `none`."""
    return given if given.lower() == "none" else read_delimiter(given)


@dataclass(frozen=True, kw_only=True)
class OutputDialect:
    """How a CSV output is written."""

    out_delimiter: str = option(
        ",", r"between the cells of the CSV, such as ';' or '\t' (%(default)s)",
        metavar="C", place=5, group=OUTPUTS, keeps_blanks=True, read=read_out_delimiter, write=typed_delimiter,
    )  # fmt: skip
    out_decimal: str = option(
        ".", "decimal mark of the numbers in the CSV, '.' or ',' (%(default)s)", metavar="C", place=5, group=OUTPUTS
    )
    out_line_end: LineEnd = option(LineEnd.LF, "what ends the rows of the CSV (%(default)s)", place=5, group=OUTPUTS)
    out_encoding: str = option(
        "utf-8", "of the CSV: cp1252, latin-1, utf-16 ...; a row with a character that it lacks is bad (%(default)s)",
        metavar="NAME", place=5, group=OUTPUTS,
    )  # fmt: skip

    def refuse_unwritable(self, *, bom: bool) -> None:
        """Refuse what no CSV can be written with.

        Args:
            bom: whether it is to begin with a byte order mark.

        Raises:
            ConfigError: an option out of its range, or two that do not go together.
        """
        given = self.out_delimiter
        is_sign = len(given) == 1 and given.isascii() and (given.isprintable() or given == "\t")
        if not is_sign or given.isalnum() or given in _NO_DELIMITERS:
            raise ConfigError(
                f"--out-delimiter is {given!r}",
                mend=r"give one ASCII character such as ';', '|' or '\t', none of numbers",
            )
        if self.out_decimal not in {".", ","}:
            raise ConfigError(f"--out-decimal is {self.out_decimal!r}", mend="give '.' or ','")
        if self.out_delimiter == self.out_decimal:
            raise ConfigError(
                f"--out-delimiter and --out-decimal are both {given!r}, so that no number could be told from two cells",
                mend="give another delimiter, such as --out-delimiter ';'",
            )
        if not is_written(self.out_encoding):
            raise ConfigError(
                f"--out-encoding is {self.out_encoding!r}, in which no CSV is written",
                mend="give utf-8, utf-16, or one of a byte a character such as cp1252, latin-1",
            )
        if bom and not self.written_dialect.has_every_character:
            raise ConfigError(
                f"--bom is given, and --out-encoding {self.out_encoding} has no byte order mark",
                mend="leave --bom out, or give utf-8 or utf-16",
            )

    @property
    def written_dialect(self) -> WrittenDialect:
        """How the CSV is written."""
        end = "\r\n" if self.out_line_end == LineEnd.CRLF else "\n"
        return WrittenDialect(self.out_delimiter, self.out_decimal, end, self.out_encoding)

    @property
    def is_written_row_by_row(self) -> bool:
        """Whether how a row is written depends on no other row, and each can be."""
        return self.out_decimal == "." and self.written_dialect.has_every_character

    @property
    def other_dialect(self) -> WrittenDialect | None:
        """How the CSV is written, where it is not as our own ones are; None: it is."""
        plain = WrittenDialect()
        written = self.written_dialect
        same = (written.delimiter, written.decimal, written.line_end) == (
            plain.delimiter,
            plain.decimal,
            plain.line_end,
        )
        return None if same and encoding_named(self.out_encoding) in {"utf-8", "utf-8-sig"} else written

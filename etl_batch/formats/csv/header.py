"""The header line of a CSV: its names, its delimiter, and where the data begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from etl_batch.errors import Ambiguous, BadRow, CsvHeaderWidth, EmptyInput, FormatMagic, SchemaMismatch
from etl_batch.formats.csv.delimiter import COMMA, other_delimiter
from etl_batch.formats.csv.first_lines import BeforeHeader, before_header, behind_lines, is_blank
from etl_batch.formats.csv.head import LONGEST_BYTES, Head, TooShort, heads
from etl_batch.formats.csv.line_ends import AS_USUAL, LineEnds
from etl_batch.formats.csv.shape import Shape
from etl_batch.formats.csv.told_encoding import UTF8, encoding_of
from etl_batch.formats.how_read import HowRead
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import BLANKS, HeaderLine
from etl_batch.sniffing.plain import is_plain, may_be_of_other_signs, numbered
from etl_batch.text.encodings import is_utf8
from etl_batch.text.shown_text import shown
from etl_batch.values import MIB

if TYPE_CHECKING:
    from etl_batch.sniffing.finding import Finding
    from etl_batch.sniffing.structure import Structure

_OTHER_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ASKED = frozenset({"delimiter", "skip_lines", "header"})  #: where rows do not tell; of the encoding it is known by now
_TOLD = ("delimiter", "skip_lines", "quote", "escape", "comment")  #: by rows, where nobody says them
_MEND = "mend the header line; every column needs a name of its own"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV is to be read."""

    delimiter: str | None  #: None: nobody gave it
    encoding: str | None  #: the same
    header: HeaderLine = HeaderLine.AUTO
    names: tuple[str, ...] | None = None
    skip_lines: int | None = None  #: above the table
    quote: str | None = None  #: of this and the others: empty: there is none; None: nobody gave it
    escape: str | None = None
    comment: str | None = None
    skip_footer: int = 0  #: lines below the table
    trim: bool = False  #: blanks around names are taken away

    @classmethod
    def of(cls, how: HowRead) -> Dialect:
        """As somebody said it."""
        return cls(
            how.delimiter, how.encoding, how.header, how.names, how.skip_lines,
            how.quote, how.escape, how.comment, how.skip_footer, how.trim,
        )  # fmt: skip

    def shape(self, delimiter: str) -> Shape:
        """The signs that hold, where this stands between cells."""
        quote = Shape(delimiter).quote if self.quote is None else self.quote
        return Shape(delimiter, quote, self.escape or "", self.comment or "", self.skip_footer)

    def with_signs(self, quote: str, escape: str, comment: str) -> Dialect:
        """The same with these, where nobody gave others."""
        told = zip((self.quote, self.escape, self.comment), (quote, escape, comment), strict=True)
        quote, escape, comment = (found if given is None else given for given, found in told)
        return replace(self, quote=quote, escape=escape, comment=comment)

    @property
    def may_be_told(self) -> bool:
        """Whether some of the signs are those that the rows tell."""
        return None in (self.quote, self.escape, self.comment)

    @property
    def said(self) -> frozenset[str]:
        """What of all that rows tell somebody said."""
        given = frozenset(name for name in _TOLD if getattr(self, name) is not None)
        return given if self.header is HeaderLine.AUTO and self.names is None else given | {"header"}

    @property
    def says_all(self) -> bool:
        """Whether there is nothing that the rows would have to tell."""
        return self.said >= _ASKED


@dataclass(frozen=True, slots=True)
class Header:
    """What the first lines say."""

    names: tuple[str, ...]
    data_start: int  #: bytes of what is read
    delimiter: str = COMMA  #: between cells of what is read
    notes: tuple[str, ...] = ()  #: what a user should know of how it was read
    line_ends: LineEnds = AS_USUAL  #: of the file
    ended_by: bytes = b""  #: what ends the header line in what is read; nothing: the file ends there
    shape: Shape = Shape(COMMA)  #: how the rows are written
    settled: Dialect | None = field(default=None, repr=False)  #: how it was read
    told: Mapping[str, Finding] = field(default_factory=dict, repr=False)  #: what its rows told, if they were asked
    names_delimiter: bool = field(default=False, repr=False)  #: a line above it names what divides the cells
    encoding: str = UTF8  #: of the file

    @property
    def is_nameless(self) -> bool:
        """Whether there is no header, and nobody named the columns."""
        return self.settled is not None and self.settled.header is HeaderLine.NO and self.settled.names is None


def read_header(descriptor: int, size: int, dialect: Dialect, what: str) -> Header:
    """Read the header of an open CSV.

    Args:
        descriptor: of the file.
        size: of the file, in bytes.
        dialect: how it is to be read.
        what: the file, for messages.

    Raises:
        EmptyInput: there is no header line.
        Ambiguous: nobody said how it is to be read, and its bytes do not tell.
        CsvDelimiter: no delimiter was given, and another than the comma divides it.
        FormatMagic: it is not text in its encoding.
        BadRow: its quotes are broken.
        SchemaMismatch: a name is used twice.
    """
    if size == 0:
        raise EmptyInput(f"{what} has 0 bytes, not even a header line")
    found = None if dialect.encoding else encoding_of(descriptor, size, what)
    encoding = dialect.encoding or (str(found.value) if found else UTF8)
    try:
        for head in heads(descriptor, size, encoding):
            try:
                header = replace(_header(head, dialect, what), encoding=encoding)
            except TooShort:
                continue
            return _with_encoding(header, found) if found else header
    except FormatMagic:
        if is_utf8(encoding):
            raise
        raise FormatMagic(
            f"{what}: the header line is no text in {encoding}",
            mend="give the --encoding that it is written in",
        ) from None
    raise FormatMagic(f"{what}: the header line is longer than {LONGEST_BYTES // MIB} MiB")


def _with_encoding(header: Header, found: Finding) -> Header:
    note = f"read as --encoding {found.value}: {found.evidence}"
    return replace(header, notes=(note, *header.notes), told={**header.told, "encoding": found})


def _header(head: Head, dialect: Dialect, what: str) -> Header:
    if head.content[:2] in _OTHER_BOMS:
        encoding = _OTHER_BOMS[head.content[:2]]
        raise FormatMagic(f"{what} is not UTF-8: it begins as {encoding} does", mend=f"give --encoding {encoding}")
    is_clear = is_blank(head) or (
        (dialect.says_all or is_plain(head.content, dialect.delimiter))
        and not (dialect.may_be_told and may_be_of_other_signs(head.content, dialect.delimiter))
    )
    told = None if is_clear else _told(head, dialect, what)
    return _as_said(head, dialect, what) if told is None else told


def _told(head: Head, dialect: Dialect, what: str) -> Header | None:
    """The header as the rows tell it; None: they tell nothing.

    Raises:
        Ambiguous: they could be read in several ways.
    """
    from etl_batch.sniffing.structure import Structure, in_words, structure_of

    at = behind_lines(head, dialect.skip_lines or 0, what).stop  # or more must be seen
    found = structure_of(head.content[at:], whole=head.whole, delimiter=dialect.delimiter)
    if isinstance(found, Structure):
        if dialect.delimiter not in (None, found.delimiter):
            return None
        is_given = "header" in dialect.said
        header = dialect.header if is_given else (HeaderLine.YES if found.header else HeaderLine.NO)
        skip = dialect.skip_lines if dialect.skip_lines is not None else found.skip_lines
        settled = replace(dialect, delimiter=found.delimiter, header=header, skip_lines=skip)
        settled = settled.with_signs(found.quote, found.escape, found.comment)
        usual = (dialect.delimiter or COMMA, found.skip_lines, found.header)
        has_usual_signs = settled.shape(found.delimiter) == dialect.shape(found.delimiter)
        if has_usual_signs and is_given and (found.delimiter, 0) == usual[:2]:
            return _as_told(_as_said(head, dialect, what), found)
        if has_usual_signs and (found.delimiter, 0, True) == usual:
            return _as_told(_as_said(head, dialect, what), found, found.doubt)
        return _as_told(_as_said(head, settled, what), found, found.note(dialect.said))
    if found is None or found.about not in _ASKED - dialect.said:
        return None
    message, mend = in_words(found)
    raise Ambiguous(f"{what}: {shown(message, 600)}", mend=mend)


def _as_told(header: Header, found: Structure, note: str = "") -> Header:
    return replace(header, notes=(*header.notes, *([note] if note else [])), told=found.findings)


def _as_said(head: Head, dialect: Dialect, what: str) -> Header:
    given = dialect.delimiter
    shape = dialect.shape(given or COMMA)
    if not shape.is_plain:
        return _in_shape(head, dialect, shape, what)
    skipped = dialect.skip_lines
    before = before_header(head, what) if skipped is None else behind_lines(head, skipped, what)
    notes = [*before.notes, *_said_of_delimiter(before, given)]
    delimiter = given or before.delimiter or COMMA
    if given is None and before.delimiter is None and (said := other_delimiter(head, before.stop, what)):
        notes.append(said)
    cells, behind = _cells(head, before.stop, Shape(delimiter), what)
    has_names = dialect.header is HeaderLine.YES or (dialect.header is HeaderLine.AUTO and dialect.names is None)
    data_start = behind if has_names else before.stop
    names = _named(dialect, cells, what, has_names=has_names)
    ended_by = next((end for end in (b"\r\n", b"\n") if has_names and head.content.endswith(end, 0, data_start)), b"")
    return Header(
        names, data_start, delimiter, tuple(notes), head.line_ends, ended_by, Shape(delimiter),
        settled=dialect, names_delimiter=before.delimiter is not None,
    )  # fmt: skip


def _in_shape(head: Head, dialect: Dialect, shape: Shape, what: str) -> Header:
    """The header of a file that is not of the plain dialect."""
    content = head.content
    before = behind_lines(head, dialect.skip_lines or 0, what).stop
    at = shape.behind_comments(content, before)
    cells, behind = _cells(head, at, shape, what)
    has_names = dialect.header is HeaderLine.YES or (dialect.header is HeaderLine.AUTO and dialect.names is None)
    names = _named(dialect, cells, what, has_names=has_names)
    data_start = behind if has_names else at
    ended_by = next((end for end in (b"\r\n", b"\n") if content.endswith(end, 0, behind)), b"")
    return Header(
        names, data_start, shape.plain_delimiter, (), head.line_ends, ended_by, shape, settled=dialect
    )  # fmt: skip


def _named(dialect: Dialect, cells: tuple[str, ...], what: str, *, has_names: bool) -> tuple[str, ...]:
    """The names of the columns.

    Raises:
        CsvHeaderWidth: more were given, or fewer.
        SchemaMismatch: a name is used twice.
    """
    written = tuple(cell.strip(BLANKS) for cell in cells) if dialect.trim else cells
    names = dialect.names or (written if has_names else numbered(len(cells)))
    if len(names) != len(cells):
        raise CsvHeaderWidth(
            f"{what}: --names has {len(names)} names, the first row {len(cells)} cells", mend="name each column once"
        )
    _refuse_twice(names, what)
    return names


def _said_of_delimiter(before: BeforeHeader, given: str | None) -> list[str]:
    """A delimiter that was given wins over the one that a file names, as every flag does over what is found."""
    if before.delimiter is None:
        return []
    said = f"its first line names {before.delimiter!r} as the delimiter, and is no header"
    return [said if given in (None, before.delimiter) else f"{said}; --delimiter {given!r} was given, and holds"]


def _cells(head: Head, at: int, shape: Shape, what: str) -> tuple[tuple[str, ...], int]:
    """The cells of the first row, and where the line behind them begins."""
    content, mark = head.content, shape.delimiter.encode()
    names: list[str] = []
    while True:
        found = shape.cell(content, at)
        if not head.whole and (not found[1] if found else shape.may_go_on(content, at)):
            raise TooShort
        if found is None:
            _name(content[: content.find(b"\n", at) + 1] or content, 0, what)  # perhaps it is no text at all
            raise BadRow(
                f"{what}, header line: cell {len(names) + 1} (at byte {at}) has a broken quote or a lone CR", mend=_MEND
            )
        text, end, behind = found
        is_quoted = bool(shape.quote) and content.startswith(shape.quote.encode(), at)
        names.append(_name(head.line_ends.decoded(text) if is_quoted else text, at, what))
        at = behind
        if end != mark:
            break
    return tuple(names), at


def _refuse_twice(names: Sequence[str], what: str) -> None:
    seen: set[str] = set()
    for number, name in enumerate(names, start=1):
        if name in seen:
            shown = repr(name) if name else "without a name"
            raise SchemaMismatch(f"{what}: column {number} is {shown}, as an earlier one is", mend=_MEND)
        seen.add(name)


def _name(raw: bytes, at: int, what: str) -> str:
    try:
        name = raw.decode()
    except UnicodeDecodeError as error:
        raise FormatMagic(
            f"{what}, header line: byte {at + error.start} is not UTF-8",
            mend="give its --encoding (latin-1, cp1252 ...)",
        ) from None
    if "\0" in name:
        raise FormatMagic(f"{what}, header line: a NUL byte in the cell at byte {at}")
    return name

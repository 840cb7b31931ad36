"""The sample as lines of text. Pure."""

from __future__ import annotations

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.finding import Finding
from etl_batch.sniffing.line_end import find_line_end, with_lf
from etl_batch.sniffing.sample import Sample, head_text, later_texts
from etl_batch.text.encodings import is_ebcdic


@dataclass(frozen=True, slots=True)
class TextLines:
    """Lines without their ends."""

    head: list[str]
    later: tuple[list[str], ...]  #: those of middle and tail
    whole: bool  #: the head is all there is
    line_end: Finding

    @property
    def is_blank(self) -> bool:
        """Whether the head holds nothing but blanks."""
        return not any(line.strip() for line in self.head)


def text_lines(sample: Sample, encoding: str) -> TextLines:
    """Read the sample; what is no text in the encoding becomes U+FFFD."""
    head = head_text(sample, encoding, "replace").removeprefix("\ufeff")
    line_end = find_line_end(head, in_ebcdic=is_ebcdic(encoding))
    later = later_texts(sample, encoding) if not sample.whole else ()
    end = str(line_end.value)
    return TextLines(_lines(head, end), tuple(_lines(text, end) for text in later), sample.whole, line_end)


def _lines(text: str, line_end: str) -> list[str]:
    lines = with_lf(text.replace("\0", " "), line_end).split("\n")
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines

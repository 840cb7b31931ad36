"""Sniffing bytes that lie in memory."""

from __future__ import annotations

from etl_batch.sniffing.finding import Sniffed, Value
from etl_batch.sniffing.sample import Sample, sample_of
from etl_batch.sniffing.sniff import sniff


def sample(content: bytes, **sizes: int) -> Sample:
    """The sample that is taken of a file with this content."""
    return sample_of(lambda length, at: content[at : at + length], len(content), **sizes)


def sniffed(content: bytes | str) -> Sniffed:
    """What such a file seems to be.

    Raises:
        AssertionError: it seems to be blank.
    """
    found = sniff(sample(content.encode() if isinstance(content, str) else content))
    assert found is not None
    return found


def values(found: Sniffed, *names: str) -> tuple[Value, ...]:
    """Some of its properties."""
    return tuple(found.findings[name].value for name in names)


def asked(found: Sniffed) -> list[str]:
    """What has to be asked."""
    return [question.about for question in found.questions]

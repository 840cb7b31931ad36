"""What `--rdw` says of the length of records."""

from __future__ import annotations

import pytest

from etl_batch.errors import ConfigError
from etl_batch.options.record_framing import SaidLength


@pytest.mark.parametrize(("text", "said"), [
    (None, SaidLength()),
    ("big,self", SaidLength(is_big=True, includes_itself=True)),
    (" Little , data ", SaidLength(is_big=False, includes_itself=False)),
    ("at=6,bytes=4,adjust=-4,head=0", SaidLength(at=6, bytes=4, adjust=-4, head=0)),
])  # fmt: skip
def test_words_are_read(text: str | None, said: SaidLength) -> None:
    assert SaidLength.parse(text) == said


@pytest.mark.parametrize(("text", "why"), [
    ("", "'' says nothing of a length"),
    ("middle", "'middle' says nothing of a length"),
    ("big,little", "'little' is said beside another of its kind"),
    ("at=1,at=2", "'at=2' is said beside another of its kind"),
    ("at=x", "'at=x' says nothing of a length"),
    ("at=-1", "at is -1; give 0 to 32760"),
    ("bytes=9", "bytes is 9; give 1 to 8"),
    ("bytes=0", "bytes is 0; give 1 to 8"),
    ("head=256", "head is 256; give 0 to 255"),
    ("adjust=99999999", "'adjust=99999999' says nothing of a length"),
])  # fmt: skip
def test_what_is_no_such_word_is_refused(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=f"^--rdw is '{text}': {why}") as found:
        SaidLength.parse(text)
    assert "such as --rdw big,self" in found.value.what_to_do

"""Texts of strangers: what is escaped, and what Streamlit finds behind the parser."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.text.shown_text import shown
from etl_batch.ui.foreign_text import as_code, in_chart, plain

_PIECES = [*"`*_[]()<>#$:|~\\&!-+.1 \t\n", "https://", "www.", "a@b.c", ":material/", ":smile:", " -> ", "<= ", "--"]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=200) | st.lists(st.sampled_from(_PIECES), max_size=30).map(
    "".join
)
JOINER = "\u2060"
#: what the plugins of Streamlit's Markdown look for in finished text, rewritten from its sources
FOUND_IN_TEXT = re.compile(
    r"""https?://[-.\w] | www\.[-.\w] | [-.\w+]@[-\w]+\. | :material_\w+: | :streamlit:
      | (?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)""",
    re.VERBOSE | re.IGNORECASE,
)


def _rendered(markdown: str) -> str:
    """What a Markdown parser makes of backslashes before punctuation (CommonMark 2.4)."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


@given(TEXTS)
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert _rendered(plain(text)).replace(JOINER, "") == shown(text).replace(JOINER, "")


@given(TEXTS)
def test_no_punctuation_of_a_stranger_is_markup(text: str) -> None:
    left = re.sub(r"\\[!-/:-@\[-`{-~]", "", plain(text))
    assert re.search(r"[!-/:-@\[-`{-~]", left) is None
    assert "\n" not in plain(text)


@given(TEXTS)
def test_nothing_is_found_behind_the_parser(text: str) -> None:
    assert FOUND_IN_TEXT.search(_rendered(plain(text))) is None
    assert ":material/" not in plain(text)


@given(TEXTS)
def test_code_is_closed_by_its_own_fence_only(text: str) -> None:
    code = as_code(text)
    fence = re.match(r"`+", code)
    assert fence is not None
    inside = code[len(fence[0]) : -len(fence[0])]
    assert code.endswith(fence[0])
    assert all(len(run) != len(fence[0]) for run in re.findall(r"`+", inside))
    assert ":material/" not in code
    stripped = inside[1:-1] if inside.startswith(" ") and inside.endswith(" ") and inside.strip() else inside
    assert stripped.replace(JOINER, "") == (shown(text).replace(JOINER, "") or " ")


@given(TEXTS)
def test_charts_get_no_tag_and_no_formula(text: str) -> None:
    label = in_chart(text)
    assert not set("<>$") & set(label)
    rendered = label.replace("&#36;", "$").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert rendered == shown(text, 24)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![](https://example.org/x.png)",
        "**bold** _it_ `code` $x^2$",
        ":red[danger] :material/delete: :streamlit:",
        "user@example.org www.example.org https://example.org/",
        "a -> b <- c -- d >= e <= f ~= g <-> h",
        "| a | b |",
        "\u202egpj.exe",
        "x" * 4096,
    ],
)
def test_what_has_been_tried(text: str) -> None:
    markdown = plain(text, 80)
    assert _rendered(markdown).replace(JOINER, "") == shown(text, 80)
    assert FOUND_IN_TEXT.search(_rendered(markdown)) is None

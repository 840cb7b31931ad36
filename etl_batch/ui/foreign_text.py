"""Texts of strangers (names of files, cells, users, log lines) for the places where Streamlit and Plotly read markup.

Escaping alone does not do for Markdown: some of what Streamlit shows is found in the finished text, behind the parser
(links, mail addresses, arrows, icons). There a word joiner, which nobody sees, takes the pattern apart.
"""

from __future__ import annotations

import re

from etl_batch.text.shown_text import shown

_JOINER = "\u2060"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
#: found by Streamlit's own plugins, and by the links of GitHub's dialect, in the text that is left after parsing
_FOUND_LATER = re.compile(
    r"""(?P<scheme>https?:)(?=//) | (?P<web>www)(?=\.) | (?P<mail>(?<=[-.\w+])(?=@))
      | (?P<icon>:)(?=material[_/]|streamlit:)
      | (?<!\S)(?P<arrow><-|<(?==)|>(?==)|~(?==)|-(?=[->]))(?=[->=]?(?!\S))""",
    re.VERBOSE | re.IGNORECASE,
)
_BACKTICKS = re.compile(r"`+")


def plain(text: str, columns: int = 60) -> str:
    """A text as Markdown that is shown as that text, in one line: in `st.markdown`, captions, labels, messages."""
    return _PUNCTUATION.sub(r"\\\1", _taken_apart(shown(text, columns)))


def as_code(text: str, columns: int = 60) -> str:
    """A text as Markdown that is shown as that text, in letters of one width."""
    inside = shown(text, columns).replace(":material/", f":material{_JOINER}/") or " "
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(inside)), default=0))
    padding = " " if inside.strip() and (inside.strip("` ") != inside) else ""  # CommonMark 6.1 takes it away
    return f"{fence}{padding}{inside}{padding}{fence}"


def in_chart(text: str, columns: int = 24) -> str:
    """A text as a label that Plotly shows as that text; it reads some HTML, and formulas between dollars."""
    escaped = shown(text, columns).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("$", "&#36;")


def in_table(text: str, columns: int = 400) -> str:
    """A text in a cell, where there is no markup: what hides is spelt out, what is endless is cut."""
    return shown(text, columns)


def _taken_apart(text: str) -> str:
    return _FOUND_LATER.sub(lambda found: found[0] + _JOINER, text)

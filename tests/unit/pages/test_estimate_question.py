"""Questions as links: what was asked comes back, and no link breaks the page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pages.services.estimate_question import DELIMITERS, AskedEstimate, from_link

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
NAMES = st.lists(st.one_of(TEXTS, st.sampled_from(["a,b", "\\", ",", "a\\,b"])), max_size=4).map(tuple)
QUESTIONS = st.builds(
    AskedEstimate,
    file=TEXTS,
    measures=NAMES,
    strata=st.just("") | TEXTS,
    where=st.just("") | TEXTS,
    within=st.sampled_from(["", "1%", "0.5%"]),
    confidence=st.sampled_from([0.8, 0.9, 0.95, 0.99]),
    exact=st.booleans(),
    delimiter=st.sampled_from(DELIMITERS),
)


@given(QUESTIONS)
def test_a_link_asks_what_was_asked(asked: AskedEstimate) -> None:
    assert from_link(asked.as_link()) == asked


@given(
    st.dictionaries(
        st.sampled_from(["file", "measures", "where", "confidence", "exact", "within", "delimiter"]), st.text()
    )
)
def test_no_link_is_an_error(parts: dict[str, str]) -> None:
    found = from_link(parts)
    assert (found is None) == (not parts.get("file"))
    if found is not None:
        assert 0.5 <= found.confidence < 1
        assert all(found.measures)
        assert found.delimiter in DELIMITERS


def test_flags_are_those_of_the_command() -> None:
    asked = AskedEstimate(file="output/x.csv", strata="-s", where="a = 'b'", within="1%", exact=True, delimiter=";")
    assert asked.as_flags() == [
        "--confidence",
        "0.95",
        "--strata=-s",
        "--where=a = 'b'",
        "--error-within=1%",
        "--delimiter=;",
        "--exact",
    ]

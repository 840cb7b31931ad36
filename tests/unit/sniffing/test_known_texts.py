"""Files of which everything is known: most are read right unasked, and none is read wrong without a word."""

from __future__ import annotations

import codecs
from dataclasses import replace
from functools import cache

import pytest

from etl_batch.sniffing.finding import Sniffed
from etl_batch.sniffing.sniff import sniff
from tests.data_makers.known_texts import MANY, Known, Truth, known_texts
from tests.helpers.sniffed import asked, sample

_RIGHT = 0.93  #: of the files, unasked
_FILES = {known.name: known for known in known_texts()}


@cache
def _found(name: str) -> Sniffed:
    found = sniff(sample(_FILES[name].content))
    assert found is not None
    return found


def _differences(known: Known, found: Sniffed) -> dict[str, tuple[object, object]]:
    """What was found, and what is true, where the two differ and nothing is asked."""
    said, truth = found.as_json(), known.truth
    pairs = {
        name: (said[name], getattr(truth, name))
        for name in ("line_end", "delimiter", "escape", "skip_lines", "comment", "header")
    }
    pairs["encoding"] = (_codec(said["encoding"]), _codec(truth.encoding))
    if truth.quote is not None:
        pairs["quote"] = (said["quote"] or "none", truth.quote)
    if {"f64", "decimal"} & set(truth.types):
        pairs |= {name: (said[name], getattr(truth, name)) for name in ("decimal", "thousands")}
    pairs["types"] = (tuple(one.type.partition("(")[0] for one in found.columns), truth.types)
    formats = tuple(one.date_format for one in found.columns)[: len(truth.date_formats)]
    pairs["date_formats"] = (formats, truth.date_formats)
    about = {question.about for question in found.questions if question.of_structure}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and name not in about}


def _codec(name: object) -> str | None:
    return codecs.lookup(str(name)).name if name is not None else None


def test_there_are_as_many_as_promised_and_each_property_has_all_of_its_values() -> None:
    truths = [known.truth for known in _FILES.values()]
    assert len(truths) == MANY
    assert len({truth.encoding for truth in truths}) >= 12
    assert {truth.skip_lines for truth in truths} >= {0, 1, 3}
    assert {truth.delimiter for truth in truths} >= {",", ";", "\t", "|", "~", "^", "\x1f", " ", "||", None}
    assert {truth.quote for truth in truths} >= {'"', "'", "none", None}
    assert {truth.thousands for truth in truths} >= {None, ",", ".", " ", "'"}
    assert len({form for truth in truths for form in truth.date_formats}) >= 13


@pytest.mark.parametrize("name", _FILES)
def test_none_is_wrong_without_a_word(name: str) -> None:
    assert _differences(_FILES[name], _found(name)) == {}


@pytest.mark.parametrize("name", _FILES)
def test_what_is_truly_ambiguous_is_asked_and_nothing_else(name: str) -> None:
    found = _found(name)
    assert set(asked(found)) == set(_FILES[name].truth.asks)
    for question in found.questions:
        assert len(question.choices) > 1
        assert all(choice.flag.startswith(question.flag) and choice.gives for choice in question.choices)
        assert len({choice.flag for choice in question.choices}) == len(question.choices)


def test_most_are_read_right_unasked() -> None:
    right = [
        name for name, known in _FILES.items() if not _found(name).questions and not _differences(known, _found(name))
    ]
    assert len(right) >= _RIGHT * MANY


def test_a_truth_that_is_false_is_noticed() -> None:
    known = _FILES["sep"]
    false = replace(known, truth=Truth(delimiter=",", skip_lines=1, types=known.truth.types))
    assert set(_differences(false, _found("sep"))) == {"delimiter"}


@pytest.mark.parametrize("name", _FILES)
def test_each_property_has_a_sentence_and_a_share(name: str) -> None:
    found = _found(name)
    for one in found.findings.values():
        assert 0 < one.sure <= 1
        assert len(one.evidence) > 10

"""A search that passes over lines by their bytes finds what one that reads every line finds."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from etl_batch.audit.chain import Link, entry_of, line_of
from etl_batch.audit.events import Action, Event
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reading import Filter, page
from etl_batch.audit.text_search import TextSearch, text_of
from etl_batch.values import Actor
from tests.data_makers.audit_homes import filled
from tests.helpers.chance import examples

AUDITOR = Actor(name="otto", os_user="test", role="auditor")
KEY = bytes(32)
_TIME = "2026-01-31T12:00:00.000000Z"
#: letters, what JSON and Python spell in ways of their own, and letters that fold into others
_TEXTS = st.text(st.sampled_from("aAkKsSnoeNONE17 \t\n\x08\x0c\x7f\"'\\,:{}[]-_./=éß\u017f\u212aİﬁ😀"), max_size=12)
_DETAILS = st.dictionaries(
    st.sampled_from(["rows", "one", "state"]), st.none() | st.booleans() | st.integers() | _TEXTS, max_size=3
)


def _line(user: str, target: str, detail: dict[str, str | int | bool | None]) -> bytes:
    actor = Actor(name=user, os_user="etl", role=None, ip=None)
    return line_of(actor, Event(action=Action.SIGN_IN, target=target, detail=detail), Link(), _TIME, KEY)


@given(user=_TEXTS, target=_TEXTS, detail=_DETAILS, asked=st.data())
@settings(max_examples=examples(300))
def test_no_line_that_holds_the_text_is_passed_over(
    user: str, target: str, detail: dict[str, str | int | bool | None], asked: st.DataObject
) -> None:
    line = _line(user, target, detail)
    text = text_of(entry_of(line))
    start = asked.draw(st.integers(0, len(text)))
    part = text[start : start + asked.draw(st.integers(0, 12))]
    for wanted in (part, part.upper(), part.casefold(), asked.draw(_TEXTS)):
        if wanted.casefold() in text.casefold():
            assert TextSearch.of(wanted).may_be_in(line), (wanted, line)


@given(target=_TEXTS, wanted=_TEXTS)
@example("\u212aelvin", "kelvin")
@example("stra\u017fe", "STRASE")
@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_holds_of_a_line_holds_of_the_block_around_it(target: str, wanted: str) -> None:
    line, search = _line("ana", target, {}), TextSearch.of(wanted)
    if search.may_be_in(line):
        assert search.may_be_in(b"before\n" + line + b"\nafter")


def test_most_lines_are_passed_over() -> None:
    line = _line("ana", "output/data.csv", {"rows": 7})
    assert not TextSearch.of("needle").may_be_in(line)
    assert not TextSearch.of("é").may_be_in(line)
    assert TextSearch.of("").may_be_in(line)
    assert TextSearch.of("OUTPUT/data").may_be_in(line)


def test_a_page_holds_what_reading_every_line_finds(tmp_path: Path) -> None:
    filled(tmp_path, 700)  # several blocks
    log = AuditLog(tmp_path)
    for target in ("a NEEDLE", "strasse", "stra\u017f\u017fe", 'said "needle"', "caf\u00e9", "Caf\u00c9"):
        log.record(AUDITOR, Event(action=Action.LAYOUT_SAVED, target=target, detail={"note": f"x {target} \\ y"}))
    filled(tmp_path, 700, first=701)
    lines = AuditFiles(tmp_path / ".secrets").log.read_bytes().splitlines()
    for wanted in ("needle", "STRASSE", "CAFÉ", "user 77", 'said "needle"', "': 'x", "nothing", json.dumps("x")):
        slow = [entry.seq for entry in map(entry_of, reversed(lines)) if wanted.casefold() in text_of(entry).casefold()]
        found = page(tmp_path, AUDITOR, Filter(text=wanted), limit=10_000)
        assert [entry.seq for entry in found.entries] == slow, wanted

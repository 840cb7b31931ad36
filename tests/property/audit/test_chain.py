"""The lines of the log: whatever is put into them comes out, and no byte of one can change unseen."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.audit import chain
from etl_batch.audit.chain import Link, after, entry_of, has_code, line_of, previous_of, problem, seq_of
from etl_batch.audit.events import Action, Event
from etl_batch.values import Actor
from tests.helpers.chance import examples

KEY = bytes(range(32))
TS = "2026-01-02T03:04:05.000006Z"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ['","mac":"', ',"prev":"', '","seq":9,"', "\n"]
)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True).filter(
    lambda name: name not in {"mac", "prev", "seq", "os_user"}
)
DETAILS = st.dictionaries(NAMES, TEXTS | st.none() | st.booleans() | st.integers(), max_size=4)
LINKS = st.builds(Link, st.integers(0, 2**40), st.binary(min_size=32, max_size=32))
EVENTS = st.builds(Event, action=st.sampled_from(Action), target=TEXTS, job=st.none() | TEXTS, detail=DETAILS)
ACTORS = st.builds(Actor, name=TEXTS, os_user=TEXTS, role=st.none() | TEXTS, ip=st.none() | TEXTS)


@settings(max_examples=examples(200))
@given(ACTORS, EVENTS, LINKS)
def test_what_goes_in_comes_out(actor: Actor, event: Event, link: Link) -> None:
    line = line_of(actor, event, link, TS, KEY)
    assert b"\n" not in line
    assert line.isascii()
    entry = entry_of(line)
    assert entry.is_readable
    assert (entry.user, entry.role, entry.ip) == (actor.name, actor.role, actor.ip)
    assert (entry.action, entry.target, entry.job) == (event.action, event.target, event.job)
    assert (entry.seq, entry.ts) == (link.seq + 1, TS)
    assert entry.detail == {"os_user": actor.os_user, **event.detail}


@settings(max_examples=examples(200))
@given(ACTORS, EVENTS, LINKS)
def test_what_is_found_by_its_bytes_is_what_the_line_says(actor: Actor, event: Event, link: Link) -> None:
    """However much a name looks like a part of the line."""
    line = line_of(actor, event, link, TS, KEY)
    assert previous_of(line) == link.leaf.hex().encode()
    assert seq_of(line) == link.seq + 1
    assert has_code(line, KEY)
    assert not has_code(line, bytes(32))
    assert problem(line, link, KEY) is None


@settings(max_examples=examples(200))
@given(ACTORS, EVENTS, LINKS, st.data())
def test_no_byte_changes_unseen(actor: Actor, event: Event, link: Link, data: st.DataObject) -> None:
    line = line_of(actor, event, link, TS, KEY)
    at = data.draw(st.integers(0, len(line) - 1))
    changed = bytes([line[at] ^ (1 << data.draw(st.integers(0, 7)))])
    assert problem(line[:at] + changed + line[at + 1 :], link, KEY) == "the line is not as it was written"
    assert problem(line[:at] + line[at + 1 :], link, KEY) == "the line is not as it was written"


@given(st.integers(2, 8), st.data())
def test_lines_that_were_moved_or_removed_are_told_apart(count: int, data: st.DataObject) -> None:
    links, lines = [Link()], []
    for number in range(count):
        event = Event(action=Action.SIGN_IN, target=f"user {number}")
        lines.append(line_of(Actor(name="ana", os_user="ana"), event, links[-1], TS, KEY))
        links.append(after(links[-1], lines[-1]))
    at = data.draw(st.integers(0, count - 1))
    there = data.draw(st.integers(0, count - 1))
    found = problem(lines[there], links[at], KEY)
    if there > at:
        assert found == f"entries {at + 1} to {there} are missing before it"
    else:
        assert found == (None if there == at else f"entry {there + 1} stands where {at + 1} belongs")


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_anything_can_be_read(line: bytes) -> None:
    """Anybody may have written it: it comes as an entry that says so."""
    assert not entry_of(line).is_readable
    assert not has_code(line, KEY)


@given(st.integers(0, 3 * chain.MOST_CHARACTERS))
def test_long_texts_are_cut_and_say_so(length: int) -> None:
    event = Event(action=Action.SIGN_IN, target="x" * length)
    target = entry_of(line_of(Actor(name="ana", os_user="ana"), event, Link(), TS, KEY)).target
    assert len(target) == min(length, chain.MOST_CHARACTERS)
    assert target.endswith(chain.CUT) == (length > chain.MOST_CHARACTERS)

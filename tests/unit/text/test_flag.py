"""A flag beside its field: how it is called, how it is entered, and what is kept of what was given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pytest

from etl_batch.text.flag import FieldFlag, Kind, flags_of, option, same_option


class Way(StrEnum):
    """How."""

    FAST = "fast"
    SLOW = "slow"


@dataclass(frozen=True, kw_only=True)
class Options:
    """One of each kind."""

    plain: str | None = option(None, "a text")
    inputs: tuple[str, ...] = option((), "files", name="--input", short="-i", repeats=True, place=1)
    way: Way = option(Way.FAST, "how (%(default)s)")
    loud: bool = option(False, "say more")
    escaping: Way = option(Way.FAST, "slowly", name="--slow", switches_to=Way.SLOW)
    size_bytes: int = option(3 * 1024, "how large (%(default)s)", unit=1024)
    share: float | None = option(None, "a share", number=float)
    names: tuple[str, ...] = option(
        ("a",), "names (%(default)s)", read=lambda one: tuple(one.split("+")), write="+".join
    )
    without: int = 7  # no flag sets it


FLAGS = {one.field: one for one in flags_of(Options)}


def test_they_stand_by_their_place_and_else_as_the_fields_do() -> None:
    assert list(FLAGS) == ["inputs", "plain", "way", "loud", "escaping", "size_bytes", "share", "names"]


@pytest.mark.parametrize(
    ("field", "kind", "options", "dest"),
    [
        ("plain", Kind.TEXT, ("--plain",), "plain"),
        ("inputs", Kind.LIST, ("-i", "--input"), "input"),
        ("way", Kind.CHOICE, ("--way",), "way"),
        ("loud", Kind.SWITCH, ("--loud",), "loud"),
        ("escaping", Kind.SWITCH, ("--slow",), "slow"),
        ("size_bytes", Kind.TEXT, ("--size-bytes",), "size_bytes"),
    ],
)
def test_how_each_is_called_and_entered(field: str, kind: Kind, options: tuple[str, ...], dest: str) -> None:
    one = FLAGS[field]
    assert (one.kind, one.options, one.dest) == (kind, options, dest)


def test_what_may_be_chosen_and_what_is_a_number() -> None:
    assert FLAGS["way"].choices == ("fast", "slow")
    assert FLAGS["plain"].choices == ()
    assert [FLAGS[name].number for name in ("size_bytes", "share", "plain", "loud")] == [int, float, None, None]


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("plain", "x", "x"),
        ("inputs", ["a", "b"], ("a", "b")),
        ("way", "slow", Way.SLOW),
        ("loud", True, True),
        ("loud", False, False),
        ("escaping", True, Way.SLOW),
        ("escaping", False, Way.FAST),
        ("size_bytes", 5, 5 * 1024),
        ("names", "b+c", ("b", "c")),
    ],
)
def test_what_is_kept(field: str, given: object, kept: object) -> None:
    assert FLAGS[field].value(given) == kept


def test_what_would_be_given() -> None:
    assert FLAGS["size_bytes"].given(5 * 1024) == 5
    assert FLAGS["size_bytes"].given(512) == 0.5
    assert FLAGS["names"].given(("b", "c")) == "b+c"
    assert FLAGS["plain"].given("x") == "x"


def test_the_help_shows_the_default_as_it_would_be_given() -> None:
    helps = {name: FLAGS[name].help for name in ("way", "size_bytes", "plain")}
    assert helps == {"way": "how (fast)", "size_bytes": "how large (3)", "plain": "a text"}


@pytest.mark.parametrize("one", [FLAGS["plain"], FLAGS["loud"], FLAGS["inputs"]], ids=lambda one: one.field)
def test_of_some_there_is_no_default_to_show(one: FieldFlag) -> None:
    assert one.given_by_default is None


def test_an_option_of_another_class_but_for_what_is_said_otherwise() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Others:
        way: Way = same_option(Options, "way", help="another way", place=2)

    (one,) = flags_of(Others)
    assert (one.default, one.flag.help, one.flag.place, one.choices) == (Way.FAST, "another way", 2, ("fast", "slow"))

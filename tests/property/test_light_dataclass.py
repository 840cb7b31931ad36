"""Whatever fields a class has, it does what the class does that the standard library makes."""

from __future__ import annotations

import copy
import dataclasses
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.light_dataclass import dataclass as light

_NAMES = ("self_", "name", "rows", "value", "_MISSING_", "other", "kind")
_OPTIONS = st.fixed_dictionaries({}, optional=dict.fromkeys(("repr", "compare", "kw_only", "init"), st.booleans()))
_DEFAULTS = st.sampled_from([{}, {"default": 3}, {"default": None}, {"default_factory": list}])
_FIELDS = st.lists(st.tuples(st.sampled_from(_NAMES), _OPTIONS, _DEFAULTS), unique_by=lambda one: one[0], max_size=5)
_FLAGS = st.fixed_dictionaries({}, optional=dict.fromkeys(("frozen", "slots", "eq", "kw_only"), st.booleans()))
_VALUES = st.one_of(st.integers(0, 2), st.text(max_size=2), st.lists(st.integers(0, 1), max_size=1))
_CALLS = st.tuples(st.lists(_VALUES, max_size=5), st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=5))


def _made(decorator: Callable[..., Any], fields: list[Any], flags: dict[str, bool], *, is_post: bool) -> Any:  # noqa: ANN401
    # Those with a default last, as the standard library asks of those that are no keywords.
    ordered = sorted(fields, key=lambda one: bool(one[2]))
    content = {name: field(**options, **default) for name, options, default in ordered}
    more: dict[str, Any] = {"__post_init__": lambda self: calls.append(type(self).__name__)} if is_post else {}
    calls: list[str] = []
    body = {"__annotations__": dict.fromkeys(content, "int"), "__doc__": "A class.", "calls": calls, **content, **more}
    return decorator(**flags)(type("Made", (), body))


def _outcome(do: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401
    """What it gives, or says in refusing."""
    try:
        return do(*given)
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


def _facts(kind: Any, call: Any, other: Any) -> list[Any]:  # noqa: ANN401
    """All that two values of a class are seen to do."""
    made = [_outcome(lambda given: kind(*given[0], **given[1]), given) for given in (call, other)]
    facts: list[Any] = [kind.__match_args__, kind.__hash__ is None, [one for one in made if not isinstance(one, kind)]]
    for one in (one for one in made if isinstance(one, kind)):
        facts += [_outcome(dataclasses.asdict, one), _outcome(dataclasses.asdict, copy.copy(one))]
        if kind.__eq__ is not object.__eq__:  # else both go by where the value lies
            facts += [_outcome(hash, one), [_outcome(operator.eq, one, two) is True for two in made]]
            facts += [_outcome(operator.eq, one, copy.copy(one))]
        facts += [_outcome(repr, one), list(kind.calls)]
        facts += [_outcome(setattr, one, name, 1) for name in kind.__match_args__]
    return facts


@given(_FIELDS, _FLAGS, st.booleans(), _CALLS, _CALLS)
def test_a_class_does_what_the_standard_one_does(
    fields: list[Any],
    flags: dict[str, bool],
    is_post: bool,
    call: Any,  # noqa: ANN401
    other: Any,  # noqa: ANN401
) -> None:
    ours, theirs = (_made(one, fields, flags, is_post=is_post) for one in (light, dataclass))
    assert _facts(ours, call, other) == _facts(theirs, call, other)

"""`dataclass` of the standard library, with methods that are compiled when first called, and not at each start.

The standard one writes the source of six methods for each class and compiles it, which takes half a millisecond: of the
classes that a small job loads in its processes, more than a tenth of its time. Most of those methods are never called
in the process at hand. What remains, fields and slots, is the standard library's own.

To type checkers it is the standard one. A class with an order, and whatever else is asked for, is left to the standard
library whole; so is one that inherits from a class of the standard one.
"""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from functools import partial
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]
_LIGHT = "__light_dataclass__"

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        kind: type | None = None,
        /,
        *,
        frozen: bool = False,
        eq: bool = True,
        slots: bool = False,
        kw_only: bool = False,
        **more: bool,
    ) -> Any:  # noqa: ANN401 - a class, or what decorates one
        """As `dataclasses.dataclass`."""
        if kind is None:
            return partial(dataclass, frozen=frozen, eq=eq, slots=slots, kw_only=kw_only, **more)
        bases = [base for base in kind.__mro__[1:] if "__dataclass_params__" in base.__dict__]
        if more or not all(_LIGHT in base.__dict__ and base.__dataclass_params__.frozen == frozen for base in bases):
            return dataclasses.dataclass(kind, frozen=frozen, eq=eq, slots=slots, kw_only=kw_only, **more)
        _add_methods(kind, frozen=frozen, eq=eq, slots=slots)
        setattr(kind, _LIGHT, True)
        _say_frozen(bases, is_frozen=False)  # the standard library wants a class as frozen as its bases
        try:
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(kind)
        finally:
            _say_frozen(bases, is_frozen=frozen)
        _say_frozen([made], is_frozen=frozen)  # for those that inherit from it
        return made


def _say_frozen(kinds: Iterable[Any], *, is_frozen: bool) -> None:
    for kind in kinds:
        kind.__dataclass_params__.frozen = is_frozen


def _add_methods(kind: type, *, frozen: bool, eq: bool, slots: bool) -> None:
    """Give the class what it has not defined itself."""
    own = kind.__dict__
    added: dict[str, Any] = {
        "__init__": _late("__init__", partial(_init, frozen=frozen)),
        "__repr__": _late("__repr__", _repr),
    }
    if eq:
        added["__eq__"] = _late("__eq__", _eq)
        if "__hash__" not in own or (own["__hash__"] is None and "__eq__" in own):
            added["__hash__"] = _late("__hash__", _hash) if frozen else None
    if frozen:
        added |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        added |= {"__getstate__": _state, "__setstate__": _set_state} if slots else {}
    if not kind.__doc__:
        kind.__doc__ = kind.__name__  # the standard library would look at the signature
    for name, method in added.items():
        if name not in own or name == "__hash__":
            setattr(kind, name, method)


def _late(name: str, make: Callable[[type], Callable[..., Any]]) -> Callable[..., Any]:
    """A method that puts the one in its place that it makes, and calls it."""

    def method(self: object, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the method has it
        # Looked for: with slots, the class is another than the one that was decorated.
        owner = next((one for one in type(self).__mro__ if one.__dict__.get(name) is method), None)
        if owner is None:  # another thread was as quick
            return getattr(self, name)(*arguments, **named)
        made = make(owner)
        made.__qualname__ = f"{owner.__qualname__}.{name}"
        setattr(owner, name, made)
        return made(self, *arguments, **named)

    return method


def _init(owner: type, *, frozen: bool) -> Callable[..., Any]:
    known: dict[str, Any] = {"_set": object.__setattr__, "_MISSING": MISSING}
    plain: list[str] = []
    by_name: list[str] = []
    lines: list[str] = []
    for one in fields(owner):
        if one.init:
            (by_name if one.kw_only else plain).append(one.name + _default(one, known))
        value = _value(one, known)
        if value is not None:
            lines.append(f"_set(self, {one.name!r}, {value})" if frozen else f"self.{one.name} = {value}")
    if hasattr(owner, "__post_init__"):
        lines.append("self.__post_init__()")
    return _compiled("__init__", ["self", *plain, *(["*", *by_name] if by_name else [])], lines or ["pass"], known)


def _default(one: Field[Any], known: dict[str, Any]) -> str:
    """What stands behind a parameter."""
    if one.default_factory is not MISSING:
        return " = _MISSING"
    if one.default is MISSING:
        return ""
    known[f"_default_{one.name}"] = one.default
    return f" = _default_{one.name}"


def _value(one: Field[Any], known: dict[str, Any]) -> str | None:
    """What the field is set to; None: nothing."""
    if one.default_factory is not MISSING:
        known[f"_make_{one.name}"] = one.default_factory
        made = f"_make_{one.name}()"
        return f"{made} if {one.name} is _MISSING else {one.name}" if one.init else made
    if one.init:
        return one.name
    if one.default is MISSING:
        return None
    known[f"_default_{one.name}"] = one.default
    return f"_default_{one.name}"


def _repr(owner: type) -> Callable[..., Any]:
    shown = ", ".join(f"{one.name}={{self.{one.name}!r}}" for one in fields(owner) if one.repr)
    lines = [f'return f"{{self.__class__.__qualname__}}({shown})"']
    return reprlib.recursive_repr()(_compiled("__repr__", ["self"], lines))


def _eq(owner: type) -> Callable[..., Any]:
    names = [one.name for one in fields(owner) if one.compare]
    lines = [
        "if other.__class__ is not self.__class__: return NotImplemented",
        f"return {_tuple('self', names)} == {_tuple('other', names)}",
    ]
    return _compiled("__eq__", ["self", "other"], lines)


def _hash(owner: type) -> Callable[..., Any]:
    names = [one.name for one in fields(owner) if (one.compare if one.hash is None else one.hash)]
    return _compiled("__hash__", ["self"], [f"return hash({_tuple('self', names)})"])


def _tuple(of: str, names: Iterable[str]) -> str:
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


def _compiled(
    name: str, parameters: Sequence[str], lines: Sequence[str], known: dict[str, Any] | None = None
) -> Callable[..., Any]:
    found = dict(known or {})
    body = "\n ".join(lines)
    exec(f"def {name}({', '.join(parameters)}):\n {body}", found)  # noqa: S102 - names of fields, as in dataclasses
    made: Callable[..., Any] = found[name]
    return made


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:  # noqa: ANN401 - any of these
    """For pickles."""
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: Sequence[Any]) -> None:  # noqa: ANN401
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)

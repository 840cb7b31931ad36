"""How a CSV is read whose contract gives a column a type: in the words of `--types`. Pure."""

from __future__ import annotations

from etl_batch.contracts.json_place import At

_MOST_NAME = 1000
_WORDS = {
    "integer": "i64",
    "number": "f64",
    "boolean": "bool",
    "string": "str",
    "date": "date",
    "datetime": "timestamp",
}
TYPES = (*_WORDS, "any")
_DATED = {"date", "datetime"}
_IN_NO_NAME = frozenset(",()")  #: which divide what `--types` says


def read_as(field: At, name: str, kind: str) -> str | None:
    """How the cells of a column are read; None: as they are.

    Args:
        field: of the contract.
        name: of the column.
        kind: its type, in the words of Table Schema.

    Raises:
        Wrong: a type or a format that is not read.
    """
    if kind == "any":
        return None
    if kind not in _WORDS:
        raise field["type"].wrong(f"the type {kind!r} is not checked", f"give {', '.join(_WORDS)} or any")
    if _IN_NO_NAME & set(name) or len(name) > _MOST_NAME:
        raise field["name"].wrong(f"{name[:60]!r} has a comma or a parenthesis", "give it the type any")
    own = field.get("etl:type")
    if own is not None:
        return own.text("a type in our words")
    found = field.get("format")
    form = "default" if found is None else found.text("a format")
    if kind in _DATED and form.startswith("%"):
        return f"{_WORDS[kind]}({form})"
    if form != "default" and found is not None:
        raise found.wrong(
            f"the format {form!r} of {kind} is not checked", "give default, of dates one such as %d.%m.%Y"
        )
    _refuse_marks(field)
    return _truth(field) if kind == "boolean" else _WORDS[kind]


def _refuse_marks(field: At) -> None:
    bare = field.get("bareNumber")
    if bare is not None and not bare.truth():
        raise bare.wrong("numbers with signs beside them are not read", "--types column=percent or money reads them")


def _truth(field: At) -> str:
    """`bool(ja,nein)`: one word for each."""
    words = []
    for key, usual in (("trueValues", "true"), ("falseValues", "false")):
        found = field.get(key)
        listed = [usual] if found is None else found.list("words")
        if found is not None and len(listed) != 1:
            raise found.wrong(f"{len(listed)} words are given", "a CSV is read with one for true and one for false")
        words.append(listed[0] if found is None else found[0].text("a word"))
    return "bool" if words == ["true", "false"] else f"bool({','.join(words)})"

"""A record layout as the TOML that `parse_layout` reads: `parse_layout(layout_text(layout), ...) == layout`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Context, Decimal

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.framing_toml import framing_lines
from etl_batch.layouts.labels import LABEL, VALUES, Meant
from etl_batch.layouts.layout import (
    DEFAULT_LENGTH,
    FLOATS,
    MAX_DECIMAL_DIGITS,
    SCALED,
    TRAILING,
    TRIMS,
    Field,
    Layout,
    Null,
    Table,
    first_fields,
)
from etl_batch.layouts.lines_toml import lines_text
from etl_batch.layouts.occurrences import NUMBER_ENDING
from etl_batch.layouts.reconcile_toml import reconcile_items
from etl_batch.options.record_framing import DependingOn

_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_EXACT = Context(prec=2 * MAX_DECIMAL_DIGITS)


def layout_text(layout: Layout, head: Sequence[str] = (), remarks: Mapping[str, Sequence[str]] | None = None) -> str:
    """The whole document; what is the default is left out, but offsets are always written.

    Args:
        layout: what it is to say.
        head: comments in front of all of it.
        remarks: comments on fields, by their names; of several types, `TYPE.name`.

    Raises:
        LayoutInvalid: its fields differ in how floats are stored, which one document cannot say.
    """
    if layout.records:
        return _text_of_types(layout, head, remarks or {})
    lines = _head_lines(layout, tuple(first_fields(layout.fields)), head)
    lines += _all_lines(layout.fields, "field", layout, remarks or {})
    return "\n".join([*lines, *_variant_lines(layout, "variant"), *_counted_lines(layout, "counted")]) + "\n"


def _head_lines(layout: Layout, fields: Sequence[Field], head: Sequence[str]) -> list[str]:
    """What is said of all records, and all of their fields."""
    in_lines = layout.lines is not None
    of_floats = {field.ibm for field in fields if field.type in FLOATS and not field.text}
    if len(of_floats) > 1:
        raise LayoutInvalid("the fields of a layout share one kind of floats")
    lines = [*map(_comment, head), *_size_lines(layout)]
    lines += [f"header_bytes = {layout.header_bytes}"] if layout.header_bytes and not in_lines else []
    lines += [f"trailer_bytes = {layout.trailer_bytes}"] if layout.trailer_bytes and not in_lines else []
    lines += framing_lines(layout.framing) if layout.framing is not None else []
    if any(one.counted for one in (layout, *(its.layout for its in layout.records))):
        lines.append(f'depending_on = "{DependingOn.MOVING if layout.moves else DependingOn.FIXED}"')
    return lines + _head(layout, fields, ibm=True in of_floats)


def _size_lines(layout: Layout) -> Iterator[str]:
    if layout.lines is not None:
        yield from lines_text(layout.lines)
    if layout.records and layout.follows is not None:
        return  # each type has a size of its own
    if layout.lines is None or (layout.record_size > _behind_fields(layout) and not layout.lines.parts):
        yield f"record_size = {layout.record_size}"


def _own_size_lines(own: Layout, layout: Layout) -> Iterator[str]:
    """Of a type of records that are not all of one length."""
    if layout.follows is not None and own.record_size > _behind_fields(own):
        yield f"record_size = {own.record_size}"


def _behind_fields(layout: Layout) -> int:
    return max(field.offset + field.length for field in layout.fields)


def _all_lines(
    fields: Sequence[Field], table: str, layout: Layout, remarks: Mapping[str, Sequence[str]], inside: str = ""
) -> Iterator[str]:
    for field in fields:
        yield ""
        yield from map(_comment, remarks.get(inside + field.name, ()))
        yield f"[[{table}]]"
        if field.table is None:
            yield from _field_lines(field, layout)
        elif field.table.is_group:
            yield f"name = {quoted(field.name)}"
            yield f"offset = {field.offset}"
            yield f"length = {field.table.step}"
            yield from _table_lines(field, field.table)
            yield from _all_lines(field.table.fields, f"{table}.field", layout, remarks, f"{inside}{field.name}.")
        else:
            yield from _field_lines(replace(field.table.fields[0], name=field.name), layout)
            yield from _table_lines(field, field.table)


def _table_lines(field: Field, table: Table) -> Iterator[str]:
    yield f"times = {table.times}"
    yield f"occurs = {quoted(table.occurs)}"
    if table.number not in {"", field.name + NUMBER_ENDING}:
        yield f"number = {quoted(table.number)}"


def _text_of_types(layout: Layout, head: Sequence[str], remarks: Mapping[str, Sequence[str]]) -> str:
    """Of several types of records: each with all of its fields."""
    lines = _head_lines(layout, [field for one in layout.records for field in first_fields(one.layout.fields)], head)
    for one in layout.records:
        lines += ["", "[[record]]", f"name = {quoted(one.name)}", f"when = {quoted(str(one.when))}"]
        lines += [f"parent = {quoted(one.parent)}"] if one.parent is not None else []
        for key, names in (("key", one.key), ("columns", one.columns)):
            lines += [f"{key} = {_list(names)}"] if names else []
        if one.reconciled is not None:
            items = (f"{key} = {_names_text(value)}" for key, value in reconcile_items(one.reconciled))
            lines += [f"reconcile = {{{', '.join(items)}}}"]
        lines += _own_size_lines(one.layout, layout)
        lines += _all_lines(one.layout.fields, "record.field", layout, remarks, f"{one.name}.")
        lines += [*_variant_lines(one.layout, "record.variant"), *_counted_lines(one.layout, "record.counted")]
    return "\n".join(lines) + "\n"


def _variant_lines(layout: Layout, table: str) -> Iterator[str]:
    for one in layout.variants:
        yield ""
        yield f"[[{table}]]"
        yield f"of = {_list(one.of)}"
        yield f"use = {_list(one.use)}"
        yield "both = true" if one.when is None else f"when = {quoted(str(one.when))}"


def _counted_lines(layout: Layout, table: str) -> Iterator[str]:
    for one in layout.counted:
        yield ""
        yield f"[[{table}]]"
        yield f"by = {quoted(one.by)}"
        for key, value in (("least", one.least), ("most", one.most), ("offset", one.offset), ("size", one.size)):
            yield f"{key} = {value}"


def _names_text(names: str | Sequence[tuple[str, str]]) -> str:
    return quoted(names) if isinstance(names, str) else f"[{', '.join(map(_list, names))}]"


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def _head(layout: Layout, fields: Sequence[Field], *, ibm: bool) -> list[str]:
    """What is said of all fields at once."""
    encoding = most_common_encoding(layout)
    lines = ['byte_order = "big"'] if most_are_big_endian(layout) and layout.lines is None else []
    lines += [f"encoding = {quoted(encoding)}"] if encoding != "utf-8" else []
    lines += ['floats = "ibm"'] if ibm else []
    centuries = {field.written.form.century for field in fields if field.written is not None} - {None}
    lines += [f"century = {one}" for one in centuries]
    return lines + (['comp_digits = "strict"'] if any(field.within_digits for field in fields) else [])


def most_common_encoding(layout: Layout) -> str:
    """That of most fields, so that few have to say another; the first one's where two are as common."""
    of_types = (field for one in layout.records for field in one.layout.fields)
    return Counter(field.encoding for field in first_fields((*layout.fields, *of_types))).most_common(1)[0][0]


def _comment(text: str) -> str:
    return "# " + "".join(character if character.isprintable() else "?" for character in text)


def null_text(field: Field) -> str | None:
    """The null of a field as a TOML value; None: it has none."""
    return None if field.null is None else _null_value(field, field.null)


def nulls_text(field: Field) -> str | None:
    """The further nulls of a field as a TOML value; None: it has none."""
    return f"[{', '.join(_null_value(field, null) for null in field.nulls)}]" if field.nulls else None


def values_text(field: Field) -> str | None:
    """What the values of a field stand for as a TOML value; None: nobody said it."""
    words = (f"{quoted(word)} = [{', '.join(map(_meant, those))}]" for word, those in field.values)
    return f"{{{', '.join(words)}}}" if field.values else None


def _meant(value: Meant) -> str:
    return quoted(value) if isinstance(value, str) else _list(value)


def _null_value(field: Field, null: Null) -> str:
    if isinstance(null, bytes):
        return f'"0x{null.hex()}"'
    if isinstance(null, str):
        return quoted(null)
    if field.type in SCALED and field.scale:  # stored scaled, written as the number a reader sees
        return quoted(format(Decimal(int(null)).scaleb(-field.scale, _EXACT), "f"))
    return repr(null)


def quoted(text: str) -> str:
    """A TOML basic string."""
    return '"' + "".join(_ESCAPED.get(character) or _plain_or_code(character) for character in text) + '"'


def _plain_or_code(character: str) -> str:
    return character if character >= " " and character != "\x7f" else f"\\u{ord(character):04X}"


def most_are_big_endian(layout: Layout) -> bool:
    """What the layout says for all of its fields, so that few have to say otherwise."""
    fields = tuple(first_fields(layout.fields))
    return 2 * sum(field.big_endian for field in fields) >= len(fields)


def _field_lines(field: Field, layout: Layout) -> Iterator[str]:
    big_endian, in_lines = most_are_big_endian(layout), layout.lines is not None
    yield f"name = {quoted(field.name)}"
    yield f"type = {quoted(field.type)}"
    yield f"offset = {field.offset}"
    if field.text or field.written is not None or field.length != DEFAULT_LENGTH.get(field.type):
        yield f"length = {field.length}"
    if field.scale:
        yield f"scale = {field.scale}"
    if field.type == "timestamp" and field.unit != "us":
        yield f"unit = {quoted(field.unit)}"
    if field.big_endian != big_endian:
        yield f'byte_order = "{"big" if field.big_endian else "little"}"'
    if field.sign != TRAILING:
        yield f"sign = {quoted(field.sign)}"
    if not field.signed:
        yield "signed = false"
    if field.text and not in_lines and field.written is None:
        yield "text = true"
    yield from _of_values(field, most_common_encoding(layout))
    if (null := null_text(field)) is not None:
        yield f"null = {null}"
    if (nulls := nulls_text(field)) is not None:
        yield f"nulls = {nulls}"


def _of_values(field: Field, encoding: str) -> Iterator[str]:
    """What is rarely said of a field's values."""
    if field.written is not None:
        yield f"format = {quoted(field.written.form.text)}"
        yield from [f"stored = {quoted(field.written.stored)}"] if field.written.stored else []
    if field.encoding != encoding:
        yield f"encoding = {quoted(field.encoding)}"
    if field.whole_digits is not None:
        yield f"digits = {field.whole_digits}"
    if field.trim != TRIMS[0]:
        yield f"trim = {quoted(field.trim)}"
    if field.blank_is_zero:
        yield 'blank = "zero"'
    if field.label:
        yield f"{LABEL} = {quoted(field.label)}"
    if (values := values_text(field)) is not None:
        yield f"{VALUES} = {values}"


def type_in_words(field: Field) -> str:
    """Such as `decimal(18,2)`, `timestamp[us]`, `str`."""
    return _type_in_words(field) if field.table is None else f"{field.table.times} {field.table.occurs}"


def _type_in_words(field: Field) -> str:
    if field.comes_out != field.type:
        return f"{field.comes_out} ({field.type})"
    if field.type in SCALED:
        return f"{field.type}({field.digits},{field.scale}){' (text)' if field.text else ''}"
    if field.ibm:
        return f"{field.type} (ibm)"
    if field.written is not None:
        return f"{field.type}({field.written.form.text}{f', {field.written.stored}' if field.written.stored else ''})"
    if field.text:
        return f"{field.type} (text)"
    return f"{field.type}[{field.unit}]" if field.type == "timestamp" else field.type

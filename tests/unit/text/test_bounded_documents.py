"""What others wrote is bounded before it is parsed: wherever it is read, whatever it looks like."""

from __future__ import annotations

import ast
import io
import json
import tomllib
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auth.oidc_settings import FILE_NAME as OIDC_FILE
from auth.oidc_settings import read_provider
from etl_batch.errors import ConfigError, EtlError, LayoutInvalid, SizeLimit
from etl_batch.etl_core import run
from etl_batch.jobs.limits import FILE_NAME as LIMITS_FILE
from etl_batch.jobs.limits import limits_of
from etl_batch.launch.kept_files import save_layout
from etl_batch.layouts.draft import draft_of_rows
from etl_batch.layouts.reading import parse_layout
from etl_batch.pipeline.outputs.run_files import metadata_of_run
from etl_batch.storage.journal import sound_lines
from etl_batch.storage.roots import Place
from etl_batch.text.bounded_documents import (
    MOST_DEPTH,
    MOST_KEY_PARTS,
    MOST_TOML_BYTES,
    MOST_TOML_MARKS,
    OutOfBounds,
    json_document,
    json_of_file,
    toml_document,
    toml_of_file,
)
from tests.conftest import ACTOR, PROJECT, Home
from tests.data_makers.records import LAYOUT, records

DOTS = ".".join("a" * 12_000) + " = 1\n"
DEEP = "a = " + "[" * 5_000 + "]" * 5_000 + "\n"
TABLES = "".join(f"[t{number}.a.b.c.d.e.f]\n" for number in range(40_000))
LARGE = "# " + "x" * MOST_TOML_BYTES + "\n"
HOSTILE = {"dots": DOTS, "quoted dots": ' . '.join(['"a"'] * 5_000) + " = 1\n", "deep": DEEP,
           "inline tables": "a = " + "{a = " * 5_000, "large": LARGE, "tables": TABLES}  # fmt: skip


def _secret_file(home: Home, name: str, text: str) -> None:
    (home.path / ".secrets").mkdir(mode=0o700)
    file = home.path / ".secrets" / name
    file.write_text(text)
    file.chmod(0o600)


def _layout(home: Home, text: str) -> None:
    parse_layout(text, "x.layout.toml")
    assert home


def _saved(home: Home, text: str) -> None:
    save_layout(home.path, ACTOR, Place(home.data, PurePosixPath("x.bin")), text)


def _job(home: Home, text: str) -> None:
    run(home.config(home.put("x.bin", records(1), text)))


def _limits(home: Home, text: str) -> None:
    _secret_file(home, LIMITS_FILE, text)
    limits_of(home.path)


def _oidc(home: Home, text: str) -> None:
    _secret_file(home, OIDC_FILE, text)
    read_provider(home.path)


def _cell(home: Home, text: str) -> None:
    """A cell of the editor is put behind `null = `; lines of its own make it a document."""
    row = {"name": "a", "type": "i64", "null": f"1\n{text}"}
    draft_of_rows({"record_size": 8}, [row]).layout("x.layout.toml")
    assert home


READERS: dict[str, tuple[Callable[[Home, str], None], type[EtlError]]] = {
    "layout": (_layout, LayoutInvalid),
    "editor": (_saved, LayoutInvalid),
    "job": (_job, EtlError),
    "limits": (_limits, ConfigError),
    "sign-in": (_oidc, ConfigError),
    "cell": (_cell, LayoutInvalid),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("reader", READERS)
def test_no_reader_hands_it_to_the_parser(home: Home, monkeypatch: pytest.MonkeyPatch, reader: str, kind: str) -> None:
    """F: 24 kB of dotted keys took 5 s."""

    def parsed(_text: str) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(tomllib, "loads", parsed)
    open_it, refusal = READERS[reader]
    with pytest.raises(refusal) as refused:
        open_it(home, HOSTILE[kind])
    assert isinstance(refused.value, LayoutInvalid | ConfigError | SizeLimit)


def test_the_bounds_themselves() -> None:
    fits = ".".join("a" * MOST_KEY_PARTS)
    assert toml_document(f"{fits} = 1\n[{fits.replace('a', 'b')}]\n")
    assert toml_document("a = " + "[" * MOST_DEPTH + "]" * MOST_DEPTH)
    # A quotation mark may stand right before the three that end a text: the fourth begins no other.
    for text in (f'a = """x""""\n{fits}.a = 1', f"a = '''x''''\n{fits}.a = 1"):
        with pytest.raises(OutOfBounds):
            toml_document(text)
    for text in (f"{fits}.a = 1", f"[{fits}.a]", f"x = {{ {fits}.a = 1 }}", "a = " + "[" * (MOST_DEPTH + 1)):
        with pytest.raises(OutOfBounds):
            toml_document(text)
    assert toml_of_file(io.BytesIO(b"a = 1")) == {"a": 1}
    for content in (b"a = 1 #" + b"x" * MOST_TOML_BYTES, b"a = '" + "é".encode() * (MOST_TOML_BYTES // 2) + b"'"):
        with pytest.raises(OutOfBounds):
            toml_of_file(io.BytesIO(content))
    with pytest.raises(OutOfBounds):
        json_document("[" * 100_000)
    with pytest.raises(OutOfBounds):
        json_of_file(io.BytesIO(b"[1, 2]"), 5)


@pytest.mark.parametrize("piece", ["k{}=1\n", "[k{}]\n", "k{}.a=1\n", "[k{}.a]\n", "[[k]]\n"])
def test_so_many_keys_and_tables_and_no_more(piece: str) -> None:
    """F: 829 kB of names of tables took 10 s."""
    marks = sum(piece.count(mark) for mark in ".=[")
    fits = "".join(piece.format(number) for number in range(MOST_TOML_MARKS // marks))
    assert toml_document(f"{fits} # [[[...===\n")
    with pytest.raises(OutOfBounds, match="too many tables"):
        toml_document(f"{fits}\n{piece.format('x')}")


def test_a_layout_of_many_fields_is_within_the_bounds() -> None:
    keys = "".join(f'key{number} = "a.b=[c]"\n' for number in range(6))
    assert len(toml_document(f"[[field]]\n{keys}" * 5000)["field"]) == 5000


pieces = st.text(st.sampled_from(list("""ab."'=[]{}#,\\ \n1""")), max_size=30)


@given(pieces)
@example('a="""x"""""')
@example("a='''x'''''")
@example('a="""\\""""""')
@example('a=""""""')
@example("a='#'")
@example('a="\\\\"')
def test_nothing_sound_hides_what_stands_behind_it(text: str) -> None:
    """Whatever strings and comments come before: the bounds see the keys that the parser would see."""
    try:
        tomllib.loads(f"{text}\n")
    except ValueError:
        return
    for hostile in (f"{'.'.join('z' * (MOST_KEY_PARTS + 1))} = 1", "z = " + "[" * (MOST_DEPTH + 1)):
        with pytest.raises(OutOfBounds):
            toml_document(f"{text}\n{hostile}")


@given(st.text(st.sampled_from(list(".[{=#,\"' \\")), min_size=1, max_size=200))
def test_what_is_text_is_not_counted(text: str) -> None:
    quoted = json.dumps(text * 10)
    comment = text.replace("\n", " ") * 10
    found = toml_document(f"a = {quoted} # {comment}\nb = [1.5, {{ c = {quoted} }}]\n")
    assert found == {"a": text * 10, "b": [1.5, {"c": text * 10}]}


@given(pieces)
def test_what_is_within_bounds_is_what_the_parser_says(text: str) -> None:
    try:
        plain = tomllib.loads(text)
    except ValueError:
        return
    try:
        assert toml_document(text) == plain
    except OutOfBounds:
        assert text.count(".") >= MOST_KEY_PARTS


def test_a_number_that_no_message_can_show(home: Home) -> None:
    """Hexadecimal has no limit of digits; the decimal text of it has."""
    for key in ("record_size", "header_bytes", "byte_order", "field"):
        with pytest.raises(LayoutInvalid):
            parse_layout(LAYOUT.replace("record_size = ", f"#\n{key} = 0x{'f' * 20_000}\nrecord_size2 = ", 1), "x.toml")
    for value in ("offset", "length", "scale", "null", "type", "name", "unit"):
        with pytest.raises(LayoutInvalid):
            parse_layout(f"record_size = 8\n[[field]]\nname = 'a'\ntype = 'i64'\n{value} = 0x{'f' * 20_000}\n", "x")
    assert home


def test_nested_metadata_beside_an_output_cost_nothing(home: Home) -> None:
    """The stack of the parser does not end the job that replaces the output."""
    source = home.put("x.bin", records(3), LAYOUT)
    (home.output / "out.csv").write_text("old")
    (home.output / "out.csv.meta.json").write_text("[" * 200_000)
    with pytest.raises(ValueError, match="nested too deeply"):
        metadata_of_run(Place(home.output, PurePosixPath("out.csv")))
    result = run(home.config(source))
    (old,) = result.replaced
    assert (old.job_id, result.rows_out) == (None, 3)


def test_a_forged_line_of_a_journal() -> None:
    body = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    assert sound_lines(b"%08x " % zlib.crc32(body) + body) == []


#: what reads JSON by itself: what a process of ours is asked, the store, and the log, whose lines have bounds
_OWN_WORDS = ("etl_batch/jobs", "etl_batch/audit", "etl_batch/machine/answering.py", "etl_batch/machine/confined.py")


def test_nobody_else_parses_documents() -> None:
    for folder in ("etl_batch", "auth", "pages"):
        for path in (PROJECT / folder).rglob("*.py"):
            name = str(path.relative_to(PROJECT))
            if name == "etl_batch/text/bounded_documents.py" or any(name.startswith(own) for own in _OWN_WORDS):
                continue
            calls = [
                ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
            ]
            assert not {"json.load", "json.loads", "tomllib.load", "tomllib.loads"} & set(calls), (
                f"{name}: read it with etl_batch.text.bounded_documents, which bounds it first"
            )

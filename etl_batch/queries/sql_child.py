"""The process that answers one question in SQL, and can reach nothing but the files it was handed.

`python -m etl_batch.queries.sql_child`, started by `ask_sql` alone; one line of JSON in, one out. All that it needs is
loaded before it shuts itself in; from then on Landlock lets it read those files and what the kernel says of the
machine, DuckDB is told the same, and its configuration is locked before it sees the statement.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Any

from etl_batch.errors import OutOfMemory, QueryInvalid, SqlUnavailable
from etl_batch.machine.answering import answer_one
from etl_batch.machine.sandbox import Policy, shut_in
from etl_batch.queries import table_sql
from etl_batch.queries.alone import pa
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.answer_text import (
    csv_document,
    csv_rows,
    json_document,
    json_rows,
    parquet_document,
    plain_texts,
    unique_names,
)
from etl_batch.queries.duck_table import make_data
from etl_batch.queries.plain_words import in_plain_words
from etl_batch.queries.sql_limits import ENGINE_BYTES, MOST_BYTES, MOST_ROWS, THREADS
from etl_batch.queries.table_spec import TableSpec, from_json

try:
    import duckdb
except ImportError:  # an optional part of the product; whoever asks has looked for it
    duckdb = None

_BATCH_ROWS = 2048
#: what DuckDB and the C library want to know of the machine
_OF_THE_MACHINE = tuple(
    Path(path)
    for path in ("/proc/self/cgroup", "/proc/meminfo", "/proc/stat", "/sys/fs/cgroup", "/sys/devices/system/cpu")
)
_SETTINGS = (
    f"SET threads = {THREADS}", f"SET memory_limit = '{ENGINE_BYTES}B'", "SET TimeZone = 'UTC'",
    "SET autoload_known_extensions = false", "SET autoinstall_known_extensions = false",
    "SET allow_community_extensions = false", "SET allow_persistent_secrets = false",
    "SET python_enable_replacements = false", "SET temp_directory = ''", "SET max_temp_directory_size = '0B'",
    "SET enable_progress_bar = false",
)  # fmt: skip
_SOME = pa.record_batch({"a": pa.array([[1]]), "b": pa.array(["a"]).dictionary_encode()})


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The rows of one SELECT.

    Args:
        asked: `{"table", "statement", "form"}`: see `table_spec`; the SQL; json, csv, parquet or cells.

    Returns:
        `{"columns", "rows", "truncated", "body"}`: the names, how many rows, whether there were more, and the rows in
        that form: Parquet in base64, `cells` as lists of texts.
    """
    spec = from_json(asked["table"])
    _shut_in(spec)
    try:
        connection = _connected(spec)
        schema, batches, is_cut = _taken(connection, asked["statement"])
        return _formed(asked["form"], schema, batches, is_cut=is_cut)
    except (duckdb.OutOfMemoryException, MemoryError):
        raise OutOfMemory("the question takes more memory than it may") from None
    except duckdb.Error as error:
        raise QueryInvalid(in_plain_words(str(error), spec.paths)) from None


def _shut_in(spec: TableSpec) -> None:
    for form in AnswerForm:
        _formed(form, _SOME.schema, [_SOME], is_cut=False)  # what that loads cannot be loaded later
    policy = Policy(code=(), system=_OF_THE_MACHINE, key_files=tuple(map(Path, spec.paths)))
    if duckdb is None or not shut_in(policy).filesystem:
        raise SqlUnavailable("the process that would run it cannot be shut in (Landlock)")


def _connected(spec: TableSpec) -> Any:  # noqa: ANN401 - DuckDB has no types
    """A connection with the table `data`, which can be told nothing more."""
    connection = duckdb.connect(":memory:")
    for setting in _SETTINGS:
        connection.execute(setting)
    paths = ", ".join(map(table_sql.text_literal, spec.paths))
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    make_data(connection, spec)
    connection.execute("SET lock_configuration = true")
    return connection


def _taken(connection: Any, statement: str) -> tuple[pa.Schema, list[pa.RecordBatch], bool]:  # noqa: ANN401
    """The rows of the statement, as many as may be, and whether there are more."""
    found = connection.extract_statements(statement)
    if len(found) != 1:
        raise QueryInvalid(f"there are {len(found)} statements, where one is meant")
    if found[0].type != duckdb.StatementType.SELECT:
        raise QueryInvalid(f"the statement is {str(found[0].type).rpartition('.')[2]}, where a SELECT is meant")
    reader = connection.sql(found[0]).to_arrow_reader(_BATCH_ROWS)
    batches: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in reader:
        room = min(MOST_ROWS - rows, batch.num_rows)
        if size + batch.nbytes > MOST_BYTES:
            room = min(room, int(batch.num_rows * (MOST_BYTES - size) / batch.nbytes))
        batches.append(batch.slice(0, room))
        rows, size = rows + room, size + batch.nbytes
        if room < batch.num_rows:
            if not rows:
                raise QueryInvalid(f"its first rows hold more than {MOST_BYTES:,} bytes", mend="ask for less of them")
            return reader.schema, batches, True
    return reader.schema, batches, False


def _formed(form: str, schema: pa.Schema, batches: list[pa.RecordBatch], *, is_cut: bool) -> dict[str, Any]:
    body: str | list[list[str | None]]
    if form == AnswerForm.PARQUET:
        body = base64.b64encode(parquet_document(schema, batches)).decode()
    elif form == AnswerForm.CSV:
        body = csv_document(schema, csv_rows(batches))
    elif form == AnswerForm.JSON:
        body = json_document(json_rows(schema, batches))
    else:
        body = [list(row) for batch in batches for row in zip(*map(plain_texts, batch.columns), strict=True)]
    return {
        "columns": [{"name": name, "type": str(field.type)}
                    for name, field in zip(unique_names(schema.names), schema, strict=True)],
        "rows": sum(batch.num_rows for batch in batches), "truncated": is_cut, "body": body,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(answer_one({"sql": answer}))

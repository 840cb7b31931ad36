"""What came of a command, as texts that can be compared: what it said, and each file it wrote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.golden_corpus.masks import Masks

Artefacts = dict[str, str]  #: name -> text
BYTES = ".bytes"  #: how the names of those end that say how a Parquet file is written, not what is in it
_FIRST_ROWS = 12
_COPY = "etl_quantum_report.html"


@dataclass(slots=True)
class Watched:
    """The folders of a home that commands write to, so that what is new is seen."""

    home: Path
    _seen: dict[Path, tuple[int, int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._seen = dict(self._states())

    def changed(self) -> list[Path]:
        """The files that are new or others since it was asked last, by their names."""
        now = dict(self._states())
        found = sorted(path for path, state in now.items() if self._seen.get(path) != state)
        self._seen = now
        return found

    def _states(self) -> Iterator[tuple[Path, tuple[int, int, int]]]:
        for folder in ("data", "output", "report"):
            for path in (self.home / folder).rglob("*"):
                if path.is_file() and not path.name.endswith(".lock"):
                    status = path.stat()
                    yield path, (status.st_ino, status.st_size, status.st_mtime_ns)


def files(home: Path, changed: list[Path], masks: Masks) -> Artefacts:
    """The artefacts of files that a command wrote."""
    masks.know(path for path in changed if path.name.endswith((".parquet", ".rejected.csv")))
    listed = sorted(masks.text(str(path.relative_to(home))) for path in changed)
    found: Artefacts = {"files": "".join(f"{name}\n" for name in listed)}
    for path in changed:
        name = masks.text(path.name)
        if ".bak." in path.name or path.name == _COPY:
            continue
        if path.suffix == ".parquet":
            found |= _parquet(path, name, masks)
        elif path.suffix == ".json":
            found[name] = masks.json_text(json.loads(path.read_bytes()))
        elif path.suffix == ".html":
            found[name] = masks.report(path.read_text())
        elif path.name.endswith(".rejected.csv"):
            found[name] = path.read_bytes().decode("utf-8", "backslashreplace").replace(str(home), "<home>")
        elif path.suffix in {".csv", ".toml"}:
            found[name] = path.read_bytes().decode("utf-8", "surrogateescape")
    return found


def _parquet(path: Path, name: str, masks: Masks) -> Artefacts:
    """How it is written, and apart from that its schema, its rows and their digest."""
    file = pq.ParquetFile(path)
    table, metadata = file.read(), file.metadata
    groups = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    size = f"{path.stat().st_size} bytes, sha256 {_sha256(path.read_bytes())}\nrow groups {groups}\n"
    rows = [_row(row) for batch in table.to_batches(max_chunksize=4096) for row in _rows(batch)]
    kept = {key.decode(): value.decode("utf-8", "replace") for key, value in (table.schema.metadata or {}).items()}
    told = "".join(f"{key}: {value}\n" for key, value in sorted(kept.items()) if key != "ARROW:schema")
    text = f"{table.schema.to_string(show_schema_metadata=False)}\n{told}{len(rows)} rows, sha256 "
    digest = _sha256("".join(rows).encode("utf-8", "surrogateescape"))
    return {f"{name}{BYTES}": size, f"{name}.rows": masks.text(text) + digest + "\n" + "".join(rows[:_FIRST_ROWS])}


def _rows(batch: pa.RecordBatch) -> list[dict[str, object]]:
    """Its rows; times as their counts, so that no nanosecond is lost."""
    columns = [column.view(kind) if (kind := _count(column.type)) else column for column in batch.columns]
    listed: list[dict[str, object]] = pa.RecordBatch.from_arrays(columns, names=batch.schema.names).to_pylist()
    return listed


def _count(kind: pa.DataType) -> pa.DataType | None:
    """What a time is counted in."""
    if pa.types.is_timestamp(kind) or pa.types.is_time64(kind) or pa.types.is_duration(kind) or kind == pa.date64():
        return pa.int64()
    return pa.int32() if kind == pa.date32() else None


def _row(row: dict[str, object]) -> str:
    return repr(list(row.values())) + "\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

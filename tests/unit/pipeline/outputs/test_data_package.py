"""The descriptor of outputs, from what sources say of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from etl_batch.config import JobConfig
from etl_batch.formats.column_kinds import UNKNOWN, ColumnKind
from etl_batch.pipeline.job import Job, JobPlan, TablePlan
from etl_batch.pipeline.outputs.data_package import Described, data_package
from etl_batch.storage.roots import Place
from etl_batch.values import Actor, OutputSummary
from tests.helpers.data_packages import valid

_FOLDER = Path("/home/output")


@dataclass(frozen=True)
class _Source:
    """As much of a source as is asked here."""

    named: str
    own: tuple[ColumnKind, ...]

    @property
    def place(self) -> Place:
        return Place(Path("/home/data"), PurePosixPath(self.named))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple("abcdef"[: len(self.own)])

    def kinds(self) -> tuple[ColumnKind, ...]:
        return self.own


def _package(sources: list[_Source], *names: str, folder: bool = False) -> dict[str, Any] | None:
    config = JobConfig(inputs=("a",), actor=Actor(name="a", os_user="a"), output_csv="o.csv")
    table: Any = TablePlan(sources=tuple(sources))  # type: ignore[arg-type]
    plan = JobPlan(Job("id", "2026-01-01T00:00:00Z"), config, (table,), ())
    dialect = {"delimiter": ",", "decimal": ".", "line_end": "lf", "encoding": "utf-8"}
    files = [OutputSummary(_FOLDER / name, "csv", 3, 1, "ab" * 32, dialect=dialect) for name in names]
    described = (
        [Described(table, files, is_folder=True)] if folder else [Described(table, [one], False) for one in files]
    )
    return data_package(plan, plan.job, _FOLDER, described)


def test_a_column_has_the_kind_that_all_inputs_agree_upon() -> None:
    number, text = ColumnKind("number", label="Price", unit="EUR"), ColumnKind("string")
    found = _package([_Source("x", (number, text, text)), _Source("y", (number, UNKNOWN, number))], "o.csv")
    assert found is not None
    assert valid(found)["resources"][0]["schema"]["fields"] == [
        {"name": "a", "type": "number", "title": "Price", "etl:unit": "EUR"},
        {"name": "b", "type": "any"},
        {"name": "c", "type": "any"},
    ]
    assert found["sources"] == [{"title": "x"}, {"title": "y"}]


@pytest.mark.parametrize("name", ["~o.csv", ".o.csv", "a\\b.csv", "a\nb.csv", "a\udcff.csv"])
def test_what_no_path_of_a_package_may_be_called_has_none(name: str) -> None:
    assert _package([_Source("x", ())], name) is None
    assert _package([_Source("x", ())], "o.csv", name) is None


def test_names_of_resources_are_their_own() -> None:
    found = _package([_Source("x", (UNKNOWN,))], "Ä o.csv", "ä o.csv", "b.csv")
    assert found is not None
    assert [one["name"] for one in valid(found)["resources"]] == ["o.csv", "o.csv-2", "b.csv"]


def test_a_folder_is_one_resource() -> None:
    found = _package([_Source("x", (UNKNOWN,))], "p/part-0.csv", "p/part-1.csv", folder=True)
    assert found is not None
    (one,) = valid(found)["resources"]
    assert (one["name"], one["path"], one["bytes"]) == ("p", ["p/part-0.csv", "p/part-1.csv"], 6)

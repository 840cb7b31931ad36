"""A template is compiled once; what was kept is taken only where it is whole, and of this source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from etl_batch.report import page
from etl_batch.report.compiled_templates import CompiledTemplates

_SOURCE = "{% for row in rows %}{{ row }};{% endfor %}"


def _rendered(folder: Path, source: str = _SOURCE, options: str = "") -> str:
    kept = CompiledTemplates(folder, options)
    environment = Environment(autoescape=True, loader=DictLoader({"page": source}), bytecode_cache=kept)
    return environment.get_template("page").render(rows=[1, "<"])


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that are compiled."""
    names: list[str] = []
    usual = Environment.compile

    def compile_it(environment: Environment, source: Any, name: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401
        names.append(name)
        return usual(environment, source, name, *more, **named)

    monkeypatch.setattr(Environment, "compile", compile_it)
    return names


def test_the_next_process_compiles_nothing(tmp_path: Path, compiled: list[str]) -> None:
    assert [_rendered(tmp_path / "kept"), _rendered(tmp_path / "kept")] == ["1;&lt;;"] * 2
    assert compiled == ["page"]


def test_of_another_source_or_options_it_is_another(tmp_path: Path, compiled: list[str]) -> None:
    _rendered(tmp_path)
    assert _rendered(tmp_path, _SOURCE.replace(";", ",")) == "1,&lt;,"
    assert _rendered(tmp_path, _SOURCE.replace(";", ","), "other options") == "1,&lt;,"
    assert compiled == ["page"] * 3


@pytest.mark.parametrize(
    "harm", [lambda code: code[:-1], lambda code: code[:48] + b"\xff" * 8 + code[56:], lambda code: code[:0]]
)
def test_what_is_torn_is_compiled_again(tmp_path: Path, compiled: list[str], harm: Any) -> None:  # noqa: ANN401
    _rendered(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(harm(kept.read_bytes()))
    assert [_rendered(tmp_path), _rendered(tmp_path)] == ["1;&lt;;"] * 2
    assert compiled == ["page"] * 2


def test_where_nothing_can_be_kept_it_is_compiled_each_time(tmp_path: Path, compiled: list[str]) -> None:
    (tmp_path / "kept").write_text("no folder")
    assert [_rendered(tmp_path / "kept"), _rendered(tmp_path / "kept")] == ["1;&lt;;"] * 2
    assert compiled == ["page"] * 2


def test_the_report_is_made_of_what_was_kept(compiled: list[str]) -> None:
    page.load_templates()
    compiled.clear()
    page.load_templates.cache_clear()
    page.load_templates()
    assert compiled == []

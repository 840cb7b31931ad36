"""Pages stay thin, services know no Streamlit, and no text of strangers becomes HTML."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import PROJECT

PAGES = PROJECT / "pages"
LONGEST_PAGE = 60


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("name", ["reports", "estimates", "system", "science", "audit_log"])
def test_a_page_is_a_guard_and_a_call(name: str) -> None:
    text = (PAGES / f"{name}.py").read_text()
    assert len(text.splitlines()) <= LONGEST_PAGE
    assert "require(" in text or "signed_in()" in text


@pytest.mark.parametrize("path", sorted((PAGES / "services").glob("*.py")), ids=lambda path: path.stem)
def test_services_know_no_streamlit_and_no_view(path: Path) -> None:
    found = _imports(path)
    assert "streamlit" not in found, "a service takes values and gives values; what is shown belongs into pages/views"
    assert not any(name.startswith(("pages.views", "auth", "etl_batch.ui")) for name in found)


@pytest.mark.parametrize("path", sorted((PAGES / "views").glob("*.py")), ids=lambda path: path.stem)
def test_views_ask_nobody_who_is_there(path: Path) -> None:
    text = path.read_text()
    assert "unsafe_allow_html" not in text
    assert "auth.guard" not in text, "a page asks, and hands the view what it may show"

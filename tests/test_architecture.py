"""The ranks of the modules: imports point downwards only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "etl_batch"

#: from the bottom up; a module may import what stands in a row before its own
RANKS = (
    {"output_identity"},
    {"version", "errors", "values", "text_encodings"},
    {"bad_rows", "bounded_documents", "closed_folders"},
    {"claims"},
    {
        "config",
        "layouts",
        "beneath",
        "cell_escape",
        "file_lock",
        "undisturbed",
        "estimate",
        "machine_readings",
        "os_refusals",
        "permissions",
        "secrets_folder",
    },
    {"machine", "roots"},
    {"paths", "kernels", "profiling", "report_parts", "audit"},
    {"verdict"},
    {"metadata", "report_html"},
    {"sources"},
    {"sampling"},
    {"sinks"},
    {"layout_files", "transcoding"},
    {"csv_inputs"},
    {"job", "span_job", "inputs"},
    {"span_work"},
    {"runners", "worker_imports", "preview", "demo_data", "first_bad_row"},
    {"output_targets"},
    {"claimed_names"},
    {"job_header", "job_notes", "checkpoint", "rejects", "replaced_outputs", "report_file", "run_files"},
    {"published_identities"},
    {"job_journal", "interrupted", "parquet_output"},
    {"job_sample"},
    {"job_outputs"},
    {"job_restore", "job_record", "progress"},
    {"span_plan", "job_start", "job_audit", "command_line"},
    {"dry_run"},
    {"console"},
    {"jobs", "audit_flags", "audit_text"},
    {"etl_core", "file_estimate", "launch", "audit_proofs"},
    {"ui", "audit_commands"},
    {"etl_integration_ui"},
    {"__main__"},
)


#: around the package, from the bottom up: what may import what, and whether it may know Streamlit
AROUND = {
    "auth": {"etl_batch"},
    "pages": {"etl_batch", "auth", "streamlit"},
    "app.py": {"etl_batch", "auth", "pages", "streamlit"},
}
#: the only modules of auth that know Streamlit: the guard, the start, those that watch its messages and its files
AUTH_WITH_STREAMLIT = {"guard.py", "console_page.py", "media.py", "opening.py", "websocket.py"}


def _modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def _unit(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _rank(unit: str) -> int:
    found = [number for number, row in enumerate(RANKS) if unit in row]
    assert found, f"etl_batch/{unit} has no rank; give it one in tests/test_architecture.py and in ARCHITECTURE.md"
    return found[0]


def _imported_units(path: Path) -> set[str]:
    units: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("etl_batch"):
            below = (node.module or "").split(".")[1:]
            units |= {below[0]} if below else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            units |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("etl_batch.")}
    return units


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    unit = _unit(path)
    for other in _imported_units(path) - {unit}:
        assert _rank(other) < _rank(unit), f"{unit} may not import {other}; see ARCHITECTURE.md, The ranks"


def _roots(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    named |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in named}


@pytest.mark.parametrize("part", AROUND)
def test_what_lies_around_the_package_points_downwards(part: str) -> None:
    """The engine knows no accounts, the accounts no pages; Streamlit stays where it is drawn."""
    root = PACKAGE.parent / part
    for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
        allowed = AROUND[part] | {part}
        allowed |= {"streamlit"} if part == "auth" and path.name in AUTH_WITH_STREAMLIT else set()
        found = _roots(path) & {"etl_batch", "auth", "pages", "app", "streamlit"}
        assert found <= allowed, f"{path.name} may not import {found - allowed}; see ARCHITECTURE.md, The ranks"
    for path in _modules() if part == "auth" else []:
        found = _roots(path) & {"auth", "pages", "app"}
        assert not found or path.name in {"__main__.py", "etl_integration_ui.py"}, f"{path.name} may not import {found}"


def test_no_module_shadows_another_package() -> None:
    """`python etl_batch/etl_core.py` puts this folder first on the path for a moment."""
    names = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    taken = set(sys.stdlib_module_names) | {"numpy", "numba", "pyarrow", "pandas", "tqdm", "psutil", "streamlit"}
    assert names & taken <= {"__main__", "__init__"}, "rename it: it shadows a module that others import"


def test_the_command_module_defines_no_classes() -> None:
    """`__main__` and `etl_batch.etl_core` are two modules; a class in it would exist twice."""
    tree = ast.parse((PACKAGE / "etl_core.py").read_text())
    assert {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} == {"run", "main"}
    assert not any(isinstance(node, ast.ClassDef) for node in tree.body)


def test_no_check_is_an_assert() -> None:
    """Checks survive `python -O`."""
    for path in _modules():
        asserts = [node.lineno for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assert)]
        assert not asserts, f"{path.name}, lines {asserts}: raise an error instead"


@pytest.mark.io
def test_the_command_itself_loads_no_slow_library() -> None:
    """Starting is time a user waits: only the workers compile, only a job that needs Arrow loads it."""
    modules = "etl_core, inputs, csv_inputs, job_outputs, span_plan, runners.process_pool"
    imports = "; ".join(f"import etl_batch.{name.strip()}" for name in modules.split(","))
    script = f"import sys; {imports}; print(sorted({{'numba', 'pyarrow', 'pandas'}} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def _files_imported(path: Path, modules: dict[str, Path]) -> set[Path]:
    """The files of ours that a file imports, wherever in it: also in functions, and for type checkers alone."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            deeper = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= {name if name in modules else node.module for name in deeper}
    return {modules[name] for name in named if name in modules} - {path}


def test_imports_go_in_no_circle() -> None:
    """Files that import each other are one file that is hard to read."""
    root = PACKAGE.parent
    files = [path for part in ("etl_batch", "auth", "pages") for path in (root / part).rglob("*.py")]
    modules = {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in files}
    waiting = {path: _files_imported(path, modules) for path in files}
    while free := [path for path, others in waiting.items() if not others & waiting.keys()]:
        for path in free:
            del waiting[path]
    stuck = sorted(str(path.relative_to(root)) for path in waiting)
    assert not stuck, f"in a circle, or above one: {stuck}; put what both need into a file of its own"


def test_no_file_is_long() -> None:
    """A file is one thing; what needs more lines is two."""
    files = [path for part in ("etl_batch", "auth", "pages") for path in (PACKAGE.parent / part).rglob("*.py")]
    lines = {str(path.relative_to(PACKAGE.parent)): len(path.read_text().splitlines()) for path in files}
    long = {name: count for name, count in lines.items() if count > 300}
    assert not long, f"{long}: at most 300 lines; part it by what it is about"

"""The rules of the house: who may import what, how large a room may be, and that ARCHITECTURE.md says so.

Each failure names its remedy.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from etl_batch.formats.registry import FORMATS

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "etl_batch"
PAGE = PROJECT / "ARCHITECTURE.md"

#: what may lie directly in the package: the words that all parts use, and the entry points
AT_THE_ROOT = {
    "__init__", "__main__", "cell_escape", "config", "environment", "etl_core", "etl_integration_ui", "light_dataclass",
    "permissions", "values", "version",
}  # fmt: skip
#: formats know what they share, and nothing of each other
SHARED_BY_FORMATS = {"", "units", "arrow", "described"}
#: framed records are, once laid out, what fixed ones are
BUILT_ON = {"framed": {"binary"}}
#: files outside of `formats/` that import what is in the folder of a format, without the registry
NAME_A_FORMAT = {
    "commands/preview.py": "it shows binary records, and nothing else",
    "file_estimate/run_sample.py": "a job's sample is Parquet that we wrote ourselves",
    "launch/looking.py": "the layout editor shows binary records as they are edited",
    "launch/read_first_rows.py": "the layout editor shows binary records as they are edited",
    "pipeline/contract_plan.py": "types that flags give columns come before those of a contract",
    "pipeline/outputs/parquet_output.py": "Parquet as an output",
    "pipeline/runners/parquet_imports.py": "what writes Parquet, loaded ahead",
    "pipeline/runners/csv_imports.py": "kernels and what calls them, loaded ahead",
    "pipeline/runners/record_imports.py": "kernels and what calls them, loaded ahead",
    "pipeline/span_worker.py": "Parquet as an output",
    "sampling/sample_file.py": "a job's sample is Parquet that we write ourselves",
}
#: files that compare something with the name or the ending of a format
COMPARE_A_FORMAT = {
    "commands/command_console.py": "CSV as an output: the rows that a spreadsheet can show",
    "pipeline/outputs/restart_point.py": "keys of the journal, which name outputs",
}
#: files that import modules of ours inside functions: each keeps a start quick, of the command, a worker or a page
LAZY = {
    "accumulators/beyond_pictures.py": "counting needs NumPy: workers alone count, and the parent plans without it",
    "accumulators/full_profile.py": "kernels, in a worker",
    "accumulators/table_accumulators.py": "NumPy, where all values are counted",
    "__main__.py": "an import of it prints nothing",
    "commands/command_table.py": "a help page, where it is asked for",
    "commands/command_console.py": "a note of compiled kernels, where some were compiled",
    "commands/compile.py": "Numba, once the flags are read",
    "commands/estimate.py": "flags are read before what answers is loaded",
    "commands/run_flags.py": "saved readings, where one is named; layouts, where no output is",
    "commands/run.py": "what tells of a job, while its workers are loaded",
    "commands/run_text.py": "one way of a job of two",
    "commands/layout.py": "what tells the length of records, where that is asked",
    "etl_core.py": "argv is read before the pipeline is loaded",
    "accumulators/contract_rules.py": "Arrow, in a worker, where there is a contract",
    "file_estimate/estimate_file.py": "one format, one way to answer",
    "file_estimate/run_sample.py": "estimators, where there is a sample",
    "formats/arrow/arrow_format.py": "Arrow",
    "formats/arrow/batch.py": "other columns, where some are asked for",
    "formats/arrow/arrow_input.py": "Arrow",
    "formats/arrow/grouped_input.py": "Arrow",
    "formats/arrow/unit_columns.py": "Arrow",
    "formats/binary/binary_format.py": "units, where there is an estimate",
    "formats/binary/binary_input.py": "only workers read",
    "formats/binary/kind_input.py": "only workers read",
    "formats/binary/occurrence_input.py": "only workers read",
    "formats/binary/record_reader.py": "other columns, where some are asked for",
    "formats/binary/record_store.py": "only workers read",
    "formats/binary/unit_columns.py": "Arrow, where a filter needs it",
    "formats/described/text_lines.py": "sniffing, where lines are not in UTF-8",
    "formats/described/layout_files.py": "copybooks, where a layout was named",
    "formats/framed/framed_input.py": "only workers read",
    "formats/framed/framed_kinds.py": "only workers read",
    "formats/framed/records_format.py": "NumPy and what walks, where records are of unequal length",
    "formats/csv/batch.py": "typed columns, where types are declared; other columns, where some are asked for",
    "formats/redialect.py": "kernels, in a worker",
    "formats/csv/check.py": "kernels, in the worker that checks",
    "formats/csv/columns.py": "Arrow",
    "formats/csv/csv_format.py": "units, where there is an estimate; first rows, where they are shown",
    "formats/csv/csv_file.py": "only workers read",
    "formats/csv/csv_input.py": "only workers read",
    "formats/csv/column_samples.py": "sniffing, where cells are not written as ours",
    "formats/csv/csv_inputs.py": "given types; cells not written as ours; a check before the pass",
    "formats/csv/csv_source.py": "only workers read",
    "formats/csv/first_rows.py": "a kernel, where rows are of another dialect",
    "formats/csv/header.py": "sniffing, where the first lines do not lie open",
    "formats/csv/line_store.py": "typed columns, where rows were picked",
    "formats/csv/opened_csv.py": "a kernel, where rows are of another dialect",
    "formats/csv/told_encoding.py": "sniffing, where a file is not in UTF-8",
    "formats/csv/transcoded.py": "tables of encodings, where an input is no UTF-8",
    "formats/csv/unsettled_csv.py": "only workers read",
    "formats/csv/unit_cells.py": "typed columns, where they are asked for",
    "formats/csv/unit_ownership.py": "kernels, where a block has quotes",
    "formats/parquet/parquet_format.py": "Arrow",
    "formats/parquet/parquet_input.py": "Arrow",
    "formats/single_byte.py": "a kernel, where a text is long",
    "etl_integration_ui.py": "our own guard, where nobody passed an actor",
    "formats/parquet/reader.py": "nested columns, where there are some",
    "jobs/command_runs.py": "SQLite, in a thread that the run never waits for",
    "jobs/leftovers.py": "the pipeline, where something was left",
    "launch/asking.py": "the pipeline, in the process that checks",
    "launch/looking.py": "one question of three",
    "layouts/reading.py": "several types of records, where there are such",
    "pipeline/contract_end.py": "Arrow, where a contract has keys",
    "pipeline/conversion.py": "Arrow, where a sample is drawn; a contract, or an output in a store, where there is one",
    "pipeline/contract_plan.py": "types of CSV columns, where a contract gives some",
    "pipeline/inputs.py": "unpacking, where an input is compressed; a contract, or a share, where there is one",
    "pipeline/plan.py": "a contract, where there is one",
    "pipeline/job_notes.py": "the log is read where a job had died",
    "pipeline/outputs/parquet_output.py": "Arrow",
    "pipeline/outputs/sample_output.py": "sampling, where a sample is drawn",
    "pipeline/key_examples.py": "only workers read",
    "pipeline/referred_keys.py": "Arrow, where a contract has foreign keys",
    "pipeline/report_file.py": "templates, once the job is done",
    "pipeline/runners/worker_process.py": "what a worker needs, once its memory is limited",
    "pipeline/span_worker.py": "Arrow, sampling",
    "report/page.py": "Jinja, once the job is at work",
    "sampling/glimpses.py": "kernels, in the workers that look",
}

#: around the package, from the bottom up: what may import what, and whether it may know Streamlit
AROUND = {
    "auth": {"etl_batch"},
    "pages": {"etl_batch", "auth", "streamlit"},
    "app.py": {"etl_batch", "auth", "pages", "streamlit"},
}
#: at the top of the tests; and their folders that have no room of the package beside them
AT_THE_TOP_OF_TESTS = {"__init__.py", "conftest.py", "test_architecture.py"}
TESTS_OF_OTHERS = {"auth", "bench", "pages", "project"}
#: the only modules of auth that know Streamlit: the guard, the start, those that watch its messages and its files
AUTH_WITH_STREAMLIT = {"guard.py", "console_page.py", "media.py", "opening.py", "websocket.py"}


def _modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _room(path: Path) -> str:
    """The folder directly in the package that a file lies in, or the file itself."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def _rows() -> dict[str, tuple[int, str]]:
    """The table of rooms: of each the place, and what the table says of it."""
    lines = re.findall(r"^\| (`[^|]+) \| (.+) \|$", PAGE.read_text().partition("## Your change")[0], flags=re.MULTILINE)
    return {
        name.strip("/"): (place, says)
        for place, (names, says) in enumerate(lines)
        for name in re.findall(r"`([^`]+)`", names)
    }


@cache
def _ours() -> dict[str, Path]:
    """Every module around and in the package, by its dotted name."""
    files = [path for part in ("etl_batch", "auth", "pages") for path in (PROJECT / part).rglob("*.py")]
    return {".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


def _imported(path: Path, tree: ast.AST | None = None) -> set[Path]:
    """The files of ours that a file imports, wherever in it: also in functions, and for type checkers alone."""
    nodes = list(ast.walk(_tree(path) if tree is None else tree))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            deeper = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= {name if name in _ours() else node.module for name in deeper}
    return {_ours()[name] for name in named if name in _ours()} - {path}


def _imported_here(path: Path) -> set[Path]:
    return {
        found
        for found in _imported(path)
        if (PACKAGE in found.parents and found.parent != PACKAGE) or found in _modules()
    }


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_imports_point_to_rooms_above_in_the_table(path: Path) -> None:
    room = _room(path)
    assert room in _rows(), f"etl_batch/{room} is no room of ARCHITECTURE.md; put it into one, or give it a row"
    for other in {_room(found) for found in _imported_here(path)} - {room}:
        assert _rows()[other][0] <= _rows()[room][0], (
            f"{_name(path)} may not import {other}: it stands below {room} in the table of ARCHITECTURE.md; "
            "move what both need into a room above"
        )


def test_imports_go_in_no_circle() -> None:
    waiting = {path: _imported(path) for path in _ours().values()}
    while free := [path for path, others in waiting.items() if not others & waiting.keys()]:
        for path in free:
            del waiting[path]
    stuck = sorted(str(path.relative_to(PROJECT)) for path in waiting)
    assert not stuck, f"in a circle, or above one: {stuck}; put what both need into a file of its own"


def test_only_what_all_parts_use_lies_at_the_root() -> None:
    found = {path.stem for path in PACKAGE.glob("*.py")}
    assert found == AT_THE_ROOT, f"move {found ^ AT_THE_ROOT} into the room that it belongs to (see ARCHITECTURE.md)"
    assert len(found) <= 11


def _folders() -> list[Path]:
    """Those that hold something: where modules moved away, Python's own files stay in a tree that was used before."""
    files = (path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted({folder for path in files for folder in path.parents if PACKAGE in folder.parents})


def test_rooms_are_few_and_each_has_its_row() -> None:
    names = {_name(path) for path in _folders()}
    assert len(names) <= 38, "put the files into a room that is there"
    rows = {name for name in _rows() if (PACKAGE / name).is_dir()}
    assert names == rows, f"the table of ARCHITECTURE.md and the folders differ in {names ^ rows}"
    gone = {name for name in _rows() if not (PACKAGE / name).exists() and not (PACKAGE / f"{name}.py").is_file()}
    assert not gone, f"ARCHITECTURE.md has rows for {gone}, which are not there"


@pytest.mark.parametrize("folder", [path for path in _folders() if (path / "__init__.py").is_file()], ids=_name)
def test_a_room_says_of_itself_what_its_row_says(folder: Path) -> None:
    said = (ast.get_docstring(_tree(folder / "__init__.py")) or "").splitlines()[0]
    assert said == _rows()[_name(folder)][1], (
        f"make the row of {_name(folder)} in ARCHITECTURE.md and its docstring equal"
    )


def test_the_page_stays_one_page() -> None:
    lines = len(PAGE.read_text().splitlines())
    assert lines <= 120, f"ARCHITECTURE.md has {lines} lines; what a module does stands in its docstring"
    broken = [name for name in re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text()) if not (PROJECT / name).exists()]
    assert not broken, f"links to what is not there: {broken}"
    paths = re.findall(r"`((?:etl_batch|auth|pages|docs|tests)/[\w./]+|\w+/[\w/]+\.py)`", PAGE.read_text())
    gone = [name for name in paths if not (PROJECT / name).exists() and not (PACKAGE / name).exists()]
    assert not gone, f"named, but not there: {gone}"


@pytest.mark.parametrize("path", _ours().values(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_file_is_longer_than_it_can_be_read(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= 300, f"{path} has {lines} lines: part it by what its halves are about"


@pytest.mark.parametrize("kind", ["unit", "property"])
def test_tests_lie_as_what_they_try(kind: str) -> None:
    top = PROJECT / "tests" / kind
    tests = [path.relative_to(top) for path in top.rglob("test_*.py")]
    rooms = {name for name in _rows() if (PACKAGE / name).is_dir()} | TESTS_OF_OTHERS
    homeless = {path.parent.as_posix() for path in tests} - rooms - {"."}
    assert not homeless, (
        f"tests/{kind}/{sorted(homeless)} is no room of ARCHITECTURE.md, nor one of {sorted(TESTS_OF_OTHERS)}: "
        f"put its tests into tests/{kind}/ROOM, the room of the module that they try"
    )
    loose = [path.name for path in tests if len(path.parts) == 1]
    strange = [name for name in loose if not any(name.startswith(f"test_{module}") for module in AT_THE_ROOT)]
    assert not strange, f"tests/{kind} itself is for modules at the root of the package: put {strange} into a room"


def test_at_the_top_of_the_tests_lie_folders_only() -> None:
    found = {path.name for path in (PROJECT / "tests").iterdir() if path.is_file()}
    assert found == AT_THE_TOP_OF_TESTS, (
        f"move {found ^ AT_THE_TOP_OF_TESTS}: what helps tests lies in tests/helpers, what makes their data in "
        "tests/data_makers, the tests of a room in tests/unit/ROOM"
    )


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its docstring not counted."""
    says = function.body[0] if ast.get_docstring(function) else None
    return (function.end_lineno or 0) - function.lineno + 1 - ((says.end_lineno or 0) - says.lineno + 1 if says else 0)


def test_functions_are_short() -> None:
    lengths = sorted(_lines_of_code(function) for path in _modules() for function in _functions(_tree(path)))
    assert statistics.median(lengths) <= 7, "let each function do one thing"
    assert lengths[len(lengths) * 9 // 10] <= 20, "part the longest functions"


def _public(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def test_what_is_public_says_what_it_is() -> None:
    names = [(path, node) for path in _modules() for node in _public(_tree(path))]
    silent = [f"{_name(path)}:{node.name}" for path, node in names if not ast.get_docstring(node)]  # type: ignore[attr-defined, arg-type]
    assert len(silent) <= 0.02 * len(names), f"give these docstrings: {silent}"


def test_formats_know_nothing_of_each_other() -> None:
    formats = PACKAGE / "formats"
    for path in formats.rglob("*.py"):
        own = path.parent.relative_to(formats).as_posix().strip(".")
        for other in (found for found in _imported(path) if formats in found.parents and path.name != "registry.py"):
            kind = other.parent.relative_to(formats).as_posix().strip(".")
            shared = SHARED_BY_FORMATS if own not in SHARED_BY_FORMATS or own == "arrow" else {"", "units"}
            allowed = {own, *shared, *BUILT_ON.get(own, ())}
            assert kind in allowed, f"{_name(path)} may not import {_name(other)}: what both need goes to formats/"


def test_a_format_is_known_by_the_registry_alone() -> None:
    """So the next one is a folder and a row."""
    formats = PACKAGE / "formats"
    every = [path for path in _ours().values() if formats not in path.parents]
    within = {path.relative_to(PACKAGE).as_posix() for path in every if PACKAGE in path.parents}
    assert within >= NAME_A_FORMAT.keys() | COMPARE_A_FORMAT.keys(), "rows for files that are not there"
    for path in every:
        folders = {found.parent.name for found in _imported(path) if found.parent.parent == formats} - {
            "units",
            "described",
        }
        name = path.relative_to(PROJECT).as_posix().removeprefix("etl_batch/")
        assert bool(folders) == (name in NAME_A_FORMAT), (
            f"{name} and {folders}: ask formats/registry.py, and give `Format` what is missing; "
            "or NAME_A_FORMAT has a row too many"
        )


def _compared(tree: ast.AST) -> Iterator[ast.expr]:
    """What something is compared with, or is to end in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.MatchValue):
            yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "endswith":
            yield from node.args


def test_nothing_is_compared_with_a_format() -> None:
    """A literal that is compared is one more place to know of the next format."""
    words = {word for one in FORMATS for word in (one.name, one.called, *one.endings)}
    words |= {word.upper() for word in words}
    for path in _ours().values():
        found = {
            leaf.value
            for expression in _compared(_tree(path))
            for leaf in ast.walk(expression)
            if isinstance(leaf, ast.Constant) and leaf.value in words
        }
        name = path.relative_to(PROJECT).as_posix().removeprefix("etl_batch/")
        assert bool(found) == (name in COMPARE_A_FORMAT), (
            f"{name} compares with {found}: give `Format` a field that says what matters (`by_layout`), and ask "
            "formats/registry.py; or COMPARE_A_FORMAT has a row too many"
        )


def test_modules_of_ours_are_imported_inside_functions_only_for_a_quick_start() -> None:
    found = {
        _name(path) for path in _modules() if any(_imported(path, function) for function in _functions(_tree(path)))
    }
    assert found == LAZY.keys(), (
        f"import {found - LAZY.keys()} at the top, or give the reason in LAZY; gone: {LAZY.keys() - found}"
    )


#: what only jobs need that read such inputs
OF_RECORDS = {"etl_batch.formats.binary.binary_input", "etl_batch.formats.binary.record_reader"}
OF_CSV = {"etl_batch.formats.csv.csv_input", "etl_batch.formats.csv.check", "etl_batch.kernels.csv_cells"}


@pytest.mark.io
@pytest.mark.parametrize(
    ("module", "slow"),
    [
        ("__main__", {"numpy", "importlib.metadata", "etl_batch.formats.registry"}),
        ("formats.registry", {"numpy", "importlib.metadata"}),
        ("pipeline.runners.worker_imports", {"importlib.metadata", "etl_batch.config", "etl_batch.formats.registry"}),
        ("pipeline.runners.worker_imports", OF_RECORDS | OF_CSV | {"etl_batch.formats.parquet.footer"}),
        ("pipeline.runners.record_imports", OF_CSV | {"etl_batch.formats.parquet.footer"}),
        ("pipeline.runners.csv_imports", OF_RECORDS | {"etl_batch.formats.parquet.footer"}),
    ],
)
def test_what_starts_first_loads_no_more_than_it_needs(module: str, slow: set[str]) -> None:
    """The workers are forked from a process that starts while its parent still reads its flags and inputs."""
    script = f"import sys; import etl_batch.{module}; print(sorted({slow!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]", "import it where it is used; see LAZY"


def _roots(path: Path) -> set[str]:
    nodes = list(ast.walk(_tree(path)))
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    named |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in named}


@pytest.mark.parametrize("part", AROUND)
def test_what_lies_around_the_package_points_downwards(part: str) -> None:
    """The engine knows no accounts, the accounts no pages; Streamlit stays where it is drawn."""
    root = PROJECT / part
    for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
        allowed = AROUND[part] | {part}
        allowed |= {"streamlit"} if part == "auth" and path.name in AUTH_WITH_STREAMLIT else set()
        found = _roots(path) & {"etl_batch", "auth", "pages", "app", "streamlit"}
        assert found <= allowed, f"{path.name} may not import {found - allowed}; see ARCHITECTURE.md, The rooms"
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
    tree = _tree(PACKAGE / "etl_core.py")
    assert {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} == {"run", "main"}
    assert not any(isinstance(node, ast.ClassDef) for node in tree.body)


def test_what_is_a_number_is_asked_in_one_way() -> None:
    """`isinstance(True, int)` holds: each place that asks by itself has to think of that."""
    for path in _ours().values():
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
                kinds = {one.id for one in ast.walk(node.args[1]) if isinstance(one, ast.Name)}
                assert "int" not in kinds or "bool" in kinds or path == PACKAGE / "text" / "numbers.py", (
                    f"{path.name}, line {node.lineno}: ask text/numbers.py, or say in the check what of `bool`"
                )


def test_classes_of_values_cost_no_time_at_the_start() -> None:
    """Each that the standard library makes takes half a millisecond of every process that loads it."""
    for path in _modules():
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "dataclasses":
                is_ours = path == PACKAGE / "light_dataclass.py"
                assert is_ours or "dataclass" not in {alias.name for alias in node.names}, (
                    f"{_name(path)}: take `dataclass` from etl_batch.light_dataclass"
                )


def test_no_check_is_an_assert() -> None:
    """Checks survive `python -O`."""
    for path in _modules():
        asserts = [node.lineno for node in ast.walk(_tree(path)) if isinstance(node, ast.Assert)]
        assert not asserts, f"{path.name}, lines {asserts}: raise an error instead"


@pytest.mark.io
def test_the_command_itself_loads_no_slow_library() -> None:
    """Starting is time a user waits: only the workers compile, only a job that needs Arrow loads it."""
    modules = (
        "etl_core, pipeline.inputs, formats.csv.csv_inputs, pipeline.outputs.job_outputs, pipeline.plan, "
        "pipeline.runners.process_pool"
    )
    imports = "; ".join(f"import etl_batch.{name.strip()}" for name in modules.split(","))
    script = f"import sys; {imports}; print(sorted({{'numba', 'pyarrow', 'pandas'}} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"

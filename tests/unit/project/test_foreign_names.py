"""Private names of other libraries: which ones we use, why, and that each is still what we take it for.

A library may change them in any release. So there is a list, with a reason for each, and for each a test that fails
with the name of our module when a new version of the library has changed it.
"""

from __future__ import annotations

import ast
import codecs
import encodings
import encodings.aliases
import hashlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator

import pyarrow.compute
import pyarrow.parquet
import pytest
from pyarrow._compute import call_function
from streamlit import config
from streamlit.web import bootstrap

from auth.opening import is_streamlits_server
from etl_batch.sampling.sample_file import _encoded
from etl_batch.storage.hash_follower import RunningHash
from etl_batch.text.encodings import encoding_named
from tests.conftest import PROJECT

_POOL = "etl_batch/pipeline/runners/process_pool.py"
_START = "etl_batch/pipeline/runners/bare_start.py"
#: (file, name) -> why no public name does
ALLOWED = {
    ("auth/opening.py", "_server_mode"): "Streamlit says nowhere else whether it started the server itself",
    ("etl_batch/commands/command_parser.py", "_get_value"): "argparse takes a value of -- away, and asks nobody",
    ("etl_batch/formats/arrow/plain_arrays.py", "_compute"): "its public name loads a function for each that Arrow has",
    ("etl_batch/formats/parquet/encodings.py", "_compute"): "as for plain_arrays.py",
    ("etl_batch/pipeline/runners/parquet_imports.py", "_compute"): "as for encodings.py, which it loads this for",
    ("etl_batch/sampling/finish.py", "_compute"): "as for plain_arrays.py, which it loads this for",
    ("etl_batch/sampling/finish.py", "_parquet"): "as for sample_file.py, which it loads this for",
    ("etl_batch/sampling/sample_file.py", "_parquet"): "its public name loads every kind of storage that Arrow knows",
    (_POOL, "_forkserver"): "the process that workers are forked from has no other name",
    (_POOL, "_forkserver_pid"): "how it died is asked of the system, by its number",
    (_START, "_resource_tracker"): "whether there is a tracker is said nowhere else, and to ask for it starts it",
    (_START, "_fd"): "as for _resource_tracker, which has it",
}
#: they begin with `_`, but are documented
_DOCUMENTED = {"_exit", "_fields_", "_pack_", "_replace", "_asdict", "_fields"}


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name.strip("_") != "" and name not in _DOCUMENTED


def _defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _named(tree: ast.AST, own: set[str], inherited: set[str]) -> Iterator[str]:
    """The private names that a file takes from others.

    Args:
        tree: the file.
        own: what it defines.
        inherited: what any file of ours defines: `self` may have it from a class elsewhere.
    """
    for node in ast.walk(tree):
        found: list[str] = []
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            found = ".".join([module, *(alias.name for alias in node.names)]).split(".")
        elif isinstance(node, ast.Attribute):
            is_of_self = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
            found = [] if node.attr in (inherited if is_of_self else own) else [node.attr]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("attr"):
            found = [str(one.value) for one in node.args[1:2] if isinstance(one, ast.Constant)]  # getattr(it, "name")
        yield from (name for name in found if _is_private(name))


def _used(sources: dict[str, str]) -> set[tuple[str, str]]:
    trees = {name: ast.parse(source) for name, source in sources.items()}
    inherited = {name for tree in trees.values() for name in _defined(tree)}
    return {
        (file, name) for file, tree in trees.items() for name in _named(tree, set(_defined(tree)), inherited)
    }  # fmt: skip


def _sources() -> dict[str, str]:
    paths = [path for folder in ("etl_batch", "auth", "pages") for path in (PROJECT / folder).rglob("*.py")]
    return {path.relative_to(PROJECT).as_posix(): path.read_text() for path in [*paths, PROJECT / "app.py"]}


def test_private_names_of_others_are_those_that_are_listed() -> None:
    used = _used(_sources())
    more = used - ALLOWED.keys()
    assert not more, f"{sorted(more)}: take a public name; if there is none, list it with the reason, and test it here"
    assert not ALLOWED.keys() - used, "no longer used: take it from the list"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import argparse\nargparse._AppendAction", {"_AppendAction"}),
        ("from hashlib import _Hash", {"_Hash"}),
        ("def late():\n    import numba.core._imputils", {"_imputils"}),
        ("getattr(parser, '_actions', ())", {"_actions"}),
        (
            "class Ours(Theirs):\n    def f(self):\n        return self._option_string_actions",
            {"_option_string_actions"},
        ),
        ("class Ours:\n    def f(self):\n        self._ours = 1\n        return self._ours", set()),
        ("import os\nos._exit(0)\n_own = 1\nit._own", set()),
    ],
)
def test_every_way_to_use_one_is_seen(source: str, names: set[str]) -> None:
    assert _used({"x.py": source}) == {("x.py", name) for name in names}


#: what Streamlit says of who started the server, and whether that was itself
_MODES = {
    "starlette-app": True,
    "starlette-app-direct": True,
    "starlette-managed": False,
    "asgi-server": False,
    "asgi-mounted": False,
}


@pytest.mark.parametrize(("mode", "is_its_own"), [*_MODES.items(), (None, False)])
def test_streamlit_says_who_started_the_server(
    mode: str | None, is_its_own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "auth/opening.py, is_streamlits_server: streamlit.config._server_mode"
    assert "_server_mode" in vars(config), f"{said} is gone"
    values = set(re.findall(r"[a-z]+(?:-[a-z]+)+", str(inspect.get_annotations(config)["_server_mode"])))
    assert values == _MODES.keys(), f"{said} has other values"
    assert "config._server_mode = " in inspect.getsource(bootstrap), f"{said} is set elsewhere"
    monkeypatch.setattr(config, "_server_mode", mode)
    assert is_streamlits_server() is is_its_own


def test_arrow_calls_its_functions_by_their_names() -> None:
    said = "formats/arrow/plain_arrays.py, taken: pyarrow._compute.call_function"
    assert call_function is pyarrow.compute.call_function, f"{said} is another"
    found = call_function("take", [pyarrow.array([5, 6, 7]), pyarrow.array([2, 0])])
    assert found.to_pylist() == [7, 5], f"{said} is not what it was"
    assert call_function("count_distinct", [pyarrow.array([5, 5, None])]).as_py() == 1, f"{said} is not what it was"


@pytest.mark.parametrize(("rows", "repeated"), [(0, ["row", "text", "sum"]), (1, ["sum"]), (3_000, ["text", "sum"])])
def test_arrow_writes_parquet_as_by_its_public_name(rows: int, repeated: list[str]) -> None:
    columns = {"row": range(rows), "text": [f"t{row % 7}" for row in range(rows)], "sum": [None, *[0.5] * rows][:rows]}
    types = [pyarrow.int64(), pyarrow.string(), pyarrow.float64()]
    arrays = [pyarrow.array(list(values), kind) for values, kind in zip(columns.values(), types, strict=True)]
    table = pyarrow.Table.from_arrays(arrays, names=list(columns)).replace_schema_metadata({"about": "{}"})
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, sink, compression="zstd", use_dictionary=repeated)
    said = "sampling/sample_file.py, _encoded: pyarrow._parquet.ParquetWriter"
    assert _encoded(table) == sink.getvalue().to_pybytes(), f"{said} writes something else"


@pytest.mark.io
def test_no_storage_of_arrows_is_loaded_for_a_sample() -> None:
    """It took as long as all that the end of a small job does."""
    script = (
        "import sys; from etl_batch.sampling.finish import load_arrow; load_arrow(None); import pyarrow; "
        "from etl_batch.sampling.sample_file import _encoded; table = pyarrow.table({'row': [1]}); "
        "before = set(sys.modules); _encoded(table); "
        "print('pyarrow.fs' in sys.modules, [name for name in set(sys.modules) - before if name.startswith('pyarrow')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False []\n"


#: starts the process that workers are forked from, and prints its number and whose child it is
_FORK_SERVER = """
import multiprocessing.forkserver as server, os
assert server._forkserver._forkserver_pid is None
server.ensure_running()
pid = server._forkserver._forkserver_pid
print(pid, open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1], os.getpid())
"""


@pytest.mark.io
def test_the_fork_server_has_a_number() -> None:
    done = subprocess.run([sys.executable, "-c", _FORK_SERVER], capture_output=True, text=True, check=False)
    said = (
        "pipeline/runners/process_pool.py, _fork_server_death: multiprocessing.forkserver._forkserver._forkserver_pid"
    )
    assert done.returncode == 0, f"{said} is not what it was: {done.stderr}"
    number, parent, ours = done.stdout.split()
    assert int(number) > 0, said
    assert parent == ours, f"{said} is no child of ours"


#: prints what the tracker of resources has before and after somebody needs it
_TRACKER = """
from multiprocessing import forkserver, resource_tracker
assert forkserver.resource_tracker is resource_tracker
before = resource_tracker._resource_tracker._fd
print(before, resource_tracker.getfd() == resource_tracker._resource_tracker._fd)
"""


@pytest.mark.io
def test_whether_there_is_a_tracker_of_resources_is_seen_without_starting_it() -> None:
    done = subprocess.run([sys.executable, "-c", _TRACKER], capture_output=True, text=True, check=False)
    said = "pipeline/runners/bare_start.py, _Tracker: multiprocessing.resource_tracker._resource_tracker._fd"
    assert done.stdout == "None True\n", f"{said} is not what it was: {done.stderr}"


def test_encodings_of_no_text_are_told_apart_by_python_itself() -> None:
    """In place of `_is_text_encoding`, which it keeps for itself."""
    modules = {module.name for module in pkgutil.iter_modules(encodings.__path__)}
    names = modules | set(encodings.aliases.aliases)
    not_text = {"hex", "base64", "bz2", "zlib", "zip", "rot13", "rot_13", "uu", "quopri", "hex_codec", "zlib_codec"}
    for name in not_text & names:
        codecs.lookup(name)
        assert encoding_named(name) is None, f"text/encodings.py: {name} is no encoding of text"
    assert {encoding_named(name) for name in ("utf_8", "latin-1", "cp037", "utf-16")} == {
        "utf-8", "iso8859-1", "cp037", "utf-16",
    }  # fmt: skip


def test_a_hash_is_what_we_say_it_is() -> None:
    """In place of a class that has no public name."""
    running: RunningHash = hashlib.sha256()
    running.update(memoryview(b"ab"))
    other = running.copy()
    other.update(b"c")
    assert running.hexdigest() == hashlib.sha256(b"ab").hexdigest()
    assert other.hexdigest() == hashlib.sha256(b"abc").hexdigest()

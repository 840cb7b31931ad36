"""Run by the Python of a tree, with the tree as its path: prints, as JSON, every text of every page for every role.

Arguments: the home, the ids of jobs (a good one, a doubtful one, a failed one). Nothing of the corpus is imported here.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

_OLD_NAME = "streamlit_door"
SignedIn = Any  #: as the tree's own tests have it


def _opener() -> Any:  # noqa: ANN401 - a module of the tree that is looked at
    """What the tree's own tests open pages with, wherever it lies in that tree, and by the name it had before."""
    (file,) = (path for path in Path("tests").rglob("streamlit_*.py") if path.stem in {"streamlit_page", _OLD_NAME})
    return importlib.import_module(".".join(file.with_suffix("").parts))


_OPENER = _opener()
_ROLES = ("super_admin", "analyst", "auditor")
_PAGES = (
    "home", "launch", "runs", "run", "reports", "estimates", "science", "system", "audit_log", "users", "account",
)  # fmt: skip
_TABLES = frozenset({"arrow_data_frame", "arrow_table", "dataframe", "table"})
_PATIENCE_SECONDS = 240
_ESTIMATED = (
    "output/shop.csv", "output/shop.parquet", "output/broken.csv", "data/shop.csv", "data/shop.bin", "data/alone.bin",
    "data/semicolon.csv", "data/broken.csv",
)  # fmt: skip
#: fields of elements that no user reads, or that are made anew each time
_UNSEEN = frozenset(
    {
        "id", "formId", "elementId", "key", "hash", "url", "data", "arrowData", "scriptRunId", "fragmentId",
        "pageScriptHash", "icon", "iconColor", "mimeType", "clientState", "target", "proto", "activeScriptHash", "spec",
        "flexContainer", "gapConfig", "deferredFileId", "elementType", "tag",
    }
)  # fmt: skip


def main() -> None:
    """Print the texts."""
    home, jobs = Path(sys.argv[1]), sys.argv[2:]
    os.environ["ETL_HOME"] = str(home)
    users = {role: _OPENER.sign_in(home, role) for role in _ROLES}
    sys.stdout.write(json.dumps({name: texts(test) for name, test in _looks(home, users, jobs)}, ensure_ascii=False))


def _looks(home: Path, users: dict[str, SignedIn], jobs: list[str]) -> Iterator[tuple[str, AppTest]]:
    """Each look at a page, by name."""
    for name in _PAGES:
        for role in _ROLES:
            yield f"{name} by {role}", _page(f"pages/{name}.py", users[role])
        yield f"{name} by a stranger", _page(f"pages/{name}.py")
    admin = users["super_admin"]
    yield "app", _page("app.py", admin)
    for number, job in enumerate(jobs):
        for role in _ROLES:
            yield f"run {number} by {role}", _page("pages/run.py", users[role], {"id": job})
        yield f"launch from {number}", _page("pages/launch.py", admin, {"from": job})
    yield "run unknown", _page("pages/run.py", admin, {"id": "nobody"})
    yield "runs found", _page("pages/runs.py", admin, {"q": "broken"})
    yield "runs not found", _page("pages/runs.py", admin, {"q": "elsewhere"})
    yield from _launches(home, admin)
    yield from _estimates(users["analyst"])


def _launches(home: Path, admin: SignedIn) -> Iterator[tuple[str, AppTest]]:
    for name in sorted(path.name for path in (home / "data").iterdir() if path.suffix != ".toml"):
        test = _page("pages/launch.py", admin)
        test.multiselect(key="etl_inputs").set_value([str(home / "data" / name)]).run()
        yield f"launch of {name}", test
        if name in {"shop.bin", "broken.csv"}:
            test.button(key="etl_check_button").click().run()
            yield f"check of {name}", _checked(test)
    test.text_input(key="etl_option_workers").set_value("many")
    test.button(key="etl_launch_button").click().run()
    yield "launch refused", test


def _checked(test: AppTest) -> AppTest:
    """The page when the check in the background has told what it found."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while not any("would" in line for line in texts(test)):
        if time.monotonic() > until:
            raise TimeoutError("the check tells nothing")
        time.sleep(0.3)
        test.run()
    return test


def _estimates(analyst: SignedIn) -> Iterator[tuple[str, AppTest]]:
    for file in (*_ESTIMATED, "data/missing.csv"):
        yield f"estimates of {file.replace('/', ' ')}", _page("pages/estimates.py", analyst, {"file": file})
    for number, condition in enumerate(("product = 'MILK' and quantity > 2", "product ~ 1", "nothing = 1")):
        yield (
            f"estimates where {number}",
            _page("pages/estimates.py", analyst, {"file": "data/shop.csv", "where": condition}),
        )


def _page(file: str, user: SignedIn | None = None, query: dict[str, str] | None = None) -> AppTest:
    """A page, opened cold and run."""
    test: AppTest = _OPENER.page(file, user)
    for name, value in (query or {}).items():
        test.query_params[name] = value
    return test.run()


def texts(test: AppTest) -> list[str]:
    """Every text of a page, in its order: a line for each, with its place in its element."""
    found: list[str] = []
    for block in (test.main, test.sidebar):
        for element in _elements(block):
            kind = str(getattr(element, "type", "?"))
            found += [f"{kind} {place}: {text}" for place, text in _strings(_fields(element), "")]
            if kind in _TABLES:
                found.append(f"{kind}: {element.value.to_csv()}")
    return found


def _elements(block: Any) -> Iterator[Any]:  # noqa: ANN401 - a node of AppTest, whose classes are not public
    for child in getattr(block, "children", {}).values():
        if getattr(child, "proto", None) is not None:
            yield child
        yield from _elements(child)


def _fields(element: Any) -> Any:  # noqa: ANN401 - JSON values
    proto = element.proto
    try:
        return MessageToDict(proto)
    except (AttributeError, TypeError):
        return str(proto)


def _strings(value: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON values
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in _UNSEEN:
                yield from _strings(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, place)
    elif isinstance(value, str) and value:
        yield place, value


if __name__ == "__main__":
    main()

"""Hints on a page name a field, a button or a page where those of the console have a flag or a command."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from etl_batch.errors import ConfigError, DiskFull, EtlError, every_error, rebuilt_error
from etl_batch.ui.errors import in_markdown
from etl_batch.ui.page_words import mend_on_page, on_page
from tests.conftest import PROJECT

#: what only a terminal knows: flags, commands
_OF_A_TERMINAL = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*|`[^`.]+`|python -m|\bchmod\b|\bpip\b|\bmake setup\b")
#: nothing of theirs comes to a page ...
_CONSOLE_ONLY = ("etl_batch/commands/", "etl_batch/__main__.py", "etl_batch/etl_core.py", "auth/user_commands.py")
#: ... but of these: a form is read as the command line is
_OF_FORMS = {"command_parser.py", "run_flags.py", "estimate_flags.py"}


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.code)
def test_every_error_has_a_hint_for_the_page(kind: type[EtlError]) -> None:
    """Also when it was written down and is shown again. A hint that fails here needs a `page_mend` in its class."""
    for error in (kind("something happened"), rebuilt_error(kind.code, str(kind("something happened")))):
        shown = mend_on_page(error)
        assert shown
        assert not _OF_A_TERMINAL.findall(shown), f"{kind.__name__}: {shown}; see ui/page_words.py"


def _hints() -> Iterator[tuple[str, str]]:
    """Every hint that is written where an error is raised; what is filled in is X."""
    for folder in ("etl_batch", "auth", "pages"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            is_of_console = path.relative_to(PROJECT).as_posix().startswith(_CONSOLE_ONLY)
            if not is_of_console or path.name in _OF_FORMS:
                tree = ast.parse(path.read_text())
                constants = {
                    target.id: node.value
                    for node in tree.body
                    if isinstance(node, ast.Assign)
                    for target in node.targets
                    if isinstance(target, ast.Name)
                }
                for node in ast.walk(tree):
                    if isinstance(node, ast.keyword) and node.arg == "mend":
                        value = constants.get(node.value.id) if isinstance(node.value, ast.Name) else node.value
                        if (text := _text(value)) is not None:
                            yield f"{path.relative_to(PROJECT)}:{node.value.lineno}", text


def _text(node: ast.AST | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(value.value) if isinstance(value, ast.Constant) else "X" for value in node.values)
    return None


def test_every_hint_that_an_error_is_raised_with() -> None:
    hints = list(_hints())
    assert len(hints) > 50
    found = [(where, on_page(text)) for where, text in hints if _OF_A_TERMINAL.search(on_page(text))]
    assert found == [], "a field or a button is missing in ui/page_words.py"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("set bad rows aside with --on-bad-row quarantine", 'set bad rows aside with "On bad row: quarantine"'),
        ("name one with --layout", 'name one with "Layout"'),
        ("use fewer workers (-w)", 'use fewer workers ("Workers")'),
        ("argument -w/--workers: invalid int value: 'many'", "\"Workers\": invalid int value: 'many'"),
        ("--types names column 'a'", "\"Types\" names column 'a'"),
        ("run it again: `jobs again ID`, or so", 'run it again: "Run again", or so'),
        ("no column 'x --layout y'; --strata names another", "no column 'x --layout y'; \"Strata\" names another"),
        ("chmod 600 /home/.secrets/key", "close /home/.secrets/key to all others, on the machine itself"),
        ("data/a--b.csv and x-w --nobody stay", "data/a--b.csv and x-w --nobody stay"),
    ],
)
def test_flags_become_fields(text: str, shown: str) -> None:
    assert on_page(text) == shown


def test_what_an_instance_adds_is_kept() -> None:
    error = ConfigError("--workers is 0", mend=f"{ConfigError.mend}; start again with --resume")
    assert mend_on_page(error) == f'{ConfigError.page_mend}; start again with "Resume"'
    assert mend_on_page(DiskFull("x")) == DiskFull.mend
    assert "\\-\\-" not in in_markdown(error)


def test_errors_have_one_way_onto_a_page() -> None:
    """A page that puts an error's own text together shows the words of the console."""
    for path in [*(PROJECT / "pages").rglob("*.py"), *(PROJECT / "etl_batch" / "ui").rglob("*.py")]:
        if path.name not in {"errors.py", "page_words.py", "estimate_process.py", "health.py"}:
            found = re.findall(r"str\(error\)|error\.what_to_do|error\.message", path.read_text())
            assert found in ([], ["error.message"]), f"{path.name}: show it with etl_batch.ui.errors.show_error"

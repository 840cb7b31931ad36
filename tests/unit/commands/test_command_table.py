"""The commands of `python -m etl_batch`: each in a file of its name, found by a table, loaded when it is named."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from etl_batch import __main__ as all_commands
from etl_batch.commands.audit import table as audit
from etl_batch.commands.command_table import CommandParser, Row, Table, run_command
from etl_batch.commands.jobs import table as jobs
from etl_batch.commands.outputs import table as outputs
from etl_batch.commands.preset import table as preset
from etl_batch.errors import ConfigError
from tests.conftest import PROJECT

FOLDER = PROJECT / "etl_batch" / "commands"
#: a file that is no command, but part of one, or of all, says so in its name
_PART = re.compile(r"__init__|table|command_\w+|(?:\w+_)?(?:files|flags|text)")
ROWS: dict[str, Row] = {
    **all_commands.COMMANDS.rows,
    **{f"audit {name}": row for name, row in audit.COMMANDS.rows.items()},
    **{f"jobs {name}": row for name, row in jobs.COMMANDS.rows.items()},
    **{f"outputs {name}": row for name, row in outputs.COMMANDS.rows.items()},
    **{f"preset {name}": row for name, row in preset.COMMANDS.rows.items()},
}
LEAVES = [name for name in ROWS if name not in {"audit", "jobs", "outputs", "preset"}]
_ABOUT_ONE = ("jobs ", "outputs ", "preset ")  #: commands that name something, but for their lists
#: prints what was loaded of ours when a command was asked for its help
_LOADED = """
import json, runpy, sys
try:
    runpy.run_module("etl_batch", run_name="__main__")
except SystemExit:
    print(json.dumps([name for name in sys.modules if name.startswith(("etl_batch.", "auth."))]))
"""


def _file(row: Row) -> Path:
    found = importlib.util.find_spec(row.module)
    assert found is not None, f"there is no {row.module}"
    assert found.origin is not None
    return Path(found.origin)


def test_a_file_is_a_command_of_its_name_or_part_of_one() -> None:
    files = {_file(row): name for name, row in ROWS.items()}
    for path, name in files.items():
        own = name.replace("-", "_").split()
        wanted = {FOLDER.joinpath(*own).with_suffix(".py"), FOLDER.joinpath(*own, "table.py")}
        assert path in {*wanted, PROJECT / "auth" / "user_commands.py"}, f"{name} lies in {path}"
    others = [path for path in FOLDER.rglob("*.py") if path not in files and not _PART.fullmatch(path.stem)]
    assert not others, f"{others}: no table has them; give them a row, or a name that says of what they are part"


@pytest.mark.io
@pytest.mark.parametrize("name", [name for name in LEAVES if not name.startswith("job-")])
def test_a_command_loads_no_other(name: str) -> None:
    """Also not the accounts, unless it is about them."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, *name.split(), "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    others = {row.module for other, row in ROWS.items() if other not in {name, name.split(maxsplit=1)[0]}}
    assert ROWS[name].module in loaded
    assert not loaded & others
    assert name == "user" or not any(module.startswith("auth.") for module in loaded)


@pytest.mark.parametrize("name", [name for name in LEAVES if not name.startswith("job-") and name != "compile"])
def test_an_unknown_flag_is_refused_where_its_help_would_be(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Not with the page of all commands; and the log is said to be unreadable in the codes of `audit verify`."""
    needed = {
        "estimate": ["x"],
        "preview": ["x"],
        "sniff": ["x"],
        "profile": ["x"],
        "layout": ["x"],
        "contract": ["check", "x"],
        "query": ["x", "select 1"],
        "merge": ["x"],
        "user": ["list"],
        "audit prove": ["1"],
        "audit check-proof": ["x"],
    }
    words = [*name.split(), "--no-such-flag", *needed.get(name, ["x"] if name.startswith(_ABOUT_ONE) else [])]
    words = words[:-1] if name in {"jobs list", "jobs start", "outputs list", "preset list"} else words
    code = all_commands.main(words)
    said = capsys.readouterr().err
    assert said == (
        f"error[E_CONFIG]: unrecognized arguments: --no-such-flag; see `python -m etl_batch {name} --help`\n"
    )
    assert code == (3 if name in {"audit verify", "audit check-proof"} else 2)


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"], ["jobs"], ["jobs", "-h"], ["audit"], ["audit", "--help"]])
def test_a_page_of_help_is_a_command_that_is_done(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert all_commands.main(words) == 0
    assert capsys.readouterr().out.startswith("usage: python -m etl_batch")


@pytest.mark.parametrize("name", [name for name in LEAVES if not name.startswith("job-")])
def test_so_is_the_help_of_every_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("-h", "--help"):
        assert all_commands.main([*name.split(), word]) == 0
        assert capsys.readouterr().out.startswith(f"usage: python -m etl_batch {name}")


@pytest.mark.parametrize("words", [[], ["x"], ["--help"], ["-1"], ["²"], ["1"], ["999999"], ["1" * 5000], ["3", "4"]])
def test_the_process_of_a_job_is_none_that_others_start(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert all_commands.main(["job-engine", *words]) == 2
    assert capsys.readouterr().err == (
        "error[E_CONFIG]: job-engine is the process of a job, which the console starts itself; "
        "start a job: `python -m etl_batch jobs start`\n"
    )


def test_nor_one_that_would_speak_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / "file").open("wb") as file:
        assert all_commands.main(["job-engine", str(file.fileno())]) == 2
    assert "E_CONFIG" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["conquer"], "there is no command 'conquer'; see `python -m etl_batch --help`"),
        (["--home", "x", "run"], "there is no command '--home'; see `python -m etl_batch --help`"),
        (["--"], "there is no command '--'; see `python -m etl_batch --help`"),
        (["ru"], "there is no command 'ru'; see `python -m etl_batch --help`"),
        (["jobs", "conquer"], "there is no command 'conquer' of jobs; see `python -m etl_batch jobs --help`"),
        (["jobs", "--json", "list"], "there is no command '--json' of jobs; see `python -m etl_batch jobs --help`"),
        (["audit", "conquer"], "there is no command audit 'conquer'; see `python -m etl_batch audit --help`"),
    ],
)
def test_what_is_no_command_is_said_by_whose_command_it_is_not(words: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        run_command(all_commands.COMMANDS, words)


def test_the_help_lists_what_is_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """In its order, each summary in one column; what is for us alone is not listed."""
    table = Table(
        rows={"one": Row("x", "does one"), "two": Row("x", "does two", takes="ID"), "hidden": Row("x")},
        column=8,
        help="before\n{commands}\nafter\n",
    )
    for words in ([], ["-h"], ["--help", "more"]):
        with pytest.raises(SystemExit) as ended:
            CommandParser(prog="it", table=table).parse_args(words)
        assert ended.value.code == 0
        assert capsys.readouterr().out == "before\n  one     does one\n  two ID  does two\nafter\n"


def test_a_folder_may_be_called_as_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the processes that we start ourselves nothing is a flag."""
    from etl_batch.commands import job_supervisor

    worked: list[object] = []
    monkeypatch.setattr(job_supervisor, "home_folder", lambda given: given)
    monkeypatch.setattr(job_supervisor, "work_off_queue", worked.append)
    assert run_command(all_commands.COMMANDS, ["job-supervisor", "--help"]) == 0
    assert worked == ["--help"]

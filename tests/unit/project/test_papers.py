"""What a developer finds around the code: the targets of make, hooks, dev container, forms, what a wheel holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from setuptools import Distribution  # type: ignore[import-untyped]
from setuptools.command.build_py import build_py  # type: ignore[import-untyped]

from tests.conftest import PROJECT

FORMS = sorted((PROJECT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
PAPERS = [
    PROJECT / ".pre-commit-config.yaml",
    *sorted((PROJECT / ".devcontainer").iterdir()),
    *sorted(path for path in (PROJECT / ".github").rglob("*") if path.is_file()),
]
_NOT_IN_A_WHEEL = {"etl_batch/requirements-etl.txt"}  #: pyproject.toml makes the distribution's requirements of it


def _makefile() -> str:
    return (PROJECT / "Makefile").read_text(encoding="utf-8")


def _targets() -> list[str]:
    return re.findall(r"^([a-z][a-z-]*):", _makefile(), re.MULTILINE)


def _read(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


@pytest.mark.io
def test_make_help_lists_every_target() -> None:
    listed = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\S+)  *\S", listed, re.MULTILINE) == _targets()


def test_no_target_is_taken_for_a_file() -> None:
    phony = re.search(r"^\.PHONY: (help .*)", _makefile(), re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(_targets())


@pytest.mark.parametrize("is_sound", [True, False])
def test_an_environment_whose_python_is_gone_is_made_anew(tmp_path: Path, *, is_sound: bool) -> None:
    """As after an upgrade, or where the project's folder is shared with a container."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable if is_sound else "/nowhere/python")
    (tmp_path / ".set-up").touch()
    command = ["make", "--dry-run", f"VENV={tmp_path}", "setup"]
    steps = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert ("-m venv --clear" in steps) is not is_sound


def _steps(target: str, folder: Path) -> str:
    command = ["make", "--dry-run", f"PEERS={folder}", target]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("target", "has_them"),
    [("bench", True), ("bench-quick", False), ("setup", False), ("check", False), ("test", False)],
)
def test_only_the_benchmark_installs_the_peers(target: str, tmp_path: Path, *, has_them: bool) -> None:
    """Where there are none yet; what a clean machine runs is `make check` and `make test`."""
    assert ("requirements-bench.txt" in _steps(target, tmp_path)) is has_them
    assert "bench" not in _read(".ci/run")


def test_the_peers_are_installed_anew_when_their_pins_change(tmp_path: Path) -> None:
    (tmp_path / ".set-up").touch()
    assert "requirements-bench.txt" not in _steps("bench", tmp_path)
    os.utime(tmp_path / ".set-up", (0, 0))
    assert "requirements-bench.txt" in _steps("bench", tmp_path)


def test_the_hooks_are_what_make_check_runs() -> None:
    """Each part of it by its target; a hook with settings of its own would find other things."""
    parts = re.search(r"^check: ([a-z -]+?) ##", _makefile(), re.MULTILINE)
    entries = re.findall(r"^ +entry: (.*)$", _read(".pre-commit-config.yaml"), re.MULTILINE)
    assert parts is not None
    assert entries == [f"make --no-print-directory {part}" for part in parts[1].split()]
    assert "args:" not in _read(".pre-commit-config.yaml")


def test_the_hooks_come_from_nowhere_else() -> None:
    assert re.findall(r"^ +- repo: (.*)$", _read(".pre-commit-config.yaml"), re.MULTILINE) == ["local"]


def test_the_dev_container_is_set_up_by_make_and_forwards_the_dashboard_alone() -> None:
    """Forwarding reaches 127.0.0.1 within the container: the dashboard binds to nothing else for it."""
    container = json.loads(_read(".devcontainer/devcontainer.json"))
    assert container["postCreateCommand"] == "make setup"
    assert container["forwardPorts"] == [8501]
    assert container["otherPortsAttributes"] == {"onAutoForward": "ignore"}
    assert not {"appPort", "runArgs", "privileged", "capAdd", "containerEnv"} & set(container)
    assert (PROJECT / ".devcontainer" / container["build"]["dockerfile"]).is_file()


def test_the_dev_container_is_not_worked_in_as_root() -> None:
    user = json.loads(_read(".devcontainer/devcontainer.json"))["remoteUser"]
    assert re.findall(r"^USER (.*)$", _read(".devcontainer/Dockerfile"), re.MULTILINE) == [user]
    assert user != "root"


def test_the_dev_container_has_what_a_clean_machine_gets() -> None:
    packages = set(re.findall(r"missing\+=\(([^)]*)\)", _read(".ci/run")))
    wanted = {word for words in packages for word in words.split()} - {"python3", "python3-venv"}
    assert wanted <= set(_read(".devcontainer/Dockerfile").split())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_no_host_and_no_path_of_a_machine_is_named(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    assert not re.search(r"https?://|\b[\w-]+\.(?:io|com|org)/|(?<![\w.])/(?:home|root|work|tmp|Users)/", text)


@pytest.mark.parametrize("form", [form for form in FORMS if form.name != "config.yml"], ids=lambda path: path.name)
def test_a_form_has_what_the_site_asks_of_one(form: Path) -> None:
    """A name, a description, fields with an id and a label each, no id twice, and no tab, which YAML refuses."""
    text = form.read_text(encoding="utf-8")
    assert re.search(r"\Aname: \S.*\ndescription: \S.*\n", text)
    assert "\t" not in text
    fields = [
        field for field in re.split(r"^  - type: ", text, flags=re.MULTILINE)[1:] if not field.startswith("markdown")
    ]
    ids = [re.findall(r"^    id: ([a-z]+)$", field, re.MULTILINE) for field in fields]
    assert all(len(found) == 1 for found in ids)
    assert len({found[0] for found in ids}) == len(fields)
    assert all(re.search(r"^      label: \S", field, re.MULTILINE) for field in fields)


def test_a_bug_comes_with_all_that_it_takes_to_see_it() -> None:
    form = _read(".github/ISSUE_TEMPLATE/bug.yml")
    assert {"input", "sample", "layout", "command", "error", "json"} <= set(
        re.findall(r"^    id: ([a-z]+)$", form, re.MULTILINE)
    )
    assert "error[...]" in form
    assert "SECURITY.md" in form


def test_a_pull_request_is_asked_for_checks_tests_planted_faults_and_the_changelog() -> None:
    template = _read(".github/pull_request_template.md")
    named = set(re.findall(r"`make ([a-z-]+)", template))
    assert {"check", "test", "mutants"} <= named <= set(_targets())
    assert "CHANGELOG.md" in template


def test_what_lies_beside_the_modules_is_in_a_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates, SQL, and `py.typed`, which tells type checkers that our annotations count."""
    monkeypatch.chdir(PROJECT)
    distribution = Distribution()
    distribution.parse_config_files()
    distribution.include_package_data = False  # what package-data names, and nothing that lies there by chance
    command = build_py(distribution)
    command.ensure_finalized()
    packed = {f"{source}/{name}" for _, source, _, names in command.data_files for name in names}
    there = {
        path.relative_to(PROJECT).as_posix()
        for package in ("etl_batch", "auth")
        for path in (PROJECT / package).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    assert packed == there - _NOT_IN_A_WHEEL
    assert {"etl_batch/py.typed", "auth/py.typed"} <= packed


def test_nothing_that_a_merge_left_is_kept() -> None:
    """A copy of the changelog was, once."""
    folders = [PROJECT, *(PROJECT / name for name in ("etl_batch", "auth", "pages", "tests", "docs", ".github"))]
    left = [path.name for folder in folders for path in folder.glob("*") if re.search(r"\.(orig|rej)$", path.name)]
    assert left == []

"""Which folders a worker may read: pure but for links, so the same on every machine."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

from etl_batch import kernels
from etl_batch.kernels.cache_folder import cache_folder
from etl_batch.kernels.compile import Kernel
from etl_batch.pipeline.runners import worker_policy as subject
from etl_batch.pipeline.runners.worker_policy import PythonPlaces, code_folders, kernel_names, worker_policy
from tests.conftest import PROJECT


def _python(*search: str, prefix: str = "/venv", libraries: tuple[str, ...] = (), shared: str = "") -> PythonPlaces:
    return PythonPlaces((prefix,), search, [Path(one) for one in libraries], shared.split(":"))


def _folders(python: PythonPlaces, *apart: str) -> set[str]:
    return {str(one) for one in code_folders(python, [Path(one) for one in apart])}


def test_the_folder_of_a_script_and_the_one_we_were_started_in_are_not_read() -> None:
    found = _folders(_python("", "/home/ana/project", str(PROJECT), "/opt/x/site-packages", "/venv/lib/python3.11"))
    assert {"/opt/x/site-packages", "/venv/lib/python3.11", "/venv/lib", str(PROJECT / "etl_batch")} <= found
    assert not found & {"", ".", "/home/ana/project", str(PROJECT)}


def test_libraries_are_read_wherever_they_are_found() -> None:
    assert {"/opt/libraries", "/cuda/lib64"} <= _folders(_python(libraries=("/opt/libraries",), shared="/cuda/lib64:"))


@pytest.mark.parametrize("home", ["/srv/etl", "/srv/etl/deeper", "/srv/etl/site-packages/x"])
def test_nothing_that_holds_the_home_is_read(home: str) -> None:
    python = _python(
        "/srv/etl/site-packages", "/srv/etl", prefix="/srv/etl", libraries=("/srv", "/"), shared="/srv/etl"
    )
    folders = _folders(python, home)
    assert not [one for one in folders if Path(home).is_relative_to(one)]
    assert "/srv/etl/lib" in folders


def test_a_link_to_what_holds_the_home_is_not_read_either(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "site-packages").symlink_to(tmp_path)
    python = _python(str(tmp_path / "site-packages"))
    assert str(tmp_path / "site-packages") in _folders(python)
    assert str(tmp_path / "site-packages") not in _folders(python, str(tmp_path / "home"))


def test_the_policy_of_this_machine_reaches_no_secret(tmp_path: Path) -> None:
    policy = worker_policy(tmp_path)
    allowed = [rule.path.resolve() for rule in policy.path_rules()]
    for secret in (tmp_path / ".secrets" / "x", PROJECT / ".secrets" / "x", Path("/etc/passwd"), Path.home() / ".ssh"):
        assert not [one for one in allowed if secret.resolve().is_relative_to(one)]
    assert (policy.key_files, policy.connect_ports) == ((), ())


@pytest.mark.parametrize("is_complete", [True, False])
def test_only_while_kernels_are_missing_may_workers_add_to_them(
    monkeypatch: pytest.MonkeyPatch, is_complete: bool
) -> None:
    monkeypatch.setattr(subject, "has_every_kernel", lambda: is_complete)
    assert worker_policy(None).made == (() if is_complete else (cache_folder(),))


def test_one_missing_kernel_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    names = kernel_names()
    for missing in (None, names[0], names[-1]):
        monkeypatch.setattr(subject, "read_code", lambda name, missing=missing: None if name == missing else b"")
        subject.has_every_kernel.cache_clear()
        assert subject.has_every_kernel() == (missing is None)
    subject.has_every_kernel.cache_clear()


def test_the_kernels_are_found_in_their_text() -> None:
    modules = [import_module(one.name) for one in pkgutil.iter_modules(kernels.__path__, f"{kernels.__name__}.")]
    there = {value.name for module in modules for value in vars(module).values() if isinstance(value, Kernel)}
    assert set(kernel_names()) == there

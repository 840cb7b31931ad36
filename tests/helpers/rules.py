"""Which tests are of rules: values in, values out. They are quick, and `make test-unit` runs them alone.

Told by what a test asks for, not by where it stands: one that asks for a folder, itself or through a fixture, reads
and writes files; one that starts a process or connects says so by the mark `io`, or fails. Those that draw thousands of
samples to see how often an interval holds are marked `simulation`.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.processes import none_left

#: the folders of tests that try the whole product, however little a single test of them asks for
OF_THE_WHOLE = ("acceptance", "browser")
OTHERS = ("io", "simulation")  #: marks of tests that are none of rules
_FOLDERS = {"tmp_path", "tmp_path_factory"}  #: fixtures that make one
_STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system", "socket.connect"}
_TESTS = Path(__file__).parents[1]
_watched: list[list[str]] = []  #: what was started, for each block that is watched just now


def _note(event: str, _arguments: tuple[object, ...]) -> None:
    if event in _STARTS:
        for started in _watched:
            started.append(event)


sys.addaudithook(_note)  # for good: Python takes none off again


def is_rule(item: pytest.Item) -> bool:
    """Whether a test needs neither files nor processes, nor long."""
    is_of_a_part = item.path.relative_to(_TESTS).parts[0] not in OF_THE_WHOLE
    asks_for = set(getattr(item, "fixturenames", ()))
    return is_of_a_part and not asks_for & _FOLDERS and not any(map(item.get_closest_marker, OTHERS))


@contextlib.contextmanager
def nothing_started() -> Iterator[None]:
    """See that no process is started within, and no connection made; if one is, it ends here.

    Looking for processes takes longer than most tests of rules: so they are heard of when they start.

    Raises:
        AssertionError: one was, although nothing else failed.
    """
    started: list[str] = []
    _watched.append(started)
    try:
        yield
    finally:
        _watched.remove(started)
    if started:
        with contextlib.suppress(AssertionError), none_left(before=set()):
            pass
        raise AssertionError(f"a test of rules does {sorted(set(started))}; mark it with `pytest.mark.io`")

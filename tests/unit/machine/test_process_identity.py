"""Numbers of processes are not processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from etl_batch.machine.process_identity import ProcessIdentity
from tests.helpers.job_helpers import until


@pytest.mark.io
def test_a_process_a_zombie_and_nobody() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = ProcessIdentity.of(child.pid)
    assert identity is not None
    alive_before = identity.is_alive
    assert alive_before
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # nobody has waited for it yet: a zombie
    os.kill(child.pid, 0)  # which others take for alive
    assert not identity.is_alive
    assert ProcessIdentity.of(child.pid) is None
    child.communicate()
    assert not identity.is_alive
    assert not identity.signal(signal.SIGTERM)


def test_another_that_has_its_number_is_not_it() -> None:
    me = ProcessIdentity.mine()
    assert me.is_alive
    for other in (replace(me, started=me.started - 1), replace(me, boot="another start of the machine")):
        assert not other.is_alive
        assert not other.signal(signal.SIGKILL), "this process would be gone"


@pytest.mark.io
def test_it_is_signalled() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        identity: ProcessIdentity = until(lambda: ProcessIdentity.of(child.pid))
        assert identity.signal(signal.SIGTERM)
        assert child.wait(60) == -signal.SIGTERM

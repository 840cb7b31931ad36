"""Starting processes of ours so that they outlive whoever starts them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from etl_batch.jobs.logs import opened_log
from etl_batch.undisturbed import in_one_piece

#: what a job may know of where it was started; no tokens, no passwords, nothing that changes Python
_PASSED_ON = {
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME",
    "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES",
}  # fmt: skip
_ROOTS = "ETL_INPUT_ROOTS"
_OURS = (_ROOTS, "ETL_LIMIT_")


def clean_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that a job is given; folders among them mean the same wherever it runs."""
    passed = {key: value for key, value in environment.items() if key in _PASSED_ON or key.startswith(_OURS)}
    if roots := passed.get(_ROOTS):
        passed[_ROOTS] = os.pathsep.join(os.path.abspath(root) for root in roots.split(os.pathsep) if root)  # noqa: PTH100
    return passed


def launch_supervisor(home: Path) -> None:
    """Start a process that works off the queue of this home. It does not end with us; when it ends, it is reaped."""
    with opened_log(home, "supervisor") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "etl_batch", "job-supervisor", str(home)],
            cwd=home,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    # A child that nobody waits for stays as a zombie. Nothing depends on the thread.
    with in_one_piece():
        threading.Thread(target=process.wait, name=f"reap-{process.pid}", daemon=True).start()

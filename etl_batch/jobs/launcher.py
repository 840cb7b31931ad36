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
_OURS = ("ETL_INPUT_ROOTS", "ETL_LIMIT_")


def clean_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that a job is given."""
    return {key: value for key, value in environment.items() if key in _PASSED_ON or key.startswith(_OURS)}


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

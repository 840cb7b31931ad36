"""`python -m etl_batch run`, and `etl_core.py`: a job from its flags to what is said of its end."""

from __future__ import annotations

import contextlib
import os
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from etl_batch.commands.command_table import AddParser
from etl_batch.commands.run_flags import RunOptions, as_run_parser, run_options
from etl_batch.errors import Cancelled, EtlError
from etl_batch.pipeline.runners.ahead import ahead_of
from etl_batch.pipeline.runners.process_pool import start_fork_server

if TYPE_CHECKING:
    from etl_batch.commands.run_text import Pipeline


def add_parser(add: AddParser) -> None:
    """Add the parser of `run`."""
    as_run_parser(add()).set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Do the job that the flags ask for; returns the exit code."""
    return done(lambda: run_options(flags), flags.pipeline)


def done(asked: Callable[[], RunOptions], pipeline: Pipeline) -> int:
    """Do a job, and say how it goes; returns the exit code.

    Args:
        asked: reads the flags; what is wrong with them is said as any other error.
        pipeline: does it.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy would start threads for products of matrices
    try:
        options = asked()
        with contextlib.suppress(EtlError):  # whoever needs it says so
            start_fork_server(ahead_of(options.config))
        from etl_batch.commands.run_text import told
    except KeyboardInterrupt:
        return _refused(Cancelled("the job was cancelled"))
    except EtlError as error:
        return _refused(error)
    return told(options, pipeline)


def _refused(error: EtlError) -> int:
    from etl_batch.commands.command_console import Console

    return Console().failed(error)

"""The other commands: `python -m etl_batch COMMAND`. The place where everything is put together."""

from __future__ import annotations

import atexit
import gc
import json
import sys
from collections.abc import Callable, Sequence

from etl_batch import etl_core
from etl_batch.commands.command_parser import Parser
from etl_batch.commands.console import Console, print_result, shown
from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots, home_folder, new_home, operator
from etl_batch.errors import EXIT_DONE, Cancelled, ConfigError, EtlError
from etl_batch.version import product_version

_USAGE = """\
usage: python -m etl_batch COMMAND [flags]

commands:
  run         convert inputs to CSV and Parquet (also: python etl_batch/etl_core.py)
  jobs        the same in the background: start, list, show, watch, cancel, resume, again
  estimate    totals of an existing file with intervals, without reading all of it
  preview     show the first records of a binary file beside their bytes
  user        make and change the accounts of the dashboard
  demo-data   write real purchases as a binary file to try everything on
  audit       read the audit log, verify it, prove what is in it
  compile     compile the kernels now, not at the first job

  --version   print the version
`python -m etl_batch COMMAND --help` explains the flags of each.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    command, *rest = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    if command == "run":
        return etl_core.main(rest, prog="python -m etl_batch run")
    try:
        if command in {"-h", "--help"}:
            print_result(_USAGE)
            return EXIT_DONE
        if command == "--version":
            print_result(f"etl_batch {product_version()}\n")
            return EXIT_DONE
        if command not in _COMMANDS:
            raise ConfigError(f"there is no command {command!r}", mend="see `python -m etl_batch --help`")
        return _COMMANDS[command](rest) or EXIT_DONE
    except KeyboardInterrupt:
        return Console().failed(Cancelled("the command was cancelled"))
    except EtlError as error:
        return Console().failed(error)


def _preview(argv: Sequence[str]) -> None:
    from etl_batch.formats.binary.preview import as_json, preview, render

    parser = Parser(
        prog="python -m etl_batch preview",
        description="Show the first records of a binary file through its layout: place, name, type, bytes, value.",
    )
    parser.add_argument("file", metavar="FILE", help="a .bin file")
    parser.add_argument("--layout", metavar="FILE", help="record layout (x.layout.toml beside x.bin, else layout.toml)")
    parser.add_argument("--rows", type=int, default=3, metavar="N", help="how many records (%(default)s)")
    parser.add_argument(
        "--home", metavar="DIR", help="the folder with data/ and output/ (ETL_HOME, else the project's)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    flags = parser.parse_args(argv)
    if not 1 <= flags.rows <= 10_000:
        raise ConfigError(f"--rows is {flags.rows}; give 1 to 10000")
    config = JobConfig(
        home=home_folder(flags.home),
        inputs=(flags.file,),
        actor=operator(None),
        output_csv="-",  # nothing is written
        layout=flags.layout,
        extra_input_roots=extra_input_roots(),
    )
    result = preview(config, flags.rows)
    print_result(json.dumps(as_json(result), ensure_ascii=False) + "\n" if flags.json else render(result))


def _estimate(argv: Sequence[str]) -> None:
    from etl_batch.commands.estimate_flags import parse_estimate

    options = parse_estimate(argv)
    from etl_batch.commands.estimate_text import render
    from etl_batch.file_estimate.estimate_file import estimate_file

    answer = estimate_file(options.config, options.question)
    as_json = json.dumps(answer.as_json(), ensure_ascii=False, allow_nan=False) + "\n" if options.json else ""
    print_result(as_json or render(answer))


def _demo_data(argv: Sequence[str]) -> None:
    from etl_batch.commands.demo_data import NOTE, write_demo_data

    parser = Parser(prog="python -m etl_batch demo-data", description="Write data/transactions.bin and its layout.")
    parser.add_argument("--rows", type=int, metavar="N", help="repeat the purchases to N rows (all of them, once)")
    parser.add_argument("--home", metavar="DIR", help="the folder with data/ (ETL_HOME, else the project's)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    flags = parser.parse_args(argv)
    made = write_demo_data(new_home(flags.home), flags.rows)
    if flags.json:
        print_result(json.dumps({"path": str(made.path), "rows": made.rows, "bytes": made.bytes}) + "\n")
    else:
        print_result(f"{shown(made.path)}: {made.rows:,} real purchases, {made.bytes:,} bytes. {NOTE}\n")


def _user(argv: Sequence[str]) -> None:
    from auth.user_commands import main as run_user_command

    run_user_command(argv)


def _compile(argv: Sequence[str]) -> None:
    parser = Parser(prog="python -m etl_batch compile", description="Compile the kernels for this machine.")
    parser.add_argument("--quiet", action="store_true", help="no message")
    quiet = parser.parse_args(argv).quiet
    from etl_batch.kernels.all_kernels import compile_all
    from etl_batch.kernels.cache_folder import cache_folder, is_compiled

    if not is_compiled() and not quiet:
        print_result("Compiling the kernels (one to two minutes)...\n")
    compile_all()

    if not quiet:
        print_result(f"The kernels are compiled, in {cache_folder()}\n")


def _jobs(argv: Sequence[str]) -> int:
    from etl_batch.commands.jobs import main as jobs_main

    return jobs_main(argv)


def _job_engine(argv: Sequence[str]) -> int:
    from etl_batch.jobs.engine import main as engine_main

    return engine_main(argv, lambda config, progress, job: etl_core.run(config, progress, job=job))


def _job_supervisor(argv: Sequence[str]) -> None:
    from etl_batch.jobs.supervisor import work_off_queue

    work_off_queue(home_folder(argv[0] if argv else None))


def _audit(argv: Sequence[str]) -> int:
    from etl_batch.commands.audit import audit_main

    return audit_main(argv)


_COMMANDS: dict[str, Callable[[Sequence[str]], int | None]] = {
    "audit": _audit,
    "estimate": _estimate,
    "preview": _preview,
    "user": _user,
    "demo-data": _demo_data,
    "compile": _compile,
    "jobs": _jobs,
    # processes of jobs, which we start ourselves
    "job-supervisor": _job_supervisor,
    "job-engine": _job_engine,
}

if __name__ == "__main__":
    atexit.register(gc.freeze)  # the system takes back all memory at once: no need to look through it first
    sys.exit(main())

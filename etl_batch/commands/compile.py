"""`python -m etl_batch compile`: the kernels for this machine, the modules and the templates for this Python."""

from __future__ import annotations

import compileall
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.version import PROJECT_ROOT


def add_parser(add: AddParser) -> None:
    """Add the parser of `compile`."""
    parser = add(description="Compile the kernels for this machine.")
    parser.add_argument("--quiet", action="store_true", help="no message")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Compile what is not compiled yet."""
    from etl_batch.kernels.all_kernels import compile_all
    from etl_batch.kernels.cache_folder import cache_folder, is_compiled
    from etl_batch.report.page import load_templates

    if not is_compiled() and not flags.quiet:
        print_result("Compiling the kernels (one to two minutes)...\n")
    compile_all()
    for folder in ("etl_batch", "auth", "pages"):
        # Python does so itself, a module at its first use, but where it may not write then: 0.2 s of every start.
        compileall.compile_dir(PROJECT_ROOT / folder, quiet=2)
    load_templates()
    if not flags.quiet:
        print_result(f"The kernels are compiled, in {cache_folder()}\n")

"""Run what draws random moments and random inputs again and again, each time from another seed, until the time is over.

`python -m tests.torture --minutes 60`, or `make torture MINUTES=60`. The first seed that fails is printed with the
command that tries it again. Exit codes: 0 nothing was found; 1 a seed fails.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.helpers.chance import SEED_VARIABLE

#: whatever draws: kills and faults first, then the property tests
TESTS = (
    "tests/acceptance/test_random_kills.py",
    "tests/acceptance/test_jobs_killed.py",
    "tests/acceptance/test_killed.py",
    "tests/acceptance/test_resume.py::test_dead_again_and_again",
    "tests/property",
)


def _command(seed: int, tests: Sequence[str]) -> list[str]:
    arguments = ["-q", "-x", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}"]
    return [sys.executable, "-m", "pytest", *arguments, *tests]


def main(argv: Sequence[str] | None = None) -> int:
    """Torture until the time is over or something is found."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="no new round begins after so many (%(default)s)")
    parser.add_argument("--seed", type=int, help="one round, from this seed")
    parser.add_argument("tests", nargs="*", default=TESTS, help="what to run (whatever draws at random)")
    options = parser.parse_args(argv)
    until = time.monotonic() + options.minutes * 60
    rounds = 0
    while True:
        seed = secrets.randbelow(2**31) if options.seed is None else options.seed
        rounds += 1
        sys.stdout.write(f"round {rounds}, seed {seed}\n")
        sys.stdout.flush()
        done = subprocess.run(_command(seed, options.tests), env={**os.environ, SEED_VARIABLE: str(seed)}, check=False)
        if done.returncode:
            again = " ".join(
                ["python -m tests.torture", f"--seed {seed}", *(options.tests if argv or sys.argv[1:] else ())]
            )
            sys.stdout.write(f"seed {seed} fails; try it again with: {again}\n")
            return 1
        if options.seed is not None or time.monotonic() > until:
            sys.stdout.write(f"{rounds} rounds, nothing was found\n")
            return 0


if __name__ == "__main__":
    sys.exit(main())

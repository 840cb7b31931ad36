"""The peers: an environment of their own (`make bench` installs it), and the scripts that run there."""

from __future__ import annotations

import json
from pathlib import Path

from etl_batch.commands.demo_data import RECORD
from tests.bench.speed.measure import PROJECT, measure

PYTHON = PROJECT / ".bench-venv" / "bin" / "python"
_SCRIPTS = Path(__file__).parent
Command = tuple[str | Path, ...]


def _kind(name: str) -> str:
    if name == "timestamp":
        return "moment"
    return {"S": "text", "f": "float"}.get(RECORD[name].kind, "integer")


#: of each column whether it is of integers, floats, moments or texts
COLUMNS = {name: _kind(name) for name in RECORD.names or ()}


def peer(name: str, job: str, source: Path, target: Path, *, workers: int) -> Command:
    """One of the scripts that an expert would write: a job of `peer_job.py`.

    `-P`: the folder of the script is no place to import from.
    """
    record = json.dumps(RECORD.descr)
    return (PYTHON, "-P", _SCRIPTS / "peer_job.py", name, job, source, target, str(workers), record)


def facts_of(output: Path) -> dict[str, str]:
    """What an output says, in words that can be compared: rows, and of each column sums and hashes."""
    command = (PYTHON, "-P", _SCRIPTS / "peer_facts.py", output, json.dumps(COLUMNS))
    facts = json.loads(measure(command).printed)
    return {str(name): str(value) for name, value in facts.items()}


def versions() -> dict[str, str]:
    """Of the packages there."""
    script = (
        "import json, importlib.metadata as m; "
        "print(json.dumps({n: m.version(n) for n in ('polars', 'duckdb', 'pandas', 'pyarrow')}))"
    )
    found = json.loads(measure((PYTHON, "-c", script)).printed)
    return {str(name): str(version) for name, version in found.items()}

"""The first line of a job's journal, by which a later start knows whether it would go on with the same."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, astuple
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, InputChanged
from etl_batch.formats.format import Source
from etl_batch.pipeline.job import Job, JobPlan
from etl_batch.pipeline.outputs.targets import Targets, given_report, targets_of
from etl_batch.pipeline.settling import is_unsettled
from etl_batch.storage.roots import place
from etl_batch.text.flag import flags_of
from etl_batch.text.plain_values import plain
from etl_batch.version import versions

JOURNAL_VERSION = 2
#: do not change what is written: who does it, how fast, within which limits, where the home is, and what a reading is
#: called whose values are among the options
_WITHOUT_EFFECT = {
    "actor", "extra_input_roots", "home", "max_ratio", "max_size_bytes", "memory_limit_bytes", "overwrite",
    "preset", "report", "resume", "shard", "store_options", "store_roots", "time_limit_s", "workers",
}  # fmt: skip
#: paths count by where they lead, not by how they are written
_PATHS = {"contract", "inputs", "layout", "metadata", "output_csv", "output_parquet"}
_UNSETTLED, _CONTRACT = "unsettled", "contract"
_NAMED_AS_FLAGS = {"escaping"}
_FRESH = "give the options it had, or start anew without --resume"


def header_of(plan: JobPlan) -> dict[str, Any]:
    """The first line of the journal."""
    config, sources = plan.config, plan.sources
    targets = targets_of(config)
    return {
        "journal": JOURNAL_VERSION,
        "job_id": plan.job.job_id,
        "started_at": plan.job.started_at,
        "targets": {
            "csv": targets.csv and str(targets.csv.path),
            "parquet": targets.parquet and str(targets.parquet.path),
            "parquet_is_folder": targets.parquet_is_folder,
            **({"csv_is_folder": True} if targets.csv_is_folder else {}),
            "rejects": str(targets.rejects.path),
            "metadata": str(targets.metadata.path),
            **({"tables": list(plan.table_names)} if plan.table_names else {}),
        },
        "options": options_of(config),
        "inputs": [_input(source) for source in sources],
        "versions": versions(),
        **({_CONTRACT: plan.contract_digest} if plan.contract_digest else {}),
        **({_UNSETTLED: True} if is_unsettled(plan) else {}),
    }


def is_of_unsettled(header: dict[str, Any]) -> bool:
    """Whether the rows of its inputs were to be found in the pass itself."""
    return header.get(_UNSETTLED) is True


def job_of(header: dict[str, Any]) -> Job:
    """The job that the header is of."""
    return Job(header["job_id"], header["started_at"])


def targets_in(header: dict[str, Any], config: JobConfig) -> Targets:
    """The outputs that a header names, placed as any output is.

    Raises:
        Refused: they may no longer be written.
    """
    named = header["targets"]

    def placed(key: str) -> Any:  # noqa: ANN401 - a place, or None where nothing is named
        return None if named[key] is None else place(named[key], config.output_roots, purpose="output")

    return Targets(
        csv=placed("csv"),
        parquet=placed("parquet"),
        parquet_is_folder=named["parquet_is_folder"],
        csv_is_folder=named.get("csv_is_folder") is True,
        rejects=placed("rejects"),
        metadata=placed("metadata"),
        tables=tuple(named.get("tables", ())),
        report=given_report(config),  # which it may have changed
    )


def is_header(entry: dict[str, Any]) -> bool:
    """Whether the first line of a journal says all that a header says, in values of the right kinds."""
    options, inputs, found = (entry.get(key) for key in ("options", "inputs", "versions"))
    return (
        isinstance(entry.get("job_id"), str)
        and isinstance(options, dict)
        and isinstance(found, dict)
        and isinstance(inputs, list)
        and all(isinstance(file, dict) and {"path", "identity"} <= file.keys() for file in inputs)
    )


def options_of(config: JobConfig) -> dict[str, Any]:
    """Every option that has a say in what is written, as JSON values. A new one has, until it is named above."""
    values = {
        key: value for key, value in asdict(config).items() if key not in _WITHOUT_EFFECT | _PATHS | _NAMED_AS_FLAGS
    }
    targets = targets_of(config)
    layout, contract = (
        None if given is None else str(place(given, config.input_roots).path)
        for given in (config.layout, config.contract)
    )
    as_given = {
        "output_csv": targets.csv and str(targets.csv.path) + "/" * targets.csv_is_folder,
        "output_parquet": targets.parquet and str(targets.parquet.path) + "/" * targets.parquet_is_folder,
        "metadata": str(targets.metadata.path),
        "layout": layout,
        "contract": contract,
        "no_escape": not config.escapes,
    }
    return {key: plain(value) for key, value in (as_given | values).items()}


def refuse_other_options(header: dict[str, Any], config: JobConfig) -> None:
    """Refuse to go on with a job under other options than it had.

    Raises:
        ConfigError: names the first that differs.
    """
    before, now = header["options"], options_of(config)
    if "no_escape" not in before:
        raise ConfigError(
            f"the interrupted job {header['job_id']} was begun by a version that escaped cells by another rule",
            mend="start anew without --resume",
        )
    kind: type = type(config)
    defaults = {one.field: plain(one.default) for one in flags_of(kind) if one.field in now}
    # what was not there yet could not be given; behind the others, as the first that differs is named
    before = {**before, **{key: value for key, value in defaults.items() if key not in before}}
    for key in before:
        if before[key] != now.get(key):
            raise ConfigError(
                f"the interrupted job {header['job_id']} had other options: --{key.replace('_', '-')} was "
                f"{_shown(before[key])} and is {_shown(now.get(key))}",
                mend=_FRESH,
            )


def refuse_other_contract(header: dict[str, Any], plan: JobPlan) -> None:
    """Refuse to go on where the contract is no longer the same.

    Raises:
        ConfigError: it is another one.
    """
    if header.get(_CONTRACT) != plan.contract_digest:
        raise ConfigError(
            f"{plan.config.contract} (--contract) changed since job {header['job_id']} was interrupted", mend=_FRESH
        )


def refuse_other_inputs(header: dict[str, Any], sources: tuple[Source, ...]) -> None:
    """Refuse to go on where the inputs, their layouts or our own version are no longer the same.

    Raises:
        ConfigError: other inputs are named, read in another way, or by another version.
        InputChanged: an input is no longer what it was.
    """
    before, now = header["inputs"], [_input(source) for source in sources]
    if [file["path"] for file in before] != [file["path"] for file in now]:
        raise ConfigError(f"the interrupted job {header['job_id']} had other inputs (--input)", mend=_FRESH)
    for old, new in zip(before, now, strict=True):
        if old["identity"] != new["identity"]:
            raise InputChanged(f"{new['path']} changed since the job was interrupted", mend="start without --resume")
        if old != new:
            raise ConfigError(f"{new['path']} would be read in another way (--layout) than before", mend=_FRESH)
    ran_with, runs_with = header["versions"], versions()
    for name in {**ran_with, **runs_with}:
        if ran_with.get(name) != runs_with.get(name):
            raise ConfigError(
                f"the interrupted job ran with {name} {ran_with.get(name)}; here is {runs_with.get(name)}",
                mend="start anew without --resume",
            )


def _input(source: Source) -> dict[str, Any]:
    """An input, and how it is read: frozen values all the way down, whose text is the same in every process."""
    how = hashlib.sha256(repr(source).encode("utf-8", "surrogatepass")).hexdigest()
    identity = list(astuple(source.identity))
    return {"path": str(source.place.path), "identity": identity, "rows": source.rows, "how": how}


def _shown(value: Any) -> str:  # noqa: ANN401 - any option
    if value is None or value is False or value == []:
        return "not given"
    if isinstance(value, list):  # of an option that may be said several times
        return ", ".join(map(str, value))
    return "given" if value is True else str(value)

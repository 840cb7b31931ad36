"""What all shares of a job must have alike: by it the shares of one plan are told from those of another."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from etl_batch.errors import ConfigError, InputChanged, WorkerVersion
from etl_batch.formats.format import Source
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.header import options_of
from etl_batch.storage.paths import FileIdentity
from etl_batch.version import code_key, versions

_KEY_CHARACTERS = 16
_ALL_AGAIN = "make all shares again: each is begun anew where its plan is another"


def plan_document(plan: JobPlan) -> dict[str, Any]:
    """Everything that decides about the bytes of the parts; where they go, and who makes them, does not."""
    options = {key: value for key, value in options_of(plan.config).items() if key != "metadata"}
    return {
        "options": options,
        "inputs": [_input(source) for source in plan.sources],
        "contract": plan.contract_digest,
        "versions": versions(),
        "code": code_key(),
        "parts": len(plan.tables[0].parts),
    }


def plan_key(document: dict[str, Any]) -> str:
    """The name of a plan."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_CHARACTERS]


def refuse_other_plan(now: dict[str, Any], made: dict[str, Any], share: str) -> None:
    """Refuse a share that was made by another plan than the one that holds now.

    Args:
        now: the document of the plan.
        made: that of the share.
        share: as it is given: `0/3`.

    Raises:
        InputChanged: an input is not what it was then.
        WorkerVersion: other sources of the product.
        ConfigError: other inputs, options or versions.
    """
    for before, after in zip(made["inputs"], now["inputs"], strict=False):
        if before["path"] == after["path"] and before != after:
            raise InputChanged(
                f"{after['path']} is not what it was when share {share} was made",
                mend=f"wait until whoever writes the file is done; then {_ALL_AGAIN}",
            )
    for name in ("options", "versions"):
        for key in {**made[name], **now[name]}:
            before, after = made[name].get(key), now[name].get(key)
            if before != after:
                what = f"--{key.replace('_', '-')}" if name == "options" else key
                raise ConfigError(
                    f"share {share} was made with {what} {_shown(before)}, and others with {_shown(after)}",
                    mend=_ALL_AGAIN,
                )
    if made.get("code") != now["code"]:
        raise WorkerVersion(
            f"share {share} was made by other sources of the product than those here, though the versions are the same"
        )
    if made != now:
        raise ConfigError(f"share {share} was made of other inputs, or under another contract", mend=_ALL_AGAIN)


def _input(source: Source) -> dict[str, Any]:
    """An input as every machine sees it: the numbers of disks and of files on them differ, size and time do not."""
    found = source.identity
    identity = FileIdentity(0, 0, found.size, found.mtime_ns)
    how = hashlib.sha256(repr(replace(source, identity=identity)).encode("utf-8", "surrogatepass"))  # type: ignore[type-var]
    return {
        "path": str(source.place.path),
        "bytes": found.size,
        "mtime_ns": found.mtime_ns,
        "rows": source.rows,
        "how": how.hexdigest(),
    }


def _shown(value: Any) -> str:  # noqa: ANN401 - any option
    return "not given" if value is None or value is False or value == [] else str(value)

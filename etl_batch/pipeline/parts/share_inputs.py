"""What cannot be made in shares, each with its reason and what to do instead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, PlanMissing
from etl_batch.formats.format import Format, PlannedAlone, Source
from etl_batch.formats.joined_source import JoinedSource
from etl_batch.formats.of_table import OfTable
from etl_batch.storage.roots import Place

_WHOLE = "make the folder in one run, without --shard"


def refuse_packed(packed: Sequence[Place], config: JobConfig) -> None:
    """Refuse compressed inputs, before they are unpacked.

    Raises:
        ConfigError: there is one.
    """
    for where in packed:
        raise ConfigError(
            f"--shard {config.shard}: {where.path} is compressed, and each share would unpack all of it",
            mend=f"unpack it first, or {_WHOLE}",
        )


def refuse_kinds(found: Sequence[Place], kinds: Sequence[Format[Any]], config: JobConfig) -> None:
    """Refuse inputs whose format says that a share cannot be made of them alone, before they are read.

    Raises:
        PlanMissing: one is CSV.
    """
    for where, kind in zip(found, kinds, strict=True):
        if kind.by_dialect:
            raise PlanMissing(
                f"--shard {config.shard}: {where.path} is CSV: where its rows begin and what its columns are, all its "
                "rows tell, and a share reads some of them"
            )


def refuse_unfit(sources: Sequence[Source], config: JobConfig, *, has_keys: bool) -> None:
    """Refuse a job whose parts cannot be made apart.

    Raises:
        ConfigError: several tables, records of unequal length, inputs of different columns, or a contract with keys.
    """
    for source in sources:
        if (why := _why_not(source)) is not None:
            raise ConfigError(f"--shard {config.shard}: {source.place.path} {why}", mend=_WHOLE)
    if has_keys:
        raise ConfigError(
            f"--shard {config.shard}: --contract has keys, which are compared over all rows",
            mend="make the shares without them, and check what they are put together to against the whole contract",
        )


def _why_not(source: Source) -> str | None:
    if isinstance(source, OfTable):
        return "has records of several types, a table each"
    if isinstance(source, JoinedSource):
        return "has other columns than the inputs beside it"
    if not isinstance(source, PlannedAlone):
        return "has records that are found one after the other"
    return None

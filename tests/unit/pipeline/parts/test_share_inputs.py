"""What has no shares is refused by name, with its reason and what to do."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, PlanMissing
from etl_batch.formats.format import PlannedAlone
from etl_batch.formats.joined_source import JoinedSource
from etl_batch.formats.of_table import OfTable
from etl_batch.formats.registry import FORMATS
from etl_batch.pipeline.parts.share_inputs import refuse_kinds, refuse_packed, refuse_unfit
from etl_batch.storage.roots import Place
from tests.conftest import ACTOR

PLACE = Place(Path("/in"), PurePosixPath("x.dat"))
CONFIG = JobConfig(home=Path("/"), inputs=("/in/x.dat",), actor=ACTOR, output_csv="/out/x/", shard="0/2")


class _Alone(PlannedAlone):
    place = PLACE


class _OfTable(OfTable):
    place = PLACE
    table = "ORDER"


def test_records_whose_places_are_known_have_shares() -> None:
    sources: list[Any] = [_Alone(), _Alone()]
    refuse_unfit(sources, CONFIG, has_keys=False)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (_OfTable(), "has records of several types, a table each"),
        (JoinedSource(_Alone(), (), None, frozenset()), "has other columns than the inputs beside it"),  # type: ignore[arg-type]
        (SimpleNamespace(place=PLACE), "has records that are found one after the other"),
    ],
)
def test_what_has_none_is_named(source: Any, why: str) -> None:  # noqa: ANN401 - any source
    sources: list[Any] = [_Alone(), source]
    with pytest.raises(ConfigError) as told:
        refuse_unfit(sources, CONFIG, has_keys=False)
    assert told.value.message == f"--shard 0/2: /in/x.dat {why}"
    assert told.value.what_to_do == "make the folder in one run, without --shard"


def test_keys_are_compared_over_all_rows() -> None:
    sources: list[Any] = [_Alone()]
    with pytest.raises(ConfigError, match="--contract has keys, which are compared over all rows"):
        refuse_unfit(sources, CONFIG, has_keys=True)


def test_of_all_formats_csv_alone_needs_a_plan() -> None:
    (csv,) = (kind for kind in FORMATS if kind.name == "csv")
    others = [kind for kind in FORMATS if kind is not csv]
    refuse_kinds([PLACE] * len(others), others, CONFIG)
    with pytest.raises(PlanMissing, match=r"--shard 0/2: /in/x\.dat is CSV: "):
        refuse_kinds([PLACE, PLACE], [others[0], csv], CONFIG)


def test_what_is_compressed_is_named() -> None:
    refuse_packed([], CONFIG)
    with pytest.raises(ConfigError, match=r"/in/x\.dat is compressed, and each share would unpack all of it"):
        refuse_packed([PLACE], CONFIG)

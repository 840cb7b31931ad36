"""Whole jobs whose contract bounds how far columns may be from the last run of their output."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from etl_batch.config import JobConfig, ProfileDepth
from etl_batch.errors import ConfigError, ContractBroken
from etl_batch.etl_core import run
from etl_batch.pipeline.dry_run import dry_run
from tests.conftest import Home

_LIMITS = {"nulls": 0.1, "mean": 0.5}
_CONTRACT = {"fields": [{"name": "q", "type": "integer", "constraints": {"etl:maxDrift": _LIMITS}}]}
_ALONE = "no earlier run of this output to compare with"


def _job(home: Home, values: Sequence[int | None], **more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
    rows = "".join(f"{number},{'' if value is None else value}\n" for number, value in enumerate(values))
    where = home.put("in.csv", f"id,q\n{rows}".encode())
    contract = home.put("c.contract.json", json.dumps(_CONTRACT).encode())
    options = {"output_csv": str(home.output / "o.csv"), "measures": (), "profile": ProfileDepth.LIGHT, **more}
    return home.config(where, contract=str(contract), **options)


def _found(contract: dict[str, Any] | None) -> tuple[str, bool]:
    assert contract is not None
    (rule,) = contract["rules"]
    return rule["found"], rule["is_broken"]


def test_a_run_is_compared_with_the_last_that_was_published(home: Home) -> None:
    first = run(_job(home, [2] * 10))
    assert _found(first.contract) == (_ALONE, False)
    assert first.notes == (f"q etl:maxDrift nulls 0.1, mean 0.5: {_ALONE}",)
    said = "share of nulls 0.1, before 0; mean 3, before 2"
    assert _found(dry_run(_job(home, [3] * 9 + [None])).contract) == (said, False)
    with pytest.raises(ContractBroken, match=r"share of nulls 0\.2, before 0; mean 3\.5, before 2"):
        run(_job(home, [3] * 4 + [4] * 4 + [None] * 2))
    second = run(_job(home, [3] * 9 + [None]))
    assert (_found(second.contract), second.notes) == ((said, False), ())
    assert _found(run(_job(home, [4] * 10)).contract) == ("share of nulls 0, before 0.1; mean 4, before 3", False)


def test_a_column_is_known_by_its_name_in_the_outputs(home: Home) -> None:
    renamed = {"rename": (("q", "quantity"),)}
    run(_job(home, [2] * 10))
    assert _found(run(_job(home, [9] * 10, **renamed)).contract) == (_ALONE, False)
    assert _found(dry_run(_job(home, [99] * 10, **renamed)).contract)[1]


def test_metadata_that_are_none_are_no_run(home: Home) -> None:
    for content in ("[", "[]", "{}", '{"column_profile": {"rows": 1, "columns": [{"name": "q"}]}}'):
        (home.output / "o.csv.meta.json").write_text(content)
        assert _found(dry_run(_job(home, [1])).contract) == (_ALONE, False)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"profile": ProfileDepth.OFF}, "nothing is learned of the columns; ask for it: --profile light"),
        ({"profile": ProfileDepth.AUTO}, "nothing is learned of the columns"),
        ({"select": ("id",)}, "a drift of column 'q', which the outputs have not"),
    ],
)
def test_what_is_not_known_is_not_compared(home: Home, more: dict[str, Any], says: str) -> None:
    for job in (run, dry_run):
        with pytest.raises(ConfigError, match=says):
            job(_job(home, [1], **more))

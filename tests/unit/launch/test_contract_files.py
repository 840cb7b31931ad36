"""Contracts in data/: listed, read, kept whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from etl_batch.audit.log import LOG_NAME
from etl_batch.errors import ContractFile, Forbidden, UploadRefused
from etl_batch.launch.contract_files import contract_document, contract_name, contract_names, save_contract
from etl_batch.permissions import AUDITOR, SUPER_ADMIN
from etl_batch.values import Actor
from tests.conftest import Home

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)
EVE = Actor(name="eve", os_user="test", role=AUDITOR)
CONTRACT: dict[str, Any] = {"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": 1}}]}


def test_a_contract_is_kept_listed_and_read_again(home: Home) -> None:
    assert contract_names(home.path, ADMIN) == []
    save_contract(home.path, ADMIN, contract_name("a.csv.gz"), CONTRACT)
    assert contract_names(home.path, ADMIN) == ["a.csv.contract.json"]
    assert contract_document(home.path, ADMIN, "a.csv.contract.json") == CONTRACT
    assert '"contract_saved"' in (home.path / ".secrets" / LOG_NAME).read_text()


def test_an_older_one_stays(home: Home) -> None:
    save_contract(home.path, ADMIN, "a.contract.json", CONTRACT)
    save_contract(home.path, ADMIN, "a.contract.json", {"fields": [{"name": "b"}]})
    assert len(list(home.data.glob("a.contract.json.bak.*"))) == 1
    assert contract_names(home.path, ADMIN) == ["a.contract.json"]


@pytest.mark.parametrize("name", ["a.json", ".contract.json", "a.csv"])
def test_other_names_are_refused(home: Home, name: str) -> None:
    with pytest.raises(UploadRefused, match="no name of a contract"):
        save_contract(home.path, ADMIN, name, CONTRACT)
    assert contract_names(home.path, ADMIN) == []


@pytest.mark.parametrize(
    "field", [{"name": "a", "type": "integer", "constraints": {"minimum": "x"}},
              {"name": "a", "type": "string", "constraints": {"pattern": "("}}]
)  # fmt: skip
def test_what_is_not_sound_is_not_kept(home: Home, field: dict[str, Any]) -> None:
    with pytest.raises(ContractFile, match=r"a\.contract\.json"):
        save_contract(home.path, ADMIN, "a.contract.json", {"fields": [field]})
    assert contract_names(home.path, ADMIN) == []


def test_nobody_else_may(home: Home) -> None:
    for ask in (
        lambda: contract_names(home.path, EVE),
        lambda: contract_document(home.path, EVE, "a.contract.json"),
        lambda: save_contract(home.path, EVE, "a.contract.json", CONTRACT),
    ):
        with pytest.raises(Forbidden):
            ask()

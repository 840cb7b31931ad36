"""Contracts in data/: which there are, what one says, and keeping one."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from etl_batch.audit.events import Action, Event
from etl_batch.audit.recorded_file import is_there, put_recorded
from etl_batch.contracts.draft import Document, document_of, text_of
from etl_batch.errors import UploadRefused
from etl_batch.launch.kept_files import data_root
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.contract_plan import sound_contract
from etl_batch.storage.layout_file import layout_file_text
from etl_batch.storage.paths import list_folder
from etl_batch.storage.roots import Place
from etl_batch.values import Actor

ENDING = ".contract.json"


def contract_names(home: Path, actor: Actor) -> list[str]:
    """The names of the contracts directly in data/.

    Raises:
        Forbidden: the actor may not launch jobs.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    return [name for name in list_folder(data_root(home)) if name.endswith(ENDING) and not name.startswith(".")]


def contract_name(file: str) -> str:
    """What the contract of a file is called: `orders.csv` has `orders.contract.json`."""
    return f"{PurePosixPath(file).stem or 'data'}{ENDING}"


def contract_document(home: Path, actor: Actor, name: str) -> Document:
    """What a contract in data/ says.

    Raises:
        ContractFile: it is none.
        Refused: it cannot be read.
        Forbidden: the actor may not launch jobs.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    text = layout_file_text(data_root(home).child(name))
    sound_contract(text, name)
    return document_of(text, name)


def save_contract(home: Path, actor: Actor, name: str, document: Document) -> Place:
    """Write a contract into data/, once it is sound; what was there stays as `.bak.<time>`.

    Raises:
        ContractFile: it is not sound.
        UploadRefused: the name is none of a contract.
        Forbidden: the actor may not launch jobs.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    if not name.endswith(ENDING) or name == ENDING:
        raise UploadRefused(f"{name!r} is no name of a contract", mend=f"let it end in {ENDING}")
    target, text = data_root(home).child(name), text_of(document)
    rules = len(sound_contract(text, name).rules)
    detail = {"rules": rules, "replaced": is_there(target)}
    put_recorded(
        target, text.encode(), home, actor, Event(action=Action.CONTRACT_SAVED, target=str(target.path), detail=detail)
    )
    return target

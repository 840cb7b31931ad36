"""Putting a file of the user's into data/: whole or not at all, on the record, the old one kept."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path, PurePosixPath

from etl_batch.audit.events import Action, Event
from etl_batch.audit.recorded_file import is_there, put_recorded
from etl_batch.errors import EtlError, UploadRefused
from etl_batch.layouts.file_names import SHARED_LAYOUT, own_layout_name
from etl_batch.layouts.reading import parse_layout
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.inputs import is_offered
from etl_batch.storage.paths import make_folder
from etl_batch.storage.roots import Place
from etl_batch.values import MIB, Actor

MOST_UPLOADED_BYTES = 50 * MIB


def data_root(home: Path) -> Place:
    """`HOME/data`, made where it is missing."""
    with contextlib.suppress(EtlError):  # a root that is there, perhaps as a link, is fine
        make_folder(Place(Path(os.path.realpath(home)), PurePosixPath("data")))
    return Place(Path(os.path.realpath(home / "data")), PurePosixPath())


def is_layout(name: str) -> bool:
    """Whether a file of this name is a record layout, and no input."""
    return name == SHARED_LAYOUT or name.endswith(f".{SHARED_LAYOUT}")


def keep_upload(home: Path, actor: Actor, name: str, content: bytes, *, replace: bool = False) -> Place:
    """Put an uploaded file into data/.

    Args:
        home: the folder that holds data/.
        actor: who uploads; must be allowed to launch jobs.
        name: as the browser gave it: one name, no path.
        content: all of it, at most `MOST_UPLOADED_BYTES`.
        replace: a file of this name that is there stays as `NAME.bak.<time>`; otherwise it is not touched.

    Returns:
        Where it is now.

    Raises:
        Refused: the name is no good or taken, the content empty or too large, or the actor may not.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    target = data_root(home).child(name)
    if not (is_offered(name) or is_layout(name)):
        raise UploadRefused(
            f"{name!r} is a name that jobs give to what they leave, or that is hidden", mend="give it another name"
        )
    if not content:
        raise UploadRefused(f"{name!r} is empty", mend="choose a file with something in it")
    if len(content) > MOST_UPLOADED_BYTES:
        raise UploadRefused(
            f"{name!r} has {len(content):,} bytes; {MOST_UPLOADED_BYTES:,} is the most that a browser may send",
            mend="copy it into data/ on the machine itself (scp, rsync)",
        )
    if not replace and is_there(target):
        raise UploadRefused(f"data/{name} is there already", mend="give it another name, or choose to replace it")
    detail = {"bytes": len(content), "replaced": replace and is_there(target)}
    put_recorded(
        target, content, home, actor, Event(action=Action.FILE_UPLOADED, target=str(target.path), detail=detail)
    )
    return target


def save_layout(home: Path, actor: Actor, binary: Place, text: str) -> Place:
    """Write the layout of a binary file beside it, as `x.layout.toml`; what was there stays as `.bak.<time>`.

    Args:
        home: the folder that holds data/.
        actor: who saves; must be allowed to launch jobs.
        binary: the file that the layout is for.
        text: the TOML document, kept as it is, with its comments.

    Raises:
        LayoutInvalid: it is not sound.
        UploadRefused: the file does not lie beneath data/, the only input folder that is ours to write in.
        Forbidden: the actor may not.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    target = binary.sibling(own_layout_name(binary.path.name))
    layout = parse_layout(text, target.path.name)
    data = data_root(home).root
    if binary.root != data:
        raise UploadRefused(
            f"{target.path} lies outside of {data}, where the console does not write",
            mend="copy the text of the layout there yourself",
        )
    detail = {"fields": len(layout.fields), "replaced": is_there(target)}
    event = Event(action=Action.LAYOUT_SAVED, target=str(target.path), detail=detail)
    put_recorded(target, text.encode(), home, actor, event)
    return target

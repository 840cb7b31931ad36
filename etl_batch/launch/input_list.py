"""What lies beneath the input folders, as a list to choose from: nobody types a path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.formats.registry import FORMATS, format_named, format_of_name
from etl_batch.layouts.file_names import layout_name, own_layout_name
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import InputFormat
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.inputs import is_input, is_offered
from etl_batch.storage.paths import FileIdentity, is_folder, list_folder, open_input
from etl_batch.storage.roots import Place, place
from etl_batch.values import Actor

MOST_ENTRIES = 2_000  #: beyond them the list is cut, and says so
_DEEPEST = 6  #: folders within folders


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file or folder that a job could read."""

    place: Place
    name: str  #: beneath its root, such as `data/2024/sales.csv`; a folder ends in `/`
    format: str  #: that it is read as, as metadata have it; folder; empty: its content tells, once it is chosen
    bytes: int = 0  #: of a folder: of the inputs directly in it
    files: int = 1  #: inputs directly in a folder, of the format that is asked for
    layout: str | None = None  #: the name of the layout found beside it, where it is binary or nobody knows yet
    problem: str | None = None  #: why it cannot be read

    @property
    def path(self) -> str:
        """As a job's configuration names it."""
        return str(self.place.path)

    @property
    def by_layout(self) -> bool:
        """Whether a record layout says what its bytes mean."""
        kind = format_named(self.format)
        return kind is not None and kind.by_layout

    @property
    def needs_layout(self) -> bool:
        """Whether it is binary, and no layout was found."""
        return self.by_layout and self.layout is None


@dataclass(frozen=True, slots=True)
class InputList:
    """All candidates, by folder and name, folders before what is in them."""

    candidates: tuple[Candidate, ...]
    is_cut: bool = False  #: there are more
    asked: InputFormat = InputFormat.AUTO  #: what they are to be read as

    def named(self, path: str) -> Candidate | None:
        """The one that a configuration names; None: it is not (or no longer) there."""
        return next(
            (candidate for candidate in self.candidates if candidate.path.rstrip("/") == path.rstrip("/")), None
        )

    def files_in(self, folder: Candidate) -> tuple[Candidate, ...]:
        """The inputs directly in a folder, in the order that a job reads them."""
        inside = (
            candidate for candidate in self.candidates if candidate.format != "folder" and candidate.problem is None
        )
        return tuple(
            candidate
            for candidate in inside
            if candidate.place.path.parent == folder.place.path and is_input(candidate.place.path.name, self.asked)
        )


def list_inputs(actor: Actor, roots: tuple[Path, ...], asked: InputFormat = InputFormat.AUTO) -> InputList:
    """Everything that can be chosen beneath the roots.

    Args:
        actor: who asks.
        roots: the input folders.
        asked: what a job is to read its inputs as.

    Raises:
        Forbidden: the actor may not launch jobs.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    found: list[Candidate] = []
    for root in roots:
        for candidate in _beneath(Place(Path(os.path.realpath(root)), PurePosixPath()), root.name, asked):
            if len(found) == MOST_ENTRIES:
                return InputList(tuple(found), is_cut=True, asked=asked)
            found.append(candidate)
    return InputList(tuple(found), asked=asked)


def find_asked(
    actor: Actor, roots: tuple[Path, ...], there: InputList, asked: Iterable[str]
) -> tuple[InputList, dict[str, EtlError]]:
    """The list with what somebody asked for by name, which a job reads whatever it is called.

    Args:
        actor: who asks.
        roots: as for `list_inputs`.
        there: what `list_inputs` found.
        asked: paths, as a configuration names them.

    Returns:
        The list, with what it lacked at its end; and of each path that cannot be read, why: gone, or not allowed.

    Raises:
        Forbidden: the actor may not launch jobs.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    missing: dict[str, EtlError] = {}
    for path in asked:
        if there.named(path) is None:
            try:
                more = _asked(place(path, roots), there.asked)
            except EtlError as error:
                missing[path] = error
            else:
                there = replace(there, candidates=(*there.candidates, *more))
    return there, missing


def _asked(where: Place, asked: InputFormat) -> list[Candidate]:
    shown = "/".join((where.root.name, *where.relative.parts))
    if is_folder(where):
        files = [file for file in _files(where, list_folder(where), shown, asked) if file.format != "folder"]
        return [_folder(where, shown, files, asked), *files]
    os.close(open_input(where))  # what is wrong with it is said, and it is no choice
    folder = Place(where.root, where.relative.parent)
    return [_file(folder, where.relative.name, list_folder(folder), shown.rpartition("/")[0], asked)]


def _folder(where: Place, shown: str, files: list[Candidate], asked: InputFormat) -> Candidate:
    read = [file for file in files if is_input(file.name.rpartition("/")[2], asked)]
    return Candidate(
        place=where, name=f"{shown}/", format="folder", bytes=sum(file.bytes for file in read), files=len(read)
    )


def _files(folder: Place, names: list[str], shown: str, asked: InputFormat) -> list[Candidate]:
    found = (_file(folder, name, names, shown, asked) for name in names if is_offered(name))
    # what cannot be read is said of what its name makes an input: a link of any other name is nobody's data
    return [file for file in found if file.problem is None or is_input(file.name.rpartition("/")[2], asked)]


def _beneath(folder: Place, shown: str, asked: InputFormat) -> Iterator[Candidate]:
    try:
        names = list_folder(folder)
    except EtlError:
        return  # not there, or not ours to read: nothing to choose
    sound = [file for file in _files(folder, names, shown, asked) if file.format != "folder"]
    if (whole := _folder(folder, shown, sound, asked)).files:
        yield whole
    yield from sound
    if len(folder.relative.parts) < _DEEPEST:
        for name in names:
            if (inner := _inner_folder(folder, name)) is not None:
                yield from _beneath(inner, f"{shown}/{name}", asked)


def _inner_folder(folder: Place, name: str) -> Place | None:
    if name.startswith("."):
        return None
    try:
        inner = folder.child(name)
        return inner if is_folder(inner) else None
    except EtlError:
        return None  # a link, or a name that hides something: the sandbox would refuse it


def _file(folder: Place, name: str, beside: list[str], shown: str, asked: InputFormat) -> Candidate:
    kind = format_of_name(name, None if asked is InputFormat.AUTO else asked)
    if kind is None and own_layout_name(name) in beside:
        kind = next(one for one in FORMATS if one.by_layout)
    layout = layout_name(name, beside) if kind is None or kind.by_layout else None
    described: dict[str, Any] = {"name": f"{shown}/{name}", "format": kind.name if kind else "", "layout": layout}
    try:
        where = folder.child(name)
    except EtlError as error:  # the place cannot be named: the folder stands for it
        return Candidate(place=folder, problem=str(error), **described)
    try:
        if is_folder(where):
            return Candidate(place=where, **{**described, "format": "folder"})
        descriptor = open_input(where)
    except EtlError as error:
        return Candidate(place=where, problem=str(error), **described)
    try:
        return Candidate(place=where, bytes=FileIdentity.of(descriptor).size, **described)
    finally:
        os.close(descriptor)

"""Paths: what may not be opened under a name, or is not there."""

from __future__ import annotations

from etl_batch.errors.base import Refused


class PathRefused(Refused):
    """A path was refused before anything was opened."""


class PathEmpty(PathRefused):
    """The path is empty or blank."""

    code = "E_PATH_EMPTY"
    mend = "give the path of a file or a folder"


class PathCharacters(PathRefused):
    """The path holds a NUL, a control character or a bidirectional override, which hide what it really names."""

    code = "E_PATH_CHARS"
    mend = "rename the file to plain printable characters"


class PathNameTooLong(PathRefused):
    """One name in the path is longer than the 255 bytes a file system keeps."""

    code = "E_PATH_NAME_TOO_LONG"
    mend = "shorten the name"


class PathTraversal(PathRefused):
    """Path traversal detected: the path holds `..`, or lies outside the folders that may be used."""

    code = "E_PATH_TRAVERSAL"
    mend = "write the path without `..`, beneath one of the allowed folders; ETL_INPUT_ROOTS adds more of them"
    page_mend = "give a path beneath data/ for an input, output/ or report/ for an output"


class PathOutside(PathTraversal):
    """A name without a folder, which counts from where the command was started: files may not lie there."""

    code = "E_PATH_OUTSIDE"
    mend = "give the path beneath one of the allowed folders"


class PathSymlink(PathRefused):
    """A symbolic link lies on the path, beneath the allowed folder."""

    code = "E_PATH_SYMLINK"
    mend = "give the real path, or copy the file to where the link is"


class NotFound(Refused):
    """Nothing is there under this name."""

    code = "E_NOT_FOUND"
    mend = "check the spelling, and that the file was copied there"


class NotRegular(Refused):
    """The path names a folder, a pipe, a socket or a device where a plain file is meant."""

    code = "E_NOT_REGULAR"
    mend = "give the path of a plain file"


class HardLink(Refused):
    """The file has a second name somewhere (a hard link), so that others can change it from outside."""

    code = "E_HARDLINK"
    mend = "copy the file (cp --no-preserve=links) and give the copy"
    page_mend = "copy the file, as a copy of its own and not as a link, and choose the copy"


class Unreadable(Refused):
    """The operating system did not let the file be read or written."""

    code = "E_PERMISSION"
    mend = "check the owner and the permissions (ls -l) of the file and of its folder"
    page_mend = "let whoever runs the console read the file and its folder: see their owner and permissions"


class UploadRefused(Refused):
    """A file that was sent through the browser cannot be put into data/."""

    code = "E_UPLOAD"
    mend = "choose another file, or copy it into data/ on the machine itself"

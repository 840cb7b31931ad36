"""Whether records are of several types, which become a table each: seen before anything else is read."""

from __future__ import annotations

import contextlib
import re
from pathlib import PurePosixPath

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.layouts.file_names import layout_name
from etl_batch.storage.layout_file import layout_file_text
from etl_batch.storage.paths import is_folder, list_folder
from etl_batch.storage.roots import Place, place

_TYPE = re.compile(r"^\s*\[\[\s*record\s*\]\]", re.MULTILINE)


def says_types(config: JobConfig) -> bool:
    """Whether flags, or the layout of the first input, name several types; what cannot be read says nothing yet."""
    if config.record_types:
        return True
    with contextlib.suppress(EtlError, OSError):
        if config.layout is not None:
            return _TYPE.search(layout_file_text(place(config.layout, config.input_roots))) is not None
        where = place(config.inputs[0], config.input_roots)
        if is_folder(where):
            folder, name = where, ""
        else:
            folder, name = Place(where.root, PurePosixPath(where.relative.parent)), where.relative.name
        found = layout_name(name, list_folder(folder))
        return found is not None and _TYPE.search(layout_file_text(folder.child(found))) is not None
    return False

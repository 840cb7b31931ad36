"""Compiled templates, kept beside them as Python keeps its modules: to compile them again takes a small job 50 ms.

A file is what one of us wrote, or it is as if there were none: what is torn, or of another version, does not agree with
the hash at its beginning, or with the source. Loaded late: it brings Jinja.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2.bccache import BytecodeCache

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

_DIGEST_BYTES = 32


class CompiledTemplates(BytecodeCache):
    """What Jinja asks before it compiles a template, and gives what it compiled."""

    def __init__(self, folder: Path, options: str) -> None:
        """Keep them in this folder; others are those of other options."""
        self._folder = folder
        self._state = f"{options} {jinja2.__version__} {sys.version}"

    def get_source_checksum(self, source: str) -> str:
        """What the compiled code depends on."""
        return sha256(f"{self._state}\0{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was kept, if it is whole."""
        with contextlib.suppress(OSError):
            content = self._path(bucket).read_bytes()
            digest, code = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
            if sha256(code).digest() == digest:
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, whole or not at all; where that cannot be, the next process compiles again."""
        code = bucket.bytecode_to_string()
        with contextlib.suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(sha256(code).digest() + code)
            Path(temporary).replace(self._path(bucket))

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.template"

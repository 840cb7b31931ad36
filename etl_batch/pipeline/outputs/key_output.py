"""The keys of a job's rows as one of its outputs: a side file that grows span by span, and is gone with the job."""

from __future__ import annotations

import os
import secrets
from dataclasses import field
from functools import partial

from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.pipeline.key_file import SECRET_BYTES, KeyFile
from etl_batch.storage.part_file import PartFile
from etl_batch.storage.paths import open_existing
from etl_batch.storage.roots import Place
from etl_batch.values import PartResult

_HEAD = b"etl_batch keys 1\n"


@dataclass(slots=True)
class KeyOutput:
    """The keys of all spans so far."""

    part: PartFile
    secret: bytes = field(repr=False)  #: of the job: it goes on with the one it began with

    @classmethod
    def begin(cls, target: Place, job_id: str) -> KeyOutput:
        """Those of a job that begins.

        Raises:
            DiskFull, OutputFailed: the file cannot be made.
        """
        secret = secrets.token_bytes(SECRET_BYTES)
        return cls(PartFile.create(target, job_id, _HEAD + secret), secret)

    @classmethod
    def go_on(cls, part: PartFile) -> KeyOutput:
        """Those of an interrupted job, from the file as far as it is right."""
        return cls(part, os.pread(part.descriptor, SECRET_BYTES, len(_HEAD)))

    def grant(self, result: PartResult) -> int:
        """Where the keys of a span go."""
        return self.part.grant(result.key_bytes)

    def written(self, result: PartResult, offset: int) -> None:
        """The worker has written them there."""
        if result.key_bytes:
            self.part.written(offset, result.key_bytes)

    @property
    def file(self) -> KeyFile:
        """Where they are."""
        place = self.part.place
        return KeyFile(
            NeededFile(place, partial(open_existing, place)), str(place.path.parent), len(_HEAD) + SECRET_BYTES
        )

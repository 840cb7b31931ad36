"""The job store: SQLite beneath `HOME/.secrets`, for any number of processes at once."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl_batch.errors import JobStoreUnavailable, NoSuchJob
from etl_batch.jobs.job_view import JobEvent
from etl_batch.jobs.statements import statements
from etl_batch.jobs.writing import Writing
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.secrets_folder import FILE_MODE, refuse_exposed, secrets_folder
from etl_batch.text.plain_values import all_in_utf8
from etl_batch.values import ProfilePoint

STORE_NAME = "jobs.sqlite3"
_BUSY_SECONDS = 15.0  #: so long a writer waits for the others
_MIGRATIONS = ("migration_1", "migration_2", "migration_3", "migration_4", "migration_5")


@dataclass(frozen=True, slots=True)
class JobStore:
    """The store of one home. Making the value opens nothing; every call has a connection of its own."""

    home: Path

    @property
    def path(self) -> Path:
        """The database."""
        return self.home / ".secrets" / STORE_NAME

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction, whole or not at all; others wait meanwhile.

        Raises:
            JobStoreUnavailable: the store cannot be read or written.
        """
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """What a statement of `jobs.sql` finds.

        Raises:
            JobStoreUnavailable: the store cannot be read.
        """
        with self._connected() as connection:
            return [dict(row) for row in connection.execute(statements()[statement], all_in_utf8(values))]

    def job(self, job_id: str) -> dict[str, Any]:
        """One job.

        Raises:
            NoSuchJob: there is none of this name.
        """
        found = self.rows("one", job_id=job_id)
        if not found:
            raise NoSuchJob(f"there is no job {job_id!r}")
        return found[0]

    def metadata(self, job_id: str) -> dict[str, Any] | None:
        """The metadata of a done job."""
        found = self.rows("metadata", job_id=job_id)
        return json.loads(zlib.decompress(found[0]["metadata"])) if found else None

    def events(self, job_id: str) -> tuple[JobEvent, ...]:
        """What happened to a job, in order."""
        return tuple(JobEvent(**row) for row in self.rows("events", job_id=job_id))

    def points(self, job_id: str) -> tuple[ProfilePoint, ...]:
        """The profile of a job that runs."""
        points = (json.loads(row["point"]) for row in self.rows("points", job_id=job_id))
        return tuple(ProfilePoint(**point | {"cpu_percent": tuple(point["cpu_percent"])}) for point in points)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        secrets_folder(self.home)
        try:
            connection = self._opened()
            try:
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise JobStoreUnavailable(f"{self.path} cannot be used ({error})") from error

    def _opened(self) -> sqlite3.Connection:
        with contextlib.suppress(FileExistsError):  # SQLite itself would let others read it
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, FILE_MODE))
        refuse_exposed(self.path)
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            # A killed process loses nothing. After a power cut the last moments may be missing: `settle` mends that.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version < len(_MIGRATIONS):
                _migrate(connection)
            elif version > len(_MIGRATIONS):
                raise sqlite3.DatabaseError(f"a later version of this product wrote it, schema {version}")
        except BaseException:
            connection.close()
            raise
        return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to today's tables; of several processes that want to, one does."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for name in _MIGRATIONS[version:]:
            for statement in statements()[name].split(";\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()

"""The accounts of one home: an SQLite file in `.secrets`, its statements in `accounts.sql`."""

from __future__ import annotations

import functools
import os
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from etl_batch.errors import AccountsUnusable
from etl_batch.storage.secrets_folder import FILE_MODE, refuse_exposed, secrets_folder
from etl_batch.text.plain_values import all_in_utf8

STORE_NAME = "accounts.sqlite3"
_BUSY_SECONDS = 30  #: how long one writer waits for another
_IDLE_CONNECTIONS = 8  #: kept open: closing the last one would write the whole log back

Row = sqlite3.Row
Value = str | int | float | bytes | bool | None


class Transaction:
    """Statements by their names in `accounts.sql`, all of which happen or none."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def one(self, statement: str, **values: Value) -> Row | None:
        """The first row of the answer, if there is any."""
        row: Row | None = self._connection.execute(_statements()[statement], all_in_utf8(values)).fetchone()
        return row

    def all(self, statement: str, **values: Value) -> list[Row]:
        """All rows of the answer."""
        return self._connection.execute(_statements()[statement], all_in_utf8(values)).fetchall()

    def change(self, statement: str, **values: Value) -> int:
        """How many rows were changed."""
        return self._connection.execute(_statements()[statement], all_in_utf8(values)).rowcount

    def number(self, statement: str, **values: Value) -> int:
        """The one number of the answer."""
        row = self.one(statement, **values)
        return int(row[0]) if row else 0


class AccountStore:
    """The file, opened when first needed. Threads and processes may share it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._is_ready = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """See one state of the store.

        Raises:
            AccountsUnusable: the file is broken, locked or not to be opened.
            SecretsExposed: others may read it.
        """
        with self._connected() as connection:
            connection.execute("BEGIN")
            try:
                yield Transaction(connection)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Change the store, alone; an error in the block undoes all of it.

        Raises:
            AccountsUnusable: the file is broken, locked, full or not to be opened.
            SecretsExposed: others may read it.
        """
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close what is open; the next use opens it again."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._borrow()
            try:
                yield connection
            except sqlite3.Error:
                connection.close()
                raise
            except BaseException:
                self._give_back(connection)
                raise
            self._give_back(connection)
        except sqlite3.Error as error:
            raise AccountsUnusable(f"{self.home / '.secrets' / STORE_NAME} cannot be used ({error})") from error

    def _borrow(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if not self._is_ready:
                _prepare(self._path())
                self._is_ready = True
        return _connect(self._path())

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _path(self) -> Path:
        path = secrets_folder(self.home) / STORE_NAME
        try:
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE))
            refuse_exposed(path)
        except OSError as error:
            raise AccountsUnusable(f"{path} cannot be used ({error.strerror})") from error
        return path


@functools.cache
def store_of(home: Path) -> AccountStore:
    """The store of a home, one for the whole process."""
    return AccountStore(home)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # an ended session stays ended when the power fails
    return connection


def _prepare(path: Path) -> None:
    """Bring the file to the newest form; processes that start at the same moment take turns."""
    connection = _connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        done = connection.execute("PRAGMA user_version").fetchone()[0]
        migrations = _migrations()
        if done > len(migrations):
            raise AccountsUnusable(
                f"{path} was written by a newer version of the console",
                mend="start that version, or put a backup of .secrets back",
            )
        for number, script in enumerate(migrations[done:], done + 1):
            for statement in _split(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute("COMMIT")
    finally:
        connection.close()


def _migrations() -> list[str]:
    folder = Path(__file__).parent / "migrations"
    return [
        file.read_text() for file in sorted(folder.iterdir(), key=lambda path: path.name) if file.name[:4].isdigit()
    ]


def _split(script: str) -> list[str]:
    without_comments = re.sub(r"--[^\n]*", "", script)
    return [statement for statement in without_comments.split(";") if statement.strip()]


@functools.cache
def _statements() -> Mapping[str, str]:
    parts = re.split(r"^-- (\w+) --$", Path(__file__).with_name("accounts.sql").read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def as_dict(row: Row) -> dict[str, Any]:
    """A row by the names of its columns."""
    return dict(zip(row.keys(), tuple(row), strict=True))

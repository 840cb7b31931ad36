"""Settings as they were last in force: a change of one is written down, once, by the first who meets it.

Settings are files and variables that are changed without us. So whoever comes to use them compares them with what was
noted last in `.secrets/settings-seen.json`, and records what differs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.errors import AuditUnavailable
from etl_batch.storage.file_lock import is_taken_within
from etl_batch.storage.secrets_folder import FILE_MODE, secrets_folder
from etl_batch.values import Actor

SEEN_NAME = "settings-seen.json"
_LOCK_NAME = "settings-seen.lock"
_PATIENCE_SECONDS = 10.0
_NOT_SET = "(not set)"

Settings = Mapping[str, str]


def record_settings(home: Path, actor: Actor, name: str, settings: Settings, about: Settings | None = None) -> bool:
    """Write down which settings are not what they were, if any.

    Args:
        home: whose log it is.
        actor: who uses them from here on.
        name: of the group, such as `limits`.
        settings: all that are set, as texts; never a secret.
        about: what else is to stand with a change.

    Returns:
        Whether there was a change.

    Raises:
        AuditUnavailable, SecretsExposed: it cannot be written down, so they must not be used.
    """
    folder = secrets_folder(home)
    try:
        if _seen(folder).get(name, {}) == settings:
            return False
        with _Lock(folder / _LOCK_NAME):
            seen = _seen(folder)
            before = seen.get(name, {})
            if before == settings:
                return False
            event = changed(name, before, settings)
            AuditLog(home).record(actor, replace(event, detail={**event.detail, **(about or {})}))
            _keep(folder, {**seen, name: dict(settings)})
            return True
    except OSError as error:
        raise AuditUnavailable(f"{folder / SEEN_NAME} cannot be used ({error.strerror})") from error


def changed(name: str, before: Settings, after: Settings) -> Event:
    """The event of a change. Pure."""
    detail = {
        key: f"{before.get(key, _NOT_SET)} -> {after.get(key, _NOT_SET)}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    }
    return Event(action=Action.SETTINGS_CHANGED, target=name, detail=detail)


class _Lock:
    """Only one at a time compares and writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def __enter__(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags, FILE_MODE)
        if not is_taken_within(self._descriptor, _PATIENCE_SECONDS):
            os.close(self._descriptor)
            raise AuditUnavailable(f"{self._path} stays locked", mend="end the process that holds it, and try again")

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def _seen(folder: Path) -> dict[str, dict[str, str]]:
    """What was noted; what cannot be read was never noted: then a change is written down once more."""
    try:
        found = json.loads((folder / SEEN_NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) and all(isinstance(settings, dict) for settings in found.values()) else {}


def _keep(folder: Path, seen: Mapping[str, Settings]) -> None:
    unfinished = folder / f".{SEEN_NAME}.{os.getpid()}"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(seen, sort_keys=True))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / SEEN_NAME)

"""What surrounds a command: its home folder, the input folders that are added to it, and who runs it."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from etl_batch.errors import ConfigError
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.text.store_address import Address
from etl_batch.values import Actor
from etl_batch.version import PROJECT_ROOT


def home_folder(given: str | None) -> Path:
    """The home folder: the flag, else ETL_HOME, else the project's own.

    Raises:
        ConfigError: it is not a folder.
    """
    home = Path(given or os.environ.get("ETL_HOME") or PROJECT_ROOT)
    try:
        resolved = home.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):  # the last, up to Python 3.12: links that lead in a circle
        raise ConfigError(f"the home folder {home} is not there", mend="make it, or give another with --home") from None
    if not resolved.is_dir():
        raise ConfigError(f"the home folder {home} is a file", mend="give a folder with --home")
    keep_closed(resolved)
    return resolved


def new_home(given: str | None) -> Path:
    """The home folder, made with data/, output/ and report/ where a flag names one that is not there yet.

    Raises:
        ConfigError: it is no folder, or cannot be made.
    """
    if given is not None:
        try:
            for name in ("data", "output", "report"):
                (Path(given) / name).mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ConfigError(f"the home folder {given} cannot be made ({why})", mend="give another --home") from None
    return home_folder(given)


def extra_input_roots() -> tuple[Path, ...]:
    """The folders that ETL_INPUT_ROOTS adds, separated as in PATH."""
    return tuple(Path(folder) for folder in os.environ.get("ETL_INPUT_ROOTS", "").split(os.pathsep) if folder)


def store_roots() -> tuple[str, ...]:
    """The prefixes of object stores that ETL_STORE_ROOTS allows, divided by commas.

    Raises:
        StoreAddress: one is no address, or holds more.
    """
    given = [one.strip() for one in os.environ.get("ETL_STORE_ROOTS", "").split(",") if one.strip()]
    return tuple(Address.parse(one).text for one in given)


def operator(name: str | None) -> Actor:
    """Who runs this command."""
    try:
        os_user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        os_user = f"uid {os.getuid()}"
    return Actor(name=name or os_user, os_user=os_user)

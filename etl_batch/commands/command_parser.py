"""The parser of a command: one whose complaints are errors of ours."""

from __future__ import annotations

import argparse

from etl_batch.errors import ConfigError


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are errors of ours."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Refuse, in the words of argparse.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(message, mend=f"see `{self.prog} --help`")

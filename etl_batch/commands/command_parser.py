"""The parser of a command: one whose complaints are errors of ours."""

from __future__ import annotations

import argparse
from typing import Any

from etl_batch.errors import ConfigError


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are errors of ours."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Refuse, in the words of argparse.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(message, mend=f"see `{self.prog} --help`")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:  # noqa: ANN401 - argparse's own
        """The value of a flag. `--null=--` is one: argparse takes `--` for the end of all flags, even there."""
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            return self._get_value(action, "--")
        return super()._get_values(action, arg_strings)

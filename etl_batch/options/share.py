"""One share of a folder of parts, as `--shard I/N` names it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass
from etl_batch.text.store_address import is_address

_SHARE = re.compile(r"(\d{1,7})/(\d{1,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Share:
    """A run of parts among all: no part is in two shares, and each is in one."""

    number: int  #: from 0
    count: int  #: of shares

    @classmethod
    def parse(cls, text: str) -> Share:
        """`0/3`, `1/3` or `2/3`.

        Raises:
            ConfigError: it is no share.
        """
        found = _SHARE.fullmatch(text)
        share = None if found is None else cls(int(found[1]), int(found[2]))
        if share is None or share.number >= share.count:
            raise ConfigError(
                f"--shard is {text!r}", mend="give I/N, I from 0 to N-1: 0/3, 1/3 and 2/3 are three shares"
            )
        return share

    def refuse_files(self, outputs: Mapping[str, str | None], *, resume: bool) -> None:
        """Refuse what has no parts, and what a share does anyway.

        Args:
            outputs: as they are given, by their flags.
            resume: whether that was asked for.

        Raises:
            ConfigError: an output is one file; or the share is told to go on.
        """
        for flag, output in outputs.items():
            if output is not None and is_address(output):
                raise ConfigError(
                    f"--shard {self.text}: {flag} {output} lies in an object store, where shares are not put together",
                    mend="give a folder that all shares see, or make the parts in one run",
                )
            if output is not None and not output.endswith("/"):
                raise ConfigError(
                    f"--shard {self.text} makes parts of a folder, and {flag} {output} is one file",
                    mend=f"name a folder, which ends in '/': {flag} output/parts/",
                )
        if resume:
            raise ConfigError("--resume is not for a share", mend="leave it out: a share that is begun again goes on")

    def of(self, parts: int) -> range:
        """The numbers of its parts, where there are so many."""
        return range(parts * self.number // self.count, parts * (self.number + 1) // self.count)

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"{self.number}-of-{self.count}"

    @property
    def text(self) -> str:
        """As it is given."""
        return f"{self.number}/{self.count}"

"""What views need to know of the page they are on: who looks, at which home, in our console or in another app."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from etl_batch.environment import extra_input_roots
from etl_batch.jobs.service import JobService
from etl_batch.light_dataclass import dataclass
from etl_batch.permissions import Permission, may
from etl_batch.values import Actor


@dataclass(frozen=True, slots=True)
class PageContext:
    """Who looks, at which home, in which app."""

    home: Path
    who: Callable[[], Actor]  #: asked anew in each run, fragment and callback: a session may have ended meanwhile
    in_console: bool = True  #: its routes (/downloads, /reports) and pages are there
    #: while a page is shown, what tells who is there when one of its downloads is made: outside of any page
    later: Callable[[], Callable[[], Actor]] | None = None

    @property
    def jobs(self) -> JobService:
        """The jobs of this home."""
        return JobService(self.home)

    @property
    def input_roots(self) -> tuple[Path, ...]:
        """The folders that inputs are chosen from: data/, and what ETL_INPUT_ROOTS adds."""
        return (Path(os.path.realpath(self.home / "data")), *extra_input_roots())

    def may(self, permission: Permission) -> bool:
        """Whether the user may, at this moment."""
        who = self.who()
        return may(who.role, permission, who.withheld)

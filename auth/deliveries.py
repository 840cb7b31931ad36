"""Files that the console hands out: reports and outputs, each to those whose role allows it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from io import FileIO
from pathlib import Path
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from auth import answers
from auth.gate import GateContext, visitor_of
from auth.routes import answered
from auth.run_downloads import NotTheRuns, opened_output
from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reads import record_read
from etl_batch.errors import NotFound, PathRefused, Refused
from etl_batch.jobs.service import JobService
from etl_batch.permissions import Permission, may, permit
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place, place
from etl_batch.values import Actor

_CHUNK = 1024 * 1024  #: bytes that are read at once
_HIDDEN = "."
_NO_RUN = "The link names no run, whose output it is. Take it from the page of the run."


class Deliveries:
    """The routes `/reports/NAME.html`, and `/downloads/PATH` with `?run=JOB`."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._home = context.store.home

    def routes(self) -> list[Route]:
        """For the application that the gate stands around."""
        return [
            Route("/reports/{name}", answered(self.report), methods=["GET", "HEAD"]),
            Route("/downloads/{path:path}", answered(self.download), methods=["GET", "HEAD"]),
        ]

    async def report(self, request: Request) -> Response:
        """A report, to be shown; whatever is in it can run nothing."""
        actor = visitor_of(request.scope).actor()
        permit(actor, Permission.SEE_REPORTS)
        name = request.path_params["name"]
        if not name.endswith(".html"):
            return _nothing_here()
        event = Event(action=Action.REPORT_VIEWED, target=f"report/{name}")
        headers = {
            "content-security-policy": answers.REPORT_POLICY,
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-store",
            "referrer-policy": "no-referrer",
        }
        return await self._deliver(
            request, f"report/{name}", event, headers | {"content-type": "text/html; charset=utf-8"}
        )

    async def download(self, request: Request) -> Response:
        """An output or a report, to be kept; never to be shown by the browser.

        `?run=JOB`: what that job left there and nothing else, from where it is today. Without it all that lies there,
        also what tells of options and paths, and only to whoever may launch jobs.
        """
        actor = visitor_of(request.scope).actor()
        permit(actor, Permission.DOWNLOAD_OUTPUTS)
        path = request.path_params["path"]
        run = request.query_params.get("run")
        if run is None and not may(actor.role, Permission.LAUNCH_JOBS):
            return answers.message(403, "This is not for your role", _NO_RUN)
        event = Event(action=Action.OUTPUT_DOWNLOADED, target=path, job=run)
        headers = {
            "content-security-policy": "sandbox; default-src 'none'",
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-store",
            "content-type": "application/octet-stream",
            "content-disposition": f"attachment; filename*=UTF-8''{quote(path.rsplit('/', 1)[-1], safe='')}",
        }
        return await self._deliver(request, path, event, headers)

    async def _deliver(self, request: Request, path: str, event: Event, headers: dict[str, str]) -> Response:
        """Open, write down, send: what cannot be written down is not sent."""
        actor = visitor_of(request.scope).actor()
        try:
            fd = await to_thread.run_sync(self._opened, actor, path, event.job)
        except NotTheRuns as error:
            return answers.message(404, "Not what this run wrote", error.message)
        except Refused:
            return _nothing_here()
        # A file object, not its number: whoever leaves before the first byte leaves a generator that never begins.
        file = os.fdopen(fd, "rb", buffering=0)
        try:
            size = os.fstat(fd).st_size
            if request.method == "HEAD":
                file.close()
                return Response(headers={**headers, "content-length": str(size)})
            if event.action is Action.REPORT_VIEWED:
                await to_thread.run_sync(record_read, self._home, actor, event, FileIdentity.of(fd))
            else:
                await to_thread.run_sync(AuditLog(self._home).record, actor, event)
        except BaseException:
            file.close()
            raise
        return StreamingResponse(_bytes_of(file, size), headers={**headers, "content-length": str(size)})

    def _opened(self, actor: Actor, path: str, run: str | None) -> int:
        """A descriptor of the file; where it is asked for as a run's output, of the very bytes that the run left."""
        where = placed(self._home, path)
        return open_input(where) if run is None else opened_output(JobService(self._home), actor, where, run)


def placed(home: Path, path: str) -> Place:
    """Where a file beneath output/ or report/ lies, by its path as a link has it.

    Raises:
        PathRefused: it leads elsewhere, or to a hidden file: half-written outputs and journals are nobody's business.
        NotFound: it names neither of the two folders.
    """
    folder, _, rest = path.partition("/")
    if folder not in {"output", "report"} or not rest:
        raise NotFound(f"{path!r} is beneath neither output/ nor report/")
    if any(part.startswith(_HIDDEN) for part in rest.split("/")):
        raise PathRefused(f"{path!r} is a hidden file", mend="download the output itself")
    root = home / folder
    return place(root / rest, [root], purpose="output")


async def _bytes_of(file: FileIO, size: int) -> AsyncIterator[bytes]:
    """The first `size` bytes of the file, however it grows meanwhile."""
    with file:
        at = 0
        while at < size:
            chunk = await to_thread.run_sync(file.read, min(_CHUNK, size - at))
            if not chunk:
                return
            at += len(chunk)
            yield chunk


def _nothing_here() -> Response:
    text = "There is no such file, or it is not one that the console hands out."
    return answers.message(404, "Nothing here", text)

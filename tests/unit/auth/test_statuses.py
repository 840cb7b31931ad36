"""Each error has the status that fits it, also one that a handler of the gate did not expect."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from auth.routes import answered
from auth.run_downloads import NotTheRuns
from auth.statuses import status_of, title_of
from etl_batch import errors
from etl_batch.errors import EtlError, every_error

#: written out: what is refused for itself is 400, what fails is 503, and these are neither
OTHERWISE = {
    "E_FORBIDDEN": 403,
    "E_NOT_FOUND": 404, "E_JOB_UNKNOWN": 404, "E_PRESET_UNKNOWN": 404,
    "E_JOB_STATE": 409, "E_NAME_CLAIMED": 409, "E_OUTPUT_BUSY": 409, "E_PRESET_EXISTS": 409,
    "E_SIZE_LIMIT": 413,
    "E_RATE_LIMIT": 429,
    "E_QUEUE_FULL": 503, "E_SECRETS_EXPOSED": 503, "E_SQL_UNAVAILABLE": 503,
}  # fmt: skip


def made(kind: type[EtlError]) -> EtlError:
    """An error of the kind, whatever its constructor asks for."""
    error = kind.__new__(kind)
    EtlError.__init__(error, "what <b>happened</b>", mend="what to do")
    return error


def answer_to(error: EtlError) -> tuple[int, str]:
    async def handler(_: Request) -> Response:
        raise error

    answer = TestClient(Starlette(routes=[Route("/", answered(handler))])).get("/")
    return answer.status_code, answer.text


def test_every_error_has_its_status() -> None:
    for kind in every_error():
        usual = 400 if issubclass(kind, errors.Refused) else 503
        assert status_of(made(kind)) == OTHERWISE.get(kind.code, usual), kind.code
    assert {kind.code for kind in every_error()} > set(OTHERWISE)


@pytest.mark.parametrize("kind", [errors.Forbidden, errors.NotFound, errors.NameClaimed, errors.SizeLimit,
                                  errors.ConfigError, errors.AuditUnavailable, NotTheRuns, EtlError])  # fmt: skip
def test_an_error_becomes_a_page_that_says_it_and_runs_nothing(kind: type[EtlError]) -> None:
    error = made(kind)
    status, page = answer_to(error)
    assert status == status_of(error)
    assert title_of(status) in page
    assert "What &lt;b&gt;happened&lt;/b&gt;; what to do" in page
    assert f"({kind.code})" in page

"""The pages that the gate answers itself: signing in and out, and setting up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from anyio import CapacityLimiter, move_on_after, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth import answers, links, signing_in
from auth.accounts import Accounts
from auth.cookies import device_cookie, drop_cookie, read_cookie, session_cookie, set_cookie
from auth.devices import DEVICE_SECONDS
from auth.forms import FormRefused, FormTokens, read_form, refuse_foreign
from auth.gate import GateContext, visitor_of
from auth.passwords import SHORTEST
from auth.paths_of_the_gate import LOGIN, LOGOUT, SETUP, own_path
from auth.recovery import FEW
from auth.signing_in import Admitted, Attempt, Rejected
from auth.statuses import status_of, title_of
from etl_batch.errors import EtlError, Refused
from etl_batch.text.shown_text import as_sentence

_WRONG = (
    "The name, the password or the code is not right, or there were too many tries, perhaps somebody else's. "
    "Check them, wait a little, and try again. A browser that you signed in with before waits for nobody else's tries."
)
_NOT_SET_UP = (
    "The console is not set up yet. Open the link that it printed when it started, or the one in the file {file}."
)
_MOST_INSIDE = 64  #: who sign in at once; more are asked to come back
_MOST_WAITING_SECONDS = 10.0  #: for one's turn; behind it stand no more hashes than there are threads
_COME_BACK_SECONDS = 10
_THREADS = 4
_GLANCES = 2

Handler = Callable[[Request], Awaitable[Response]]
_Result = TypeVar("_Result")


class SignInPages:
    """Signing in, signing out, setting up.

    Args:
        context: as the gate has it.
        accounts: of the home.
        provider: the name of the organisation's provider, if there is one.
        patience: seconds that somebody waits for their turn before they are asked to come back.
    """

    def __init__(
        self,
        context: GateContext,
        accounts: Accounts,
        *,
        provider: str | None = None,
        patience: float = _MOST_WAITING_SECONDS,
    ) -> None:
        self._context = context
        self._accounts = accounts
        self._provider = provider
        self._patience = patience
        self._tokens = FormTokens(accounts.keys, context.settings)
        self._turns = CapacityLimiter(_THREADS)
        self._threads = CapacityLimiter(_THREADS)  # of their own: pages never wait behind those who sign in
        self._glances = CapacityLimiter(_GLANCES)  # nor does a refusal wait behind those whose passwords are checked
        self._inside = 0
        self._is_set_up = False

    def routes(self) -> list[Route]:
        """For the application that the gate stands around."""
        return [
            Route(LOGIN, answered(self.login_page), methods=["GET"]),
            Route(LOGIN, answered(self.login), methods=["POST"]),
            Route(LOGOUT, answered(self.logout_page), methods=["GET"]),
            Route(LOGOUT, answered(self.logout), methods=["POST"]),
            Route(SETUP, answered(self.setup_page), methods=["GET"]),
            Route(SETUP, answered(self.setup), methods=["POST"]),
        ]

    async def login_page(self, request: Request) -> Response:
        """The form; whoever is signed in already goes on."""
        wanted = own_path(request.query_params.get("next"))
        if visitor_of(request.scope).session is not None:
            return answers.redirect(wanted)
        if not self._is_set_up:
            self._is_set_up = await to_thread.run_sync(self._has_users)
        if not self._is_set_up:
            file = f".secrets/{links.LINK_FILE}"
            return answers.message(200, "Welcome", _NOT_SET_UP.format(file=file), link="/login", label="Try again")
        return self._login_form(request, wanted, notice=_NOTICES.get(request.query_params.get("notice", ""), ""))

    async def login(self, request: Request) -> Response:
        """Check name, password and code."""
        refuse_foreign(request, self._context.settings)
        form = await read_form(request)
        self._tokens.check(request, form)
        wanted = own_path(form.get("next"))
        result = await self._sign_in_or_refusal(self._attempt(request, form))
        if result is None:
            return _too_many_at_once()
        if isinstance(result, Admitted):
            if result.recovery_codes_left is not None:
                return self._codes_left_page(result, result.recovery_codes_left, wanted)
            return self._signed_in(result, wanted)
        name = form.get("username", "")[:64]
        answer = self._login_form(
            request, wanted, status=429 if result.retry_after else 401, problem=_WRONG, username=name
        )
        if result.retry_after:
            answer.headers["retry-after"] = str(result.retry_after)
        return answer

    async def _sign_in_or_refusal(self, attempt: Attempt) -> Admitted | Rejected | None:
        """Refuse whoever has to wait before anybody queues; None: so many queue that this one is to come back."""
        if self._inside >= _MOST_INSIDE:
            return None
        self._inside += 1
        try:
            refused = await to_thread.run_sync(
                signing_in.refused_at_once, self._accounts, attempt, limiter=self._glances
            )
            return refused or await self._in_turn(lambda: signing_in.sign_in(self._accounts, attempt))
        finally:
            self._inside -= 1

    async def _in_turn(self, work: Callable[[], _Result]) -> _Result | None:
        """What is slow on purpose, a few at a time; None: it was not begun, for others took too long."""
        ours = object()
        with move_on_after(self._patience) as waiting:
            await self._turns.acquire_on_behalf_of(ours)
        if waiting.cancelled_caught:
            return None
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._turns.release_on_behalf_of(ours)

    async def logout_page(self, request: Request) -> Response:
        """A button, for whoever comes by a link: a link alone must not sign anybody out."""
        session = visitor_of(request.scope).session
        return answers.page("logout.html.j2", name=session.name) if session else answers.redirect(LOGIN)

    async def logout(self, request: Request) -> Response:
        """End the session, and have the browser forget what it kept."""
        refuse_foreign(request, self._context.settings)
        visitor = visitor_of(request.scope)
        if visitor.session is not None:
            await to_thread.run_sync(signing_in.sign_out, self._accounts, visitor.session, visitor.actor())
        answer = answers.redirect(f"{LOGIN}?notice=signed-out", headers={"clear-site-data": '"cache", "storage"'})
        is_https = self._context.settings.is_https
        answer.headers.append("set-cookie", drop_cookie(session_cookie(is_https=is_https), is_https=is_https))
        return answer

    async def setup_page(self, request: Request) -> Response:
        """The form behind a link; looking at it does not use the link up."""
        return await self._setup_form(request, request.query_params.get("token", ""))

    async def setup(self, request: Request) -> Response:
        """Choose a password, and for the first super_admin a name."""
        refuse_foreign(request, self._context.settings)
        form = await read_form(request)
        self._tokens.check(request, form)
        token = form.get("token", "")
        if form.get("password", "") != form.get("again", ""):
            return await self._setup_form(
                request, token, 400, "The two passwords are not the same.", form.get("username", "")
            )
        try:
            attempt = self._attempt(request, form)
            admitted = await self._in_turn(lambda: links.accept(self._accounts, token, attempt))
        except Refused as error:
            return await self._setup_form(request, token, 400, _sentence(error), form.get("username", ""))
        return _too_many_at_once() if admitted is None else self._signed_in(admitted, "/")

    def _login_form(self, request: Request, wanted: str, /, status: int = 200, **shown: str) -> Response:
        nonce = self._tokens.nonce(request)
        shown = {"problem": "", "notice": "", "username": "", "provider": self._provider or "", **shown}
        answer = answers.page("login.html.j2", status, csrf=self._tokens.field(nonce), next=wanted, **shown)
        answer.headers.append("set-cookie", self._tokens.cookie(nonce))
        return answer

    async def _setup_form(
        self, request: Request, token: str, status: int = 200, problem: str = "", username: str = ""
    ) -> Response:
        found = await to_thread.run_sync(links.invitation, self._accounts, token) if token else None
        if found is None:
            text = "The link was used, replaced by a newer one, or has expired. "
            is_first = not await to_thread.run_sync(self._has_users)
            text += "Start the console again: it prints a new one." if is_first else "Ask a super_admin for a new one."
            return answers.message(404, "This link opens nothing", text, link=LOGIN, label="Go to the sign-in page")
        nonce = self._tokens.nonce(request)
        answer = answers.page(
            "setup.html.j2", status, csrf=self._tokens.field(nonce), token=token,
            name=found.name or "", username=username[:64], problem=problem, shortest=SHORTEST,
        )  # fmt: skip
        answer.headers.append("set-cookie", self._tokens.cookie(nonce))
        return answer

    def _codes_left_page(self, admitted: Admitted, left: int, wanted: str) -> Response:
        """What whoever used a recovery code sees first: how many are left."""
        codes = f"{left} {'code is' if left == 1 else 'codes are'} left" if left else "It was the last one"
        advice = " Make new ones on the Account page." if left <= FEW else ""
        text = f"The recovery code that you signed in with is used up. {codes}.{advice}"
        return self._with_session(answers.message(200, "You are signed in", text, link=wanted, label="Go on"), admitted)

    def _signed_in(self, admitted: Admitted, wanted: str) -> Response:
        return self._with_session(answers.redirect(wanted), admitted)

    def _with_session(self, answer: Response, admitted: Admitted) -> Response:
        is_https = self._context.settings.is_https
        cookies = [set_cookie(session_cookie(is_https=is_https), admitted.token, is_https=is_https)]
        if admitted.device:
            name = device_cookie(is_https=is_https)
            cookies.append(set_cookie(name, admitted.device, is_https=is_https, seconds=DEVICE_SECONDS))
        for cookie in cookies:
            answer.headers.append("set-cookie", cookie)
        return answer

    def _attempt(self, request: Request, form: Mapping[str, str]) -> Attempt:
        device = read_cookie(request.scope["headers"], device_cookie(is_https=self._context.settings.is_https))
        return Attempt(
            name=form.get("username", ""), password=form.get("password", ""), code=form.get("code", ""),
            address=visitor_of(request.scope).address, agent=request.headers.get("user-agent"), device=device or "",
        )  # fmt: skip

    def _has_users(self) -> bool:
        with self._accounts.store.reading() as tx:
            return tx.number("count_users") > 0


_NOTICES = {"signed-out": "You are signed out."}


def answered(handler: Handler) -> Handler:
    """A handler whose refusals and errors become pages: no traceback reaches anybody."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except FormRefused as refused:
            return refused.answer
        except EtlError as error:
            status = status_of(error)
            return answers.message(status, title_of(status), _sentence(error))

    return handle


def _too_many_at_once() -> Response:
    text = "Try again in a few seconds."
    answer = answers.message(503, "Too many sign in at once", text, link=LOGIN, label="Try again")
    answer.headers["retry-after"] = str(_COME_BACK_SECONDS)
    return answer


def _sentence(error: EtlError) -> str:
    return f"{as_sentence(str(error))} ({error.code})."

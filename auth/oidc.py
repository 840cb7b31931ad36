"""Signing in through the organisation's provider: OpenID Connect, authorization code with PKCE, state and nonce."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import httpx
from anyio import to_thread
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth import answers, oidc_users
from auth.accounts import Accounts
from auth.cookies import form_cookie, read_cookie, session_cookie, set_cookie
from auth.forms import FormTokens
from auth.gate import GateContext, visitor_of
from auth.oidc_settings import Provider
from auth.paths_of_the_gate import LOGIN, OIDC_RETURN, OIDC_START, own_path
from auth.routes import answered
from auth.sessions import key_of, new_token
from auth.signing_in import UNKNOWN, Attempt, visitor
from auth.store import Row
from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.errors import EtlError, Refused
from etl_batch.text.shown_text import as_sentence

_TRY_SECONDS = 600  #: somebody may take at the provider
_PATIENCE_SECONDS = 10.0
_LEEWAY_SECONDS = 60  #: clocks of two machines differ
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_FAILURES = (httpx.HTTPError, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError)


class ProviderPages:
    """The way to the provider, and the way back."""

    def __init__(self, context: GateContext, accounts: Accounts, provider: Provider, base_url: str) -> None:
        self._context = context
        self._accounts = accounts
        self._provider = provider
        self._return_url = f"{base_url}{OIDC_RETURN}"
        self._tokens = FormTokens(accounts.keys, context.settings)

    def routes(self) -> list[Route]:
        """For the application that the gate stands around."""
        return [
            Route(OIDC_START, answered(self.start), methods=["GET"]),
            Route(OIDC_RETURN, answered(self.come_back), methods=["GET"]),
        ]

    async def start(self, request: Request) -> Response:
        """Send the browser to the provider."""
        nonce, state, verifier = new_token(), new_token(), secrets.token_urlsafe(48)
        browser = self._tokens.nonce(request)
        try:
            endpoints = await self._endpoints()
            async with self._client() as client:
                url, _ = client.create_authorization_url(
                    endpoints["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
                )
        except _FAILURES:
            return _failed("The provider does not answer as it should. Try again later, or sign in with a password.")
        wanted = own_path(request.query_params.get("next"))
        tried = {
            "state": key_of(state),
            "browser": key_of(browser),
            "nonce": nonce,
            "verifier": verifier,
            "next": wanted,
        }
        await to_thread.run_sync(self._remember, tried)
        answer = answers.redirect(url)
        answer.headers.append("set-cookie", self._tokens.cookie(browser))
        return answer

    async def come_back(self, request: Request) -> Response:
        """Let in whom the provider vouches for; every way back works once, in the browser that set out."""
        tried = await to_thread.run_sync(self._take, request.query_params.get("state", ""))
        browser = read_cookie(request.scope["headers"], form_cookie(is_https=self._context.settings.is_https))
        if tried is None or browser is None or key_of(browser) != tried["browser"]:
            return _failed("This way back was used, took too long, or began in another browser. Start again.")
        attempt = Attempt(
            name="", password="", address=visitor_of(request.scope).address, agent=request.headers.get("user-agent")
        )
        try:
            claims = await self._claims(request.query_params["code"], tried)
            admitted = await to_thread.run_sync(oidc_users.admit, self._accounts, self._provider, claims, attempt)
        except Refused as error:
            await self._record(attempt, error.code)
            return _failed(f"{as_sentence(str(error))} ({error.code}).")
        except EtlError:
            raise
        except _FAILURES:
            await self._record(attempt, "provider")
            return _failed("The provider did not let you in, or its answer could not be verified.")
        answer = answers.redirect(tried["next"])
        is_https = self._context.settings.is_https
        answer.headers.append(
            "set-cookie", set_cookie(session_cookie(is_https=is_https), admitted.token, is_https=is_https)
        )
        return answer

    async def _claims(self, code: str, tried: Row) -> Mapping[str, Any]:
        """What the provider says of the user, verified."""
        endpoints = await self._endpoints()
        async with self._client() as client:
            token = await client.fetch_token(endpoints["token_endpoint"], code=code, code_verifier=tried["verifier"])
        async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client:
            keys = KeySet.import_key_set((await client.get(endpoints["jwks_uri"])).raise_for_status().json())
        claims = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS).claims
        expected = {"iss": endpoints["issuer"], "aud": self._provider.client_id, "nonce": tried["nonce"]}
        must: dict[str, Any] = {name: {"essential": True, "value": value} for name, value in expected.items()}
        registry = jwt.JWTClaimsRegistry(
            now=int(self._accounts.clock()),
            leeway=_LEEWAY_SECONDS,
            exp={"essential": True},
            sub={"essential": True},
            **must,
        )
        registry.validate(claims)
        if claims.get("azp", self._provider.client_id) != self._provider.client_id:
            raise ValueError("the token was made for another client")
        return claims

    async def _endpoints(self) -> Mapping[str, str]:
        async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client:
            answer = await client.get(f"{self._provider.issuer}/.well-known/openid-configuration")
        found = answer.raise_for_status().json()
        if str(found["issuer"]).rstrip("/") != self._provider.issuer:
            raise ValueError("the provider calls itself by another name")
        return {name: str(found[name]) for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")}

    def _client(self) -> Any:  # noqa: ANN401 - Authlib has no types
        return AsyncOAuth2Client(
            self._provider.client_id, self._provider.client_secret, scope="openid profile email",
            redirect_uri=self._return_url, code_challenge_method="S256", timeout=_PATIENCE_SECONDS,
        )  # fmt: skip

    def _remember(self, tried: Mapping[str, str]) -> None:
        now = self._accounts.clock()
        with self._accounts.store.writing() as tx:
            tx.change("forget_oidc_tries", now=now)
            tx.change("add_oidc_try", expires_at=now + _TRY_SECONDS, **tried)

    def _take(self, state: str) -> Row | None:
        with self._accounts.store.writing() as tx:
            row = tx.one("take_oidc_try", state=key_of(state))
        return row if row is not None and row["expires_at"] > self._accounts.clock() else None

    async def _record(self, attempt: Attempt, reason: str) -> None:
        event = Event(
            action=Action.SIGN_IN, target=UNKNOWN, outcome=Outcome.REFUSED, detail={"how": "provider", "reason": reason}
        )
        await to_thread.run_sync(self._accounts.record, visitor(attempt, UNKNOWN, "none"), event)


def _failed(text: str) -> Response:
    return answers.message(403, "Not signed in", text, link=LOGIN, label="Go to the sign-in page")

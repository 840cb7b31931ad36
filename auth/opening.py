"""The gate of the running console, put together from the environment."""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.routing import BaseRoute
from streamlit import config

from auth import links
from auth.accounts import Accounts
from auth.console_page import console_pages
from auth.console_start import Start, record_start
from auth.deliveries import Deliveries
from auth.gate import GateContext
from auth.hashing import PasswordHasher, calibrated_rounds
from auth.keys import load_keys
from auth.listeners import send_at_once
from auth.oidc import ProviderPages
from auth.oidc_settings import Provider, read_provider
from auth.own_server import keep_to_itself
from auth.paths_of_the_gate import SETUP
from auth.routes import SignInPages
from auth.settings import GateSettings, read_settings
from auth.store import store_of
from etl_batch.environment import home_folder
from etl_batch.errors import ConfigError, EtlError
from etl_batch.jobs.service import JobService
from etl_batch.permissions import Permission


@functools.cache
def accounts_of(home: Path) -> Accounts:
    """The accounts of a home, one for the whole process: who hash passwords take turns there."""
    store = store_of(home)
    keys = load_keys(store)
    return Accounts(store=store, keys=keys, hasher=PasswordHasher(keys, calibrated_rounds(store)))


@dataclass(frozen=True, slots=True)
class Opening:
    """What `streamlit.App` takes."""

    context: GateContext
    accounts: Accounts
    home: Path
    provider: Provider | None = None
    warm_up: Callable[[Path], object] | None = None  #: of the home; done beside, once the console is open

    @property
    def routes(self) -> list[BaseRoute]:
        """What the gate's side answers."""
        label = self.provider.label if self.provider else None
        routes = [
            *SignInPages(self.context, self.accounts, provider=label).routes(),
            *Deliveries(self.context).routes(),
        ]
        if self.provider is not None:
            routes += ProviderPages(
                self.context, self.accounts, self.provider, base_url(self.context.settings)
            ).routes()
        return [*routes, *console_pages(self.context.pages)]

    @asynccontextmanager
    async def lifespan(self, _app: Any) -> AsyncIterator[None]:  # noqa: ANN401 - as Streamlit calls it
        """Refuse what would open a way around the gate; on the first start print the link that sets the console up."""
        check_server_options()
        _allow_host(self.context.settings)
        send_at_once()
        start = Start(
            home=self.home, address=base_url(self.context.settings), settings=self.context.settings,
            provider=self.provider, keys=self.accounts.keys,
        )  # fmt: skip
        await to_thread.run_sync(_recorded, start)
        await to_thread.run_sync(work_off_waiting_jobs, self.home)
        first = await to_thread.run_sync(links.first_link, self.accounts)
        if first is None:
            links.drop_first_link(self.accounts)
        else:
            url = f"{base_url(self.context.settings)}{SETUP}?token={first.token}"
            file = await to_thread.run_sync(links.keep_first_link, self.accounts, url)
            minutes = links.FIRST_LINK_SECONDS // 60
            instead = "  The link that was printed before opens nothing any more.\n" if first.is_instead else ""
            sys.stderr.write(
                f"\n  The console has no users yet. Make the first super_admin (once, within {minutes} minutes):\n\n"
                f"  {url}\n\n  The link is also in {file}\n{instead}\n"
            )
            sys.stderr.flush()
        if self.warm_up is not None:
            threading.Thread(target=self.warm_up, args=(self.home,), name="warm-up", daemon=True).start()
        yield
        self.accounts.store.close()


def open_console(pages: Mapping[str, Permission | None], warm_up: Callable[[Path], object] | None = None) -> Opening:
    """Put together what stands around Streamlit, for the home that ETL_HOME names.

    Args:
        pages: who may open the page at each path.
        warm_up: loads what pages need, so that the first user does not wait for it; takes the home.

    Raises:
        EtlError: the home, its secrets or a setting cannot be used.
    """
    keep_to_itself(is_streamlits_server)
    check_server_options()  # again when it starts: started by another server, the options are not set yet
    home = home_folder(None)
    accounts = accounts_of(home)
    context = GateContext(store=accounts.store, settings=read_settings(os.environ), pages=pages)
    return Opening(context, accounts, home, read_provider(home), warm_up)


def _recorded(start: Start) -> None:
    """A console whose start cannot be written down does not start; it says why without a traceback."""
    try:
        record_start(start)
    except EtlError as error:
        sys.stderr.write(f"error[{error.code}]: {error}\n")
        sys.stderr.flush()
        os._exit(error.exit_code)


def work_off_waiting_jobs(home: Path) -> None:
    """Take up the queue that a restart of the machine left. Where it cannot be read, the console opens all the same."""
    try:
        JobService(home).drain()
    except EtlError as error:
        sys.stderr.write(f"error[{error.code}]: {error}\n")


def base_url(settings: GateSettings) -> str:
    """What browsers have before the path."""
    if settings.public_url:
        return settings.public_url
    address = str(config.get_option("server.address") or "127.0.0.1")
    name = "127.0.0.1" if address in {"0.0.0.0", "::"} else address  # noqa: S104 - compared, not bound
    return f"http://{name}:{config.get_option('server.port')}"


def is_streamlits_server() -> bool:
    """Whether Streamlit started the server (`streamlit run app.py`, `python app.py`), and not somebody else."""
    return str(config._server_mode or "").startswith("starlette-app")


def check_server_options() -> None:
    """Make sure that Streamlit serves what the gate knows.

    Raises:
        ConfigError: an option moves its paths, or turns on what nobody guards.
    """
    if config.get_option("server.baseUrlPath"):
        raise ConfigError(
            "server.baseUrlPath is set, but the console answers at the root of its host only",
            mend="give it a host name of its own in the reverse proxy",
        )
    for option in ("server.enableStaticServing", "server.enableAgentApi", "global.developmentMode"):
        if config.get_option(option):
            raise ConfigError(f"{option} is on; the console does not guard that", mend="turn it off")


def _allow_host(settings: GateSettings) -> None:
    """Streamlit has a list of its own of hosts whose websockets it takes."""
    allowed = list(config.get_option("server.allowedHosts") or [])
    if allowed and "*" not in allowed:
        config.set_option("server.allowedHosts", sorted({*allowed, *settings.hosts}))

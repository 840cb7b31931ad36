"""`etl_dashboard()`: the whole launch page, in our console or in anybody's Streamlit app.

In an app of your own, after your own sign-in:

    from etl_batch.etl_integration_ui import etl_dashboard
    from etl_batch.values import Actor

    etl_dashboard(Actor(name=username, os_user="streamlit", role=role))
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from etl_batch.environment import home_folder
from etl_batch.errors import ConfigError, Forbidden, NoSuchJob
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.run_description import RunDescription
from etl_batch.launch.mended_rows import mended_config, mended_name
from etl_batch.launch.options import Values, config_of, default_output, with_default_output
from etl_batch.launch.replacing import would_replace
from etl_batch.permissions import Permission, permit
from etl_batch.ui.check_panel import begin_page, show_check, start_check
from etl_batch.ui.contract_view import show_contract
from etl_batch.ui.errors import errors_shown, show_error
from etl_batch.ui.input_picker import show_input_picker
from etl_batch.ui.links import go_to_page, link_to_page
from etl_batch.ui.live_job import show_job
from etl_batch.ui.options_form import (
    RUN_NAME,
    Pressed,
    entered_format,
    entered_values,
    prefill,
    show_format,
    show_options_form,
)
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.reading_view import show_reading
from etl_batch.ui.record_types_view import tables_shown
from etl_batch.ui.replaced import remember_launched_over, show_launched_over, show_replaced
from etl_batch.values import Actor
from etl_batch.version import PROJECT_ROOT

JOB_PARAMETER = "etl_job"  #: of the URL: the job that was launched here, so that F5 finds it again
MENDED_PARAMETER = "mended"  #: of the URL: the file in data/ with rows of that job that somebody mended
FROM_PARAMETER = "from"  #: of the URL: the job whose options fill the form

WhoIsThere = Actor | Callable[[], Actor]


def etl_dashboard(actor: WhoIsThere | None = None) -> None:
    """Show the launch page: choose inputs, look at them, mend the layout, check, launch; then the page of the run.

    Files of the jobs lie beneath `ETL_HOME`, as for the command line.

    Args:
        actor: who is signed in, with a role that may launch jobs; or a function that says so, which is asked again
            in each run, fragment and callback. Nobody: nothing is shown but why.
    """
    with errors_shown():
        given = actor or _our_guard()
        if given is None:
            raise Forbidden(
                "etl_dashboard() was not told who is signed in",
                mend='call etl_dashboard(Actor(name=..., os_user="streamlit", role="super_admin")) behind your sign-in',
            )
        context = PageContext(home_folder(None), _asking(given), in_console=callable(given))
        _permit_named(context.who())
        _show_launch_page(context)


def _asking(given: WhoIsThere) -> Callable[[], Actor]:
    return given if callable(given) else lambda: given


def _our_guard() -> Callable[[], Actor] | None:
    """The guard of our console, where this script runs behind its gate; None: in somebody else's app."""
    found = importlib.util.find_spec("auth")  # somebody else's app may have a package of this name
    if found is None or found.origin != str(PROJECT_ROOT / "auth" / "__init__.py"):
        return None
    from auth.guard import require
    from auth.identity import SESSION_KEY

    return partial(require, Permission.LAUNCH_JOBS) if st.user.get(SESSION_KEY) else None


def _permit_named(actor: Actor) -> None:
    """A role is a must here: to have none is the right of the command line, which the operating system guards."""
    if actor.role is None:
        raise Forbidden("the actor has no role", mend="give Actor(..., role=...) the role of the signed-in user")
    permit(actor, Permission.LAUNCH_JOBS)


def _show_launch_page(context: PageContext) -> None:
    _prefill_once(context)
    begin_page()
    st.subheader("Inputs", anchor=False)
    picked = show_input_picker(context, entered_format())
    show_format()
    show_reading(context, picked)
    show_contract(context, picked, with_default_output(entered_values(), context.home))
    st.subheader("Options", anchor=False)
    in_tables = bool(tables_shown())
    named = default_output(picked.paths, context.home, in_tables=in_tables)
    pressed = show_options_form(named, len(picked.files), lambda: _show_replacing(context))
    values = with_default_output(entered_values(), context.home, in_tables=in_tables)
    with errors_shown():
        if pressed is not None:
            picked.refuse_missing()
        if pressed is Pressed.CHECK:
            config_of(values, context.home, context.who())  # what is wrong with the options is said at once
            start_check(context, values)
        elif pressed is Pressed.LAUNCH:
            _launch(context, values)
        show_check(context, values)
    _show_launched(context)


def _show_replacing(context: PageContext) -> None:
    """What the outputs, as far as they are entered, would take the place of: seen before anything is pressed."""
    try:
        values = with_default_output(entered_values(), context.home, in_tables=bool(tables_shown()))
        config = config_of(values, context.home, context.who())
    except ConfigError:
        return  # pressing a button says what is wrong
    show_replaced(context, would_replace(context.who(), config))


def _launch(context: PageContext, values: Values) -> None:
    config = config_of(values, context.home, context.who())
    replaces = would_replace(context.who(), config)
    named = RunDescription(name=st.session_state.get(RUN_NAME, "").strip())
    job = context.jobs.start(config, again_of=st.query_params.get(FROM_PARAMETER), described=named)
    remember_launched_over(job.job_id, replaces)
    if context.in_console:
        go_to_page("run", id=job.job_id)
    st.query_params[JOB_PARAMETER] = job.job_id


def _show_launched(context: PageContext) -> None:
    job_id = st.query_params.get(JOB_PARAMETER)
    if job_id is None:
        return
    st.subheader("The job", anchor=False)
    show_launched_over(context, job_id)
    try:
        show_job(context, job_id)
    except NoSuchJob as error:
        show_error(error)
        return
    if context.in_console:
        link_to_page("run", "Its own page: log, events, profile", ":material/open_in_full:", id=job_id)


def _prefill_once(context: PageContext) -> None:
    """By a link: the options of an earlier job, once, so that what is changed afterwards stays."""
    wanted, mended = st.query_params.get(FROM_PARAMETER), st.query_params.get(MENDED_PARAMETER)
    if wanted is None or st.session_state.get("etl_filled_from") == (wanted, mended):
        return
    st.session_state["etl_filled_from"] = wanted, mended
    link = {FROM_PARAMETER: wanted} | ({MENDED_PARAMETER: mended} if mended else {})
    st.query_params.from_dict(link)  # a link from this page to itself left the old address there
    try:
        job = context.jobs.view(context.who(), wanted)
        prefill(job.config if mended is None else _of_mended(job, mended, context), context.home)
    except NoSuchJob as error:
        show_error(error)


def _of_mended(job: JobView, name: str, context: PageContext) -> Mapping[str, Any]:
    """The options of a job on rows of another that somebody mended."""
    inputs = (job.metadata or {}).get("inputs", ())
    source = next((one for one in inputs if one.get("reading") and mended_name(str(one["path"])) == name), None)
    return job.config if source is None else mended_config(job.config, source["reading"], name, context.home)

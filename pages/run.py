"""One run: `run?id=JOB`."""

from functools import partial

import streamlit as st

from auth.guard import later, require
from etl_batch.environment import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.page_context import PageContext
from pages.views.run_view import run_view

require(Permission.SEE_RUNS)
with errors_shown():
    context = PageContext(
        home_folder(None), partial(require, Permission.SEE_RUNS), later=partial(later, Permission.SEE_RUNS)
    )
    run_view(context, st.query_params.get("id", ""))

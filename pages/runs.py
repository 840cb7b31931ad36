"""The list of runs."""

from functools import partial

from auth.guard import require
from etl_batch.environment import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.page_context import PageContext
from pages.views.runs_view import runs_view

require(Permission.SEE_JOBS)
with errors_shown():
    runs_view(PageContext(home_folder(None), partial(require, Permission.SEE_JOBS)))

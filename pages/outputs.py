"""The outputs and their old versions."""

from functools import partial

from auth.guard import require
from etl_batch.environment import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.page_context import PageContext
from pages.views.outputs_view import outputs_view

require(Permission.LAUNCH_JOBS)
with errors_shown():
    outputs_view(PageContext(home_folder(None), partial(require, Permission.LAUNCH_JOBS)))

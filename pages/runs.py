"""The list of runs."""

from functools import partial

from auth.guard import require
from etl_batch.environment import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.desk import Desk
from etl_batch.ui.errors import errors_drawn
from pages.views.runs_view import runs_view

require(Permission.SEE_JOBS)
with errors_drawn():
    runs_view(Desk(home_folder(None), partial(require, Permission.SEE_JOBS)))

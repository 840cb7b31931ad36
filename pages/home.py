"""Home: for every role."""

from auth.guard import signed_in
from etl_batch.environment import home_folder
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.page_context import PageContext
from pages.views.home_view import home_view

signed_in()
with errors_shown():
    home_view(PageContext(home_folder(None), signed_in))

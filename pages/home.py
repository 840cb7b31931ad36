"""Home: for every role."""

from auth.guard import signed_in
from etl_batch.environment import home_folder
from etl_batch.ui.desk import Desk
from etl_batch.ui.errors import errors_drawn
from pages.views.home_view import home_view

signed_in()
with errors_drawn():
    home_view(Desk(home_folder(None), signed_in))

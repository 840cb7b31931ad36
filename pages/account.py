"""The account of whoever is signed in."""

from auth.guard import current_session, signed_in
from pages.views.account_view import account_view

account_view(signed_in(), current_session())

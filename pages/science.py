"""Amplitude estimation, simulated, beside what our sampler does."""

from auth.guard import signed_in
from etl_batch.ui.errors import errors_shown
from pages.services.amplitude_errors import error_curves
from pages.views.science_view import science_view

signed_in()
with errors_shown():
    science_view(error_curves)

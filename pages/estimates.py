"""Totals of files, with their intervals."""

from typing import Any

from auth.guard import require
from etl_batch.environment import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_shown
from pages.services.estimable_files import estimable_files, fingerprint
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import FileColumns, LiveQuestion
from pages.services.live_total import LiveTotal
from pages.shared import Viewer, answer, columns, estimate_service, live, long_count
from pages.views.estimate_form import FormActions
from pages.views.estimate_view import EstimateActions, estimates_view
from pages.views.long_view import LongActions

viewer = Viewer(home_folder(None), require(Permission.ESTIMATE))


def ask(asked: AskedEstimate) -> dict[str, Any]:
    """The answer, from what is kept or anew."""
    state = estimate_service(viewer.home).state(viewer.actor, asked)
    found = answer(viewer, asked, state)
    estimate_service(viewer.home).note(viewer.actor, asked, state, found)
    return found


def long(asked: AskedEstimate) -> LongActions | None:
    """What is counted in the background; None: it is answered at once."""
    estimate_service(viewer.home).state(viewer.actor, asked)  # first: what cannot be opened is written down
    return long_count(viewer, lambda: require(Permission.ESTIMATE), asked)


def live_total(asked: AskedEstimate, measure: str) -> LiveTotal:
    """The rows of the run's sample in the order in which they enter."""
    state = estimate_service(viewer.home).state(viewer.actor, asked)
    question = LiveQuestion(file=asked.file, measure=measure, where=asked.where, confidence=asked.confidence)
    found = live(viewer, question, state)
    estimate_service(viewer.home).note_live(viewer.actor, question, state)
    return found


def columns_of(file: str, delimiter: str) -> FileColumns:
    """The columns, read once while the file stays as it is."""
    return columns(viewer, (file, delimiter), fingerprint(viewer.home, viewer.actor, file))


with errors_shown():
    form = FormActions(
        files=estimable_files(viewer.home, viewer.actor),
        columns=columns_of,
    )
    estimates_view(EstimateActions(form=form, ask=ask, live=live_total, long=long))

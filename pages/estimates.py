"""Totals of files, with their intervals."""

from typing import Any

from auth.guard import require
from etl_batch.environment import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_drawn
from pages.services.estimable_files import estimable_files, fingerprint
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import FileColumns, LiveQuestion
from pages.services.live_total import LiveTotal
from pages.shared import Asker, answer, columns, estimate_desk, live, long_count
from pages.views.estimate_form import FormActions
from pages.views.estimate_view import EstimateActions, estimates_view
from pages.views.long_view import LongActions

asker = Asker(home_folder(None), require(Permission.ESTIMATE))


def ask(asked: AskedEstimate) -> dict[str, Any]:
    """The answer, from what is kept or anew."""
    state = estimate_desk(asker.home).state(asker.actor, asked)
    found = answer(asker, asked, state)
    estimate_desk(asker.home).note(asker.actor, asked, state, found)
    return found


def long(asked: AskedEstimate) -> LongActions | None:
    """What is counted in the background; None: it is answered at once."""
    estimate_desk(asker.home).state(asker.actor, asked)  # first: what cannot be opened is written down
    return long_count(asker, lambda: require(Permission.ESTIMATE), asked)


def live_total(asked: AskedEstimate, measure: str) -> LiveTotal:
    """The rows of the run's sample in the order in which they enter."""
    state = estimate_desk(asker.home).state(asker.actor, asked)
    question = LiveQuestion(file=asked.file, measure=measure, where=asked.where, confidence=asked.confidence)
    found = live(asker, question, state)
    estimate_desk(asker.home).note_live(asker.actor, question, state)
    return found


def columns_of(file: str, delimiter: str) -> FileColumns:
    """The columns, read once while the file stays as it is."""
    return columns(asker, (file, delimiter), fingerprint(asker.home, asker.actor, file))


with errors_drawn():
    form = FormActions(
        files=estimable_files(asker.home, asker.actor),
        columns=columns_of,
    )
    estimates_view(EstimateActions(form=form, ask=ask, live=live_total, long=long))

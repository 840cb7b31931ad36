"""Totals of files, with their intervals."""

from typing import Any

from auth.guard import require
from etl_batch.command_line import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_drawn
from pages.services.estimable_files import estimable_files, file_columns, fingerprint
from pages.services.estimate_question import AskedEstimate
from pages.services.live_total import LiveTotal, note_live
from pages.shared import Asker, answer, estimate_desk, live
from pages.views.estimate_form import FormDoors
from pages.views.estimate_view import EstimateDoors, estimates_view

asker = Asker(home_folder(None), require(Permission.ESTIMATE))


def ask(asked: AskedEstimate) -> dict[str, Any]:
    """The answer, from what is kept or anew."""
    state = fingerprint(asker.home, asker.actor, asked.file)
    found = answer(asker, asked, state)
    estimate_desk(asker.home).note(asker.actor, asked, state, found)
    return found


def live_total(asked: AskedEstimate, measure: str) -> LiveTotal:
    """The rows of the run's sample in the order in which they enter."""
    state = fingerprint(asker.home, asker.actor, asked.file)
    found = live(asker, (asked.file, measure, asked.where, asked.confidence), state)
    note_live(asker.home, asker.actor, asked.file, (measure, asked.where, asked.confidence, state))
    return found


with errors_drawn():
    form = FormDoors(
        files=estimable_files(asker.home, asker.actor),
        columns=lambda path, delimiter: file_columns(asker.home, asker.actor, path, delimiter),
    )
    estimates_view(EstimateDoors(form=form, ask=ask, live=live_total))

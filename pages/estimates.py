"""Totals of files, with their intervals."""

from collections.abc import Callable
from typing import Any, TypeVar

from auth.guard import require
from etl_batch.command_line import home_folder
from etl_batch.machine.question import Answering
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_drawn
from etl_batch.values import Actor
from pages.services.estimable_files import estimable_files, file_bytes, fingerprint
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import FileColumns, LiveQuestion, State
from pages.services.live_total import LiveTotal
from pages.services.long_estimates import is_long
from pages.shared import Asker, answer, columns, estimate_desk, live, long_estimates
from pages.views.estimate_form import FormDoors
from pages.views.estimate_view import EstimateDoors, estimates_view
from pages.views.long_view import LongDoors

_Found = TypeVar("_Found")
asker = Asker(home_folder(None), require(Permission.ESTIMATE))


def ask(asked: AskedEstimate) -> dict[str, Any]:
    """The answer, from what is kept or anew."""
    state = fingerprint(asker.home, asker.actor, asked.file)
    found = answer(asker, asked, state)
    estimate_desk(asker.home).note(asker.actor, asked, state, found)
    return found


def long(asked: AskedEstimate) -> LongDoors | None:
    """What is counted in the background; None: it is answered at once."""
    if not is_long(asked, file_bytes(asker.home, asker.actor, asked.file)):
        return None
    counts, state = long_estimates(asker.home), fingerprint(asker.home, asker.actor, asked.file)

    def each(step: Callable[[Actor, AskedEstimate, State], _Found]) -> Callable[[], _Found]:
        return lambda: step(require(Permission.ESTIMATE), asked, state)

    def look() -> Answering:
        said = each(counts.look)()
        if said.answer is not None:
            estimate_desk(asker.home).note(asker.actor, asked, state, said.answer)
        return said

    return LongDoors(look=look, cancel=each(counts.cancel), again=each(counts.forget))


def live_total(asked: AskedEstimate, measure: str) -> LiveTotal:
    """The rows of the run's sample in the order in which they enter."""
    state = fingerprint(asker.home, asker.actor, asked.file)
    question = LiveQuestion(file=asked.file, measure=measure, where=asked.where, confidence=asked.confidence)
    found = live(asker, question, state)
    estimate_desk(asker.home).note_live(asker.actor, question, state)
    return found


def columns_of(file: str, delimiter: str) -> FileColumns:
    """The columns, read once while the file stays as it is."""
    return columns(asker, (file, delimiter), fingerprint(asker.home, asker.actor, file))


with errors_drawn():
    form = FormDoors(
        files=estimable_files(asker.home, asker.actor),
        columns=columns_of,
    )
    estimates_view(EstimateDoors(form=form, ask=ask, live=live_total, long=long))

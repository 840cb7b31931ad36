"""Jobs in the store whose options somebody has damaged: said in our words, and listed as far as they can be."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.commands.jobs.text import as_json_line, job_as_text, list_as_text
from etl_batch.errors import ConfigError, EtlError, JobStoreUnavailable
from etl_batch.jobs.config_json import as_json, config_of
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.supervisor import work_off_queue
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.values import Actor
from tests.conftest import Home
from tests.data_makers.golden import results

ADMIN = Actor(name="ada", os_user="web", role=SUPER_ADMIN)
_GONE = object()  #: in the place of a value: the option is missing
_STORED = as_json(results.config())
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=2),
    max_leaves=3,
)
DAMAGED: dict[str, Any] = {
    "a number as text": {"workers": "4"},
    "a broken number": {"workers": 2.5},
    "no number": {"time_limit_s": None},
    "inputs as text": {"inputs": "ab"},
    "no inputs": {"inputs": None},
    "inputs that are none": {"inputs": [None]},
    "measures that are none": {"measures": [None]},
    "a format of nobody": {"format": "xml"},
    "no format": {"format": None},
    "a choice of nobody": {"on_bad_row": "x"},
    "actor is gone": {"actor": _GONE},
    "an actor that is more": {"actor": {"name": "a", "os_user": "b", "a\udcff": 1}},
    "home is gone": {"home": _GONE},
    "inputs are gone": {"inputs": _GONE},
    "[]": "[]",
    "text": '"x"',
    "null": "null",
    "cut": "{",
    "deep": "[" * 100_000,
    "no number at all": "NaN",
}


def _text_of(damage: Any, options: dict[str, Any]) -> str:  # noqa: ANN401 - a text, or options
    if isinstance(damage, str):
        return damage
    return json.dumps({key: value for key, value in {**options, **damage}.items() if value is not _GONE})


def _damaged(service: JobService, home: Home, damage: Any) -> str:  # noqa: ANN401 - a text, or options
    """A job that waits, whose options are damaged then."""
    config = replace(home.config(output_csv=str(home.output / "out.csv")), actor=ADMIN)
    job = service.start(config).job_id
    _store(home, job, _text_of(damage, as_json(config)))
    return job


def _store(home: Home, job: str, text: str) -> None:
    store = JobStore(home.path)
    with store._connected() as connection:  # what nobody of ours would write
        connection.execute("UPDATE job SET config = ? WHERE job_id = ?", (text, job))


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damaged_options_are_said_to_be_so_by_their_job(service: JobService, home: Home, damage: Any) -> None:  # noqa: ANN401
    job = _damaged(service, home, damage)
    for call in (service.resume, service.again):
        with pytest.raises(JobStoreUnavailable, match=f"the options of job {job} in the store cannot be read") as said:
            call(ADMIN, job)
        assert "start a new job" in str(said.value)
    (listed,) = service.page(ADMIN).jobs
    assert listed.job_id == job
    assert job in list_as_text(service.page(ADMIN))
    assert job in job_as_text(service.view(ADMIN, job), service.events(ADMIN, job))
    assert json.loads(as_json_line(service.view(ADMIN, job)))["job_id"] == job
    assert service.cancel(ADMIN, job).state == State.CANCELLED


@pytest.mark.parametrize("damage", [{"workers": 0}, {"workers": "4"}, "{"], ids=repr)
def test_a_lost_job_with_damaged_options_has_failed(
    service: JobService,
    home: Home,
    dead: ProcessIdentity,
    damage: Any,  # noqa: ANN401
) -> None:
    job = _damaged(service, home, damage)
    with JobStore(home.path).writing() as writing:
        writing.claim(dead, 1)
    (listed,) = service.page(ADMIN).jobs
    assert listed.state == State.FAILED
    assert job in str(listed.error_message)


@pytest.mark.parametrize("damage", [{"workers": 0}, {"workers": "4"}, "{"], ids=repr)
def test_a_job_in_the_queue_with_damaged_options_fails_and_holds_up_nobody(
    service: JobService,
    home: Home,
    damage: Any,  # noqa: ANN401
) -> None:
    job = _damaged(service, home, damage)
    work_off_queue(home.path)
    failed = service.view(ADMIN, job)
    assert failed.state == State.FAILED
    assert job in str(failed.error_message)


@given(name=st.sampled_from([*_STORED, "unknown", "a\udcff"]), value=_ANY)
def test_whatever_stands_in_the_place_of_an_option_is_an_option_or_an_error_of_ours(name: str, value: object) -> None:
    said = "job one"
    try:
        config_of({"job_id": "one", "config": json.dumps({**_STORED, name: value})})
    except EtlError as error:
        said = str(error)
    assert "job one" in said


def test_an_option_out_of_its_range_is_said_with_its_job() -> None:
    with pytest.raises(ConfigError, match="job one: --workers is 0; give 1 or more"):
        config_of({"job_id": "one", "config": json.dumps({**_STORED, "workers": 0})})


def test_a_whole_number_may_be_written_with_a_point() -> None:
    stored = json.dumps({**_STORED, "workers": 2.0, "max_size_bytes": 1.5e9, "a\udcff": 1})
    found = config_of({"job_id": "one", "config": stored})
    assert (found.workers, found.max_size_bytes) == (2, 1_500_000_000)
    assert isinstance(found.workers, int)

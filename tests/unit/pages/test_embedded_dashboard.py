"""`etl_dashboard` in somebody else's Streamlit app: with an actor it works, without one it says why not."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import Home
from tests.data_makers.records import LAYOUT, records

FOREIGN = """
import streamlit as st
from etl_batch.etl_integration_ui import etl_dashboard
from etl_batch.values import Actor

st.subheader("Quantum ETL Engine")
etl_dashboard({actor})
"""


def _app(actor: str) -> AppTest:
    return AppTest.from_string(FOREIGN.format(actor=actor), default_timeout=180).run()


@pytest.fixture(autouse=True)
def _home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(home.path))
    home.put("a.bin", records(5), LAYOUT)


def test_with_an_actor_it_is_the_launch_page() -> None:
    test = _app('Actor(name="ada", os_user="app", role="super_admin")')
    assert not test.exception
    assert not test.error
    assert "🚀 Launch ETL Pipeline" in [button.label for button in test.button]
    assert len(test.multiselect[0].options) == 2


@pytest.mark.parametrize(
    ("actor", "why"),
    [
        ("", "was not told who is signed in"),
        ('Actor(name="ada", os_user="app")', "has no role"),
        ('Actor(name="eve", os_user="app", role="analyst")', "may not launch jobs"),
        ('Actor(name="eve", os_user="app", role="root")', "may not launch jobs"),
    ],
)
def test_without_one_who_may_it_refuses(actor: str, why: str) -> None:
    test = _app(actor)
    assert not test.exception
    assert not test.button
    assert why in test.error[0].value.replace("\\", "")
    assert "E_FORBIDDEN" in test.error[0].value

"""What pages need, loaded when the console opens: otherwise the first user of the day waits for it."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from pathlib import Path

FIRST_SHARE = 0.2  #: what the science page begins with


def warm_up(home: Path) -> None:
    """Load the modules of all pages and the libraries for charts and tables, make one of each; watch the machine.

    Args:
        home: of the console.
    """
    import pages.services
    import pages.views

    for package in (pages.services, pages.views):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    _chart_once()
    from pages.shared import machine_watch

    machine_watch(home)  # so that the first look has minutes to look back at
    # Behind each page Streamlit looks for garbage among all that there is. What was loaded is none, and is left out
    # from now on: it was two thirds of what a page took.
    gc.collect()
    gc.freeze()


def _chart_once() -> None:
    from etl_batch.ui.charts import graph_objects
    from etl_batch.ui.table_export import Column, Table
    from etl_batch.ui.tables import frame_of
    from pages.services.amplitude_errors import error_curves

    error_curves(FIRST_SHARE)  # kept there
    figure = graph_objects().Figure(layout={"xaxis": {"automargin": True}})
    figure.add_scatter(x=[0], y=[0], mode="lines").to_json()
    columns = (Column(name="text", title="Text"), Column(name="at", title="At", kind="time"))
    frame_of(Table(columns, [{"text": "warm", "at": "2026-01-31T12:00:00Z"}]))

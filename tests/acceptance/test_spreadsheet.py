"""No payload runs in a real spreadsheet, whatever it splits at. Opt-in, for it takes a minute: `ETL_LIBREOFFICE=1`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from etl_batch.cell_escape import csv_cell
from etl_batch.etl_core import run
from tests.conftest import Home
from tests.data_makers.payloads import payloads, rows

SOFFICE = shutil.which("soffice")
SEPARATORS = [",", ";", "\t"]
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SECONDS = 600  #: on a busy machine

pytestmark = [
    pytest.mark.skipif(os.environ.get("ETL_LIBREOFFICE") != "1", reason="opt-in: ETL_LIBREOFFICE=1"),
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed"),
    pytest.mark.timeout(2 * _SECONDS),
]


def formulas(path: Path, separator: str, folder: Path) -> Iterator[str]:
    """The formulas that LibreOffice makes of a CSV, opened with a separator."""
    # separator, quote, UTF-8, from line 1, no column formats, language of the system, quoted cells are not text, find
    # numbers, (for export:) as shown, no formulas, do not strip blanks, all sheets; run formulas
    reading = f"CSV:{ord(separator)},34,76,1,,0,false,true,false,false,false,-1,true"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [str(SOFFICE), "--headless", profile, "--convert-to", "fods", "--outdir", str(folder)]
    subprocess.run([*command, f"--infilter={reading}", str(path)], check=True, capture_output=True, timeout=_SECONDS)
    for cell in ET.parse(folder / f"{path.stem}.fods").iter(f"{_TABLE}table-cell"):  # noqa: S314 - ours
        if (formula := cell.get(f"{_TABLE}formula")) is not None:
            yield formula


@pytest.fixture
def raw(home: Home) -> Path:
    """The payloads as they are; those without quotes first, for a quote may hide what stands behind it."""
    texts = sorted(payloads(), key=lambda text: '"' in text)
    cells = [csv_cell(text, escape=False) for text in texts]
    return home.put("payloads.csv", b"key,payload,end\n" + rows(cells).encode())


@pytest.mark.parametrize("separator", SEPARATORS, ids=["comma", "semicolon", "tab"])
def test_no_payload_runs(home: Home, raw: Path, separator: str, tmp_path: Path) -> None:
    run(home.config(raw, measures=(), workers=1))
    assert list(formulas(raw, separator, tmp_path)), "it runs what is not escaped"
    assert list(formulas(home.output / "out.csv", separator, tmp_path)) == []

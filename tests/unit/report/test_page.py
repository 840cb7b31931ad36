"""The report as a page: the golden file, its size, and what strangers put into names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from etl_batch.report.page import render_html
from etl_batch.values import JobResult, OutputSummary, Phase, TableSummary, TotalEstimate
from tests.conftest import PROJECT
from tests.data_makers.golden import results
from tests.data_makers.golden.report import GOLDEN

_VOID = {"meta"}
_MOST_BYTES = 500_000


class _Page(HTMLParser):
    """Checks that tags balance, and collects them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}: {attrs}"
        self.seen.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self.text += data if "style" not in self.open else ""

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.seen if tag == name]


def _estimate(**more: object) -> TotalEstimate:
    return replace(results.estimate("quantity", 5, 1), **more)  # type: ignore[arg-type]


def _of_tables() -> JobResult:
    """Orders and their lines, of which one was set aside, as was a record of no type."""
    orders = TableSummary(name="ORDER", outputs=(), columns=("ID",), rows_in=125, rows_out=125, rows_quarantined=0)
    lines = TableSummary(
        name="LINE", outputs=(), columns=("VALUE",), rows_in=174, rows_out=173, rows_quarantined=1,
        estimates=(_estimate(measure="VALUE", rows_population=173, rows_sampled=20),),
    )  # fmt: skip
    estimates = (_estimate(measure="LINE.VALUE", rows_population=173, rows_sampled=20),)
    return results.result(rows_in=300, rows_out=298, rows_quarantined=2, tables=(orders, lines), estimates=estimates)


CASES: dict[str, JobResult] = {
    "usual": results.result(),
    "empty": results.result(
        inputs=(), outputs=(), estimates=(), phases=(), versions={}, profile=None, rows_in=0, rows_out=0,
        throughput_mb_s=0.0, metadata_path=None,
    ),
    "no estimates": results.result(estimates=()),
    "one point": results.result(profile=results.profile(1)),
    "no interval": results.result(estimates=(_estimate(ci_low=None, ci_high=None, std_error=None, df=None),)),
    "no exact": results.result(estimates=(_estimate(exact_total=None),)),
    "zeros": results.result(
        estimates=(_estimate(total=0.0, exact_total=0.0, std_error=0.0, ci_low=0.0, ci_high=0.0, rows_population=0),)
    ),
    "negative": results.result(estimates=(_estimate(total=-5.0, exact_total=-5.5, ci_low=-7.0, ci_high=-3.0),)),
    "no strata": results.result(estimates=(_estimate(strata=()),)),
    "quarantine": results.result(rows_in=99, rows_out=92, rows_quarantined=7, rejects_path=Path("/r.csv")),
    "tables": _of_tables(),
    "no time": results.result(phases=(Phase("plan", 0.0),)),
    "gpu": results.result(profile=results.profile(50, 64, gpu=True)),
    "huge": results.result(estimates=(_estimate(total=3.2e300, ci_low=1e-9, ci_high=9e307, exact_total=1e305),)),
}  # fmt: skip


def test_the_golden_report() -> None:
    assert render_html(results.result(), results.config()) == GOLDEN.read_text(encoding="utf-8"), (
        "look at what changed, then run `python -m tests.data_makers.golden.report`"
    )


@pytest.mark.io
@pytest.mark.parametrize("seed", ["0", "1"])
def test_equal_results_give_equal_bytes_in_every_process(seed: str) -> None:
    script = (
        "import hashlib; from tests.data_makers.golden import results; from etl_batch.report.page import render_html; "
        "print(hashlib.sha256(render_html(results.result(), results.config()).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONPATH": str(PROJECT)}
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment, cwd=PROJECT
    )
    import hashlib

    assert found.stdout.strip() == hashlib.sha256(GOLDEN.read_bytes()).hexdigest()


@pytest.mark.parametrize("case", CASES)
def test_it_is_well_formed_and_readable_by_everybody(case: str) -> None:
    html = render_html(CASES[case], results.config())
    page = _Page(html)
    assert html.startswith("<!DOCTYPE html>")
    assert page.tags("html") == [{"lang": "en"}]
    assert len(page.tags("h1")) == 1
    assert all("scope" in header for header in page.tags("th"))
    named = [attributes.get("id") for _, attributes in page.seen if attributes.get("id")]
    assert len(named) == len(set(named))
    for _, attributes in page.seen:
        for key in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(key) or "").split()) <= set(named)
    for words in ("nan", "None", "Undefined", "inf "):
        assert not re.search(rf"(?<![A-Za-z]){words}(?![A-Za-z])", page.text), words


def test_each_table_has_its_rows_and_its_sample() -> None:
    html = render_html(_of_tables(), results.config())
    cells = re.findall(
        r'name">(\S+|\(of no type\))</bdi></th>((?:<td [^>]*data-label="[RS][^>]*>\d+</td>){3})</tr>', html
    )
    assert [(name, *re.findall(r">(\d+)<", counts)) for name, counts in cells] == [
        ("ORDER", "125", "125", "0"), ("LINE", "174", "173", "1"), ("(of no type)", "1", "0", "1"),
    ]  # fmt: skip
    assert "LINE: 20 rows of 173" in html
    assert 'id="tables"' not in render_html(results.result(), results.config())


@pytest.mark.parametrize("case", CASES)
def test_every_chart_is_xml_and_described(case: str) -> None:
    html = render_html(CASES[case], results.config())
    outer = re.findall(r"<svg(?:(?!<svg).)*?(?:<svg(?:(?!</?svg).)*</svg>(?:(?!</?svg).)*)*</svg>", html, re.DOTALL)
    assert outer or case == "empty"
    for svg in outer:
        root = ET.fromstring(svg)  # noqa: S314 - our own
        assert root.get("aria-hidden") == "true" or (root.get("role") == "img" and len(root.findall("*")) > 0)


@pytest.mark.parametrize("case", CASES)
def test_it_runs_nothing_and_asks_nobody(case: str) -> None:
    page = _Page(render_html(CASES[case], results.config()))
    assert not {"script", "link", "iframe", "img", "object", "embed", "form", "base", "a"} & {
        tag for tag, _ in page.seen
    }
    for _, attributes in page.seen:
        assert not any(name.startswith("on") or name in {"src", "href", "xlink:href"} for name in attributes)
    policy = page.tags("meta")[1]
    assert str(policy["content"]).startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert "url(" not in GOLDEN.read_text(encoding="utf-8").split("</style>")[0]


def test_hostile_names_are_shown_as_text() -> None:
    bad = results.HOSTILE
    parts = results.strata(40, 1)
    estimates = (
        _estimate(measure=bad, method=bad, warnings=(bad,), strata=tuple(replace(p, stratum=bad) for p in parts)),
    )
    outputs = (OutputSummary(Path(f"/{bad}".replace("\0", "")), bad, 1, 1, bad),)
    actor = replace(results.result().actor, name=bad, os_user=bad)
    hostile = results.result(
        job_id=bad, actor=actor, started_at=bad, finished_at=bad, outputs=outputs, estimates=estimates, warnings=(bad,),
        notes=(bad,),
        phases=(Phase(bad, 1.0),), versions={bad: bad}, profile=replace(results.profile(9, gpu=True), gpu=bad),
    )  # fmt: skip
    html = render_html(hostile, results.config(delimiter=";", layout=bad, types=bad))
    page = _Page(html)
    assert "script" not in {tag for tag, _ in page.seen}
    assert not re.search("[\0\u202e]", html)
    assert "{{ 7*7 }}" in page.text
    assert "U+0000" in page.text
    assert max(map(len, re.findall("x+", page.text))) < 600
    assert len(html.encode()) < _MOST_BYTES
    assert "sha256sum" not in page.text


def test_the_size_stays_bounded() -> None:
    many = results.result(
        estimates=(results.estimate("quantity", 100_000, 1), results.estimate("value", 100_000, 2)),
        profile=results.profile(600, 64, gpu=True),
        inputs=results.result().inputs * 5000,
        outputs=results.result().outputs * 5000,
        warnings=tuple(f"warning {number}" for number in range(5000)),
        notes=tuple(f"note {number}" for number in range(5000)),
    )
    assert len(render_html(many, results.config()).encode()) < _MOST_BYTES


@pytest.mark.parametrize(
    ("case", "headline"),
    [
        (results.result(), "Passed"),
        (results.result(estimates=()), "Passed"),
        (CASES["quarantine"], "Failed"),  # its outputs have other rows
        (results.result(rows_in=1), "Failed"),
        (results.result(outputs=()), "Failed"),
        (results.result(estimates=(_estimate(exact_total=1.0),)), "Passed"),  # said beside the total
        (CASES["no interval"], "Done, with something to look at"),
    ],
)
def test_the_verdict_comes_first(case: JobResult, headline: str) -> None:
    html = render_html(case, results.config())
    assert re.search(r"<h1.*?<span>(.*?)</span></h1>", html, re.DOTALL).group(1) == headline  # type: ignore[union-attr]


def test_without_estimates_it_says_how_to_get_them() -> None:
    text = _Page(render_html(results.result(estimates=()), results.config())).text
    assert "--strata" in text
    assert "--measures" in text

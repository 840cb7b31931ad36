"""A cross-section of the golden corpus comes out as it is kept in git; and its masks hide nothing that is content."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.golden_corpus.digests import SUITE, digests_of, kept
from tests.golden_corpus.masks import Masks, again
from tests.golden_corpus.play import Tree
from tests.golden_corpus.scene import Scene

_HOW = "what it prints shows which; `python -m tests.golden_corpus digests` keeps it as it is now"


@pytest.mark.io
@pytest.mark.parametrize("scene", SUITE, ids=lambda scene: scene.name)
def test_every_command_comes_out_as_it_is_kept(scene: Scene) -> None:
    now = digests_of(scene, Tree(PROJECT, Path(sys.executable)))
    known = {name: found for name, found in kept().items() if name.startswith(f"{scene.name}: ")}
    differ = {
        f"{name}, {artefact}"
        for name in now | known
        for artefact in now.get(name, {}) | known.get(name, {})
        if now.get(name, {}).get(artefact) != known.get(name, {}).get(artefact)
    }
    assert not differ, f"{sorted(differ)}: {_HOW}"


@pytest.fixture
def masks() -> Masks:
    return Masks.of(Path("/srv/etl"), Path("/srv/tree"))


def test_what_is_content_stays(masks: Masks) -> None:
    content = (
        "Analytics complete: success, 2 totals estimated from 560 of 5,000 rows\n"
        "   price: 4,674,703 (95 %: 4,458,417 to 4,890,606), exact 4,624,075, held\n"
        "out.csv (275,312 bytes, sha256 cafd9fbb9c915493...)\n"
        "2017-01-01T11:53:26.000000Z, 1969-12-31T23:59:59Z, row 17 (at byte 1031): 4 cells, 7 expected\n"
    )
    assert masks.text(content) == content
    assert again(content) == content


def test_what_is_of_the_run_goes(masks: Masks) -> None:
    now = datetime.now(UTC)
    job = f"{now:%Y%m%dT%H%M%SZ}-0a1b2c"
    assert masks.text(f"{job} at {now:%Y-%m-%dT%H:%M:%S.%fZ}, 0.151 MB/s") == "<job 1> at <time>, <speed>"
    assert masks.text(f"/srv/etl/data.bak.{now:%Y%m%dT%H%M%SZ}-1") == "<home>/data.bak.<stamp>"
    assert masks.text(f"{job} {job[:-1]}d {job}") == "<job 1> <job 2> <job 1>"


def test_json_keeps_totals_and_sizes(masks: Masks) -> None:
    told = {
        "rows_in": 5, "cpu_seconds": 0.8, "phases": [{"name": "plan", "seconds": 0.4}],
        "estimates": [{"total": 609.3844319614811, "exact_total_text": "-5"}],
        "outputs": [{"path": "a.csv", "bytes": 7, "sha256": "ab", "identity": {"inode": 3, "size": 7}}],
    }  # fmt: skip
    text = masks.json_text(told)
    for content in ('"rows_in": 5', '"plan"', '"bytes": 7', '"ab"', '"size": 7', "609.3844319614811", '"-5"'):
        assert content in text
    for passing in ("0.8", "0.4", '"inode": 3'):
        assert passing not in text


def test_masked_twice_is_masked_once() -> None:
    text = (
        "Parsing x.bin: |   | 10% ?B/s\rParsing x.bin: |██████████████████████████████| 100% 2.5 MB/s, 5 rows \n"
        "🔧 Compiling\n<job 1>  done  root  <time>  400   5.8   output/x.csv\n"
        '<dt>Size</dt>\n<dd class="number">34.9 kB</dd> # min # s 12 MB available, {"pid": 7} root 0123456789abcdef\n'
        "convert   0%, 17 rows\n`<job 1>.html`, 16.9 kB, written <time>\n"
        "tab .label: Profile\ncurves\ntab .label: Log\n"
    )
    once = again(text)
    assert again(once) == once
    passes = "2.5 MB,10%,Compiling,5.8,34.9,17 rows,16.9,min,12 MB,7},abcdef,curves"
    for passing in passes.split(","):
        assert passing not in once
    for content in ("100%", "5 rows", "400", "output/x.csv"):
        assert content in once

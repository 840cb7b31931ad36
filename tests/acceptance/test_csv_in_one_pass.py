"""Jobs whose CSV rows are checked in the pass that converts them: all that they leave is what two passes leave."""

from __future__ import annotations

import json
import random
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import BadRow, Cancelled, ConfigError, EtlError
from etl_batch.etl_core import run
from etl_batch.formats import spool
from etl_batch.formats.csv import transcoding, unsettled_csv
from etl_batch.pipeline.outputs import start
from etl_batch.values import KIB, ProgressReport
from tests.conftest import Home
from tests.helpers.descriptors import open_files
from tests.helpers.inline_runner import CrashAfter, InlineRunner, without_processes

#: of metadata: when, how fast, with what
_OF_THE_RUN = {
    "job_id", "started_at", "finished_at", "phases", "throughput_mb_s", "peak_rss_bytes", "cpu_seconds", "sandbox",
    "profile", "replaced", "config",
}  # fmt: skip
TEXTS = ("MILK", "BREAD, brown", "=1+1", "two\nlines", 'say "hi"', "", "100%", "ä€")
SPANS = 9


def rows(count: int, seed: int = 1, end: str = "\n", value: str = "{:.2f}") -> str:
    """Purchases; texts need quotes where they must have them."""
    chance = random.Random(seed)
    lines = []
    for number in range(count):
        text = chance.choice(TEXTS).replace('"', '""')
        text = f'"{text}"' if any(sign in text for sign in ',\n"') else text
        lines.append(f"{text},{number % 50 - 3},{value.format(chance.lognormvariate(2, 1))},note {number}{end}")
    return "".join(lines)


HEADER = "product,quantity,value,note"


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that are not about processes."""
    without_processes(monkeypatch)


def job(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
    return home.config(chunk_bytes=4 * KIB, sample_frac=0.1, **more)


def left(home: Home) -> dict[str, Any]:
    """What a job left, but for what depends on when it was."""
    found: dict[str, Any] = {
        path.name: path.read_bytes() for path in home.output.iterdir() if not path.name.endswith((".lock", ".json"))
    }
    metadata = json.loads((home.output / "out.csv.meta.json").read_text())
    for file in (*metadata["outputs"], *metadata["side_files"]):
        del file["identity"]
        if file["path"].endswith(".datapackage.json"):
            del file["sha256"]  # it says when the job began
    return found | {"metadata": {key: value for key, value in metadata.items() if key not in _OF_THE_RUN}}


def wiped(home: Home) -> Home:
    for path in home.output.iterdir():
        path.unlink()
    return home


def in_two_passes(home: Home, monkeypatch: pytest.MonkeyPatch, config: JobConfig) -> dict[str, Any]:
    """What a job leaves whose rows are all checked before."""
    with monkeypatch.context() as patch:
        patch.setattr(start, "may_be_unsettled", lambda _: False)
        run(config, runner=InlineRunner())
    found = left(home)
    wiped(home)
    return found


def phases(reports: list[ProgressReport]) -> list[str]:
    return list(dict.fromkeys(report.phase for report in reports if not report.note))


def put(home: Home, *contents: str) -> list[Path]:
    return [home.put(f"{name}.csv", text.encode()) for name, text in zip("abc", contents, strict=False)]


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("measures", [None, (), ("value",)])
@pytest.mark.parametrize("ahead", [1, 3])
def test_all_that_is_left_is_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch, measures: tuple[str, ...] | None, ahead: int
) -> None:
    put(home, f"{HEADER}\n{rows(900)}", f"{HEADER}\r\n{rows(300, 2, chr(13) + chr(10))}", f"{HEADER}\n")
    config = job(home, measures=measures)
    expected = in_two_passes(home, monkeypatch, config)
    reports: list[ProgressReport] = []
    run(config, reports.append, runner=InlineRunner(ahead))
    assert left(home) == expected
    assert phases(reports) == ["convert"], "no check came before"
    assert reports[-1].done_bytes == reports[-1].total_bytes


def german(text: str) -> bytes:
    """The same rows with `;`, decimal commas and umlauts, in cp1252."""
    found = re.sub(r"(?<=,)(-?\d+),(\d+)\.(\d+),", r"\1;\2,\3;", text).replace(HEADER, HEADER.replace(",", ";"))
    found = re.sub(r'^("(?:[^"]|"")*"|[^,;"]*),', r"\1;", found, flags=re.MULTILINE)
    return found.replace("ä€", "ä€Ü").encode("cp1252")


COPIED: dict[str, dict[str, Any]] = {
    "another encoding": {"encoding": "cp1252"},
    "of several bytes": {"encoding": "utf-16"},
    "decimal commas": {"encoding": "utf-8", "delimiter": ";"},
    "both": {"encoding": "cp1252", "delimiter": ";"},
    "words for nothing": {"encoding": "utf-8", "null": ("note 7",)},
}


def put_copied(home: Home, case: str, *texts: str) -> None:
    """Inputs of which a copy is read."""
    for name, text in zip("abc", texts, strict=False):
        encoding = COPIED[case]["encoding"]
        is_german = case in {"decimal commas", "both"}
        home.put(f"{name}.csv", german(text).decode("cp1252").encode(encoding) if is_german else text.encode(encoding))


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("case", COPIED)
def test_a_copy_is_read_in_one_pass_too(home: Home, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    put_copied(home, case, f"{HEADER}\n{rows(900)}", f"{HEADER}\n{rows(300, 2)}")
    config = job(home, **COPIED[case])
    expected = in_two_passes(home, monkeypatch, config)
    reports: list[ProgressReport] = []
    run(config, reports.append, runner=InlineRunner(3))
    assert left(home) == expected
    assert phases(reports) == ["convert"]


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("case", COPIED)
@pytest.mark.parametrize("broken", ["MILK,1\n", 'a"b,1,2.5,\n', "MILK,1,2.5,\0\n"])
def test_a_broken_row_of_a_copy_is_named_as_ever(
    home: Home, monkeypatch: pytest.MonkeyPatch, case: str, broken: str
) -> None:
    put_copied(home, case, f"{HEADER}\n{rows(900)}{broken}{rows(50, 2)}")
    said = []
    for unsettled in (False, True):
        monkeypatch.setattr(start, "may_be_unsettled", lambda _, unsettled=unsettled: unsettled)
        with pytest.raises(EtlError) as caught:
            run(job(home, **COPIED[case]), runner=InlineRunner(3))
        said.append((type(caught.value), str(caught.value), caught.value.what_to_do))
    assert said[0] == said[1]
    assert "row 901" in said[0][1]


@pytest.mark.usefixtures("inline")
def test_a_byte_that_is_not_of_the_encoding_is_named(home: Home) -> None:
    content = german(f"{HEADER}\n{rows(900)}MILK,1,2.5,x\n{rows(50, 2)}").replace(b"2,5;x", b"2,5;\x81")
    home.put("a.csv", content)
    with pytest.raises(EtlError, match=rf"row 901.* not cp1252 at byte {content.index(0x81)}"):
        run(job(home, encoding="cp1252", delimiter=";"), runner=InlineRunner(3))


@pytest.mark.usefixtures("inline")
def test_a_copy_of_which_the_pass_is_given_up_is_made_again_when_the_first_is_gone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsettled_csv, "_HEAD_BYTES", 2 * KIB)
    held: list[int] = []
    made = spool.unnamed_file

    def counted(folder: Any) -> int:  # noqa: ANN401 - a place
        held.append(sum(".spool." in target for _, target in open_files()))
        return made(folder)

    monkeypatch.setattr(transcoding, "unnamed_file", counted)
    home.put("a.csv", f"{HEADER}\n{rows(800)}MILK,x,1.5,\n".encode("cp1252"))
    expected = in_two_passes(home, monkeypatch, job(home, encoding="cp1252"))
    reports: list[ProgressReport] = []
    run(job(home, encoding="cp1252"), reports.append, runner=InlineRunner())
    assert left(home) == expected
    assert phases(reports) == ["convert", "check"]
    assert len(held) == 3
    assert held[1] == held[2]


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("why", ["line ends", "digits"])
def test_what_a_copy_alone_can_tell_takes_two_passes(home: Home, why: str) -> None:
    if why == "line ends":
        home.put("a.csv", f"{HEADER}\n{rows(50)}".replace("\n", "\r").encode())
    else:
        home.put("a.csv", b"product;quantity;value;note\n" + b"MILK;1;12345678901234,567890;\n" * 50)
    reports: list[ProgressReport] = []
    run(job(home), reports.append, runner=InlineRunner())
    assert phases(reports) == ["check", "convert"]


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("behind", [1, 200])
def test_rows_that_do_not_end_in_what_is_read_with_their_span(
    home: Home, monkeypatch: pytest.MonkeyPatch, behind: int
) -> None:
    put(home, f"{HEADER}\n{rows(900)}")
    expected = in_two_passes(home, monkeypatch, job(home))
    monkeypatch.setattr(unsettled_csv, "_BEHIND_BYTES", behind)
    run(job(home), runner=InlineRunner())
    assert left(home) == expected


@pytest.mark.usefixtures("inline")
def test_more_rows_in_a_span_than_were_likely(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the last one they are short, elsewhere they are long."""
    long = "".join(f"MILK,{number % 9},2.5,{'x' * 200}\n" for number in range(9_700))
    put(home, f"{HEADER}\n{long}" + "A,2,0.5,\n" * 600)
    monkeypatch.setattr(unsettled_csv, "_FEW_ROWS", 0)
    config = home.config(chunk_bytes=64 * KIB, sample_frac=0.1)
    expected = in_two_passes(home, monkeypatch, config)
    reports: list[ProgressReport] = []
    run(config, reports.append, runner=InlineRunner())
    assert left(home) == expected
    assert phases(reports) == ["convert"]


@pytest.mark.usefixtures("inline")
def test_what_a_wrong_guess_escaped_is_not_counted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a cell stands what looks like rows, for long enough."""
    inner = "=1,2,3,n\n" * 6_000
    put(home, f'{HEADER}\nMILK,1,2,"{inner}"\n{rows(900)}')
    config = home.config(chunk_bytes=32 * KIB, sample_frac=0.1)
    expected = in_two_passes(home, monkeypatch, config)
    run(config, runner=InlineRunner())
    assert left(home) == expected


@pytest.mark.usefixtures("inline")
def test_long_inputs_whose_rows_are_estimated(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample is planned for more rows than there are, and cut at the end."""
    lines = "".join(f"{'abcdefgh'[number % 8]},{number % 7},{number}.25,{number}\n" for number in range(150_000))
    put(home, f"{HEADER}\n{lines}")
    config = home.config(chunk_bytes=256 * KIB, sample_frac=0.01)
    expected = in_two_passes(home, monkeypatch, config)
    reports: list[ProgressReport] = []
    run(config, reports.append, runner=InlineRunner())
    assert left(home) == expected
    assert phases(reports) == ["convert"]


AGAIN = {
    "a float among integers": rows(400, value="7") + rows(400, 2),
    "a text late in a measure": rows(800) + "MILK,x,1.5,\n",
    "other ends of lines": rows(800) + rows(3, 2, "\r\n"),
    "values behind nulls": ",,,\n" * 1_000 + rows(400),
}


def _is_checked_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pass is given up, and what is left is that of two passes."""
    expected = in_two_passes(home, monkeypatch, job(home))
    reports: list[ProgressReport] = []
    run(job(home), reports.append, runner=InlineRunner())
    assert left(home) == expected
    assert phases(reports) == ["convert", "check"]
    assert any("all are checked, then converted" in report.note for report in reports)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("case", AGAIN)
def test_rows_that_are_not_as_the_first_are_checked_before(
    home: Home, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr(unsettled_csv, "_HEAD_BYTES", 2 * KIB)
    put(home, f"{HEADER}\n{AGAIN[case]}")
    _is_checked_before(home, monkeypatch)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("wrong", [(0, 899), (901, 2_000)])
def test_more_rows_or_fewer_than_the_sample_was_planned_for(
    home: Home, monkeypatch: pytest.MonkeyPatch, wrong: tuple[int, int]
) -> None:
    monkeypatch.setattr(unsettled_csv, "_probable_rows", lambda _: wrong)
    put(home, f"{HEADER}\n{rows(900)}")
    _is_checked_before(home, monkeypatch)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("value", ["x", '""'])
def test_a_measure_that_was_named_and_is_late_no_number_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr(unsettled_csv, "_HEAD_BYTES", 2 * KIB)
    put(home, f"{HEADER}\n{rows(800)}MILK,{value},1.5,\n")
    (home.output / "out.csv").write_text("old")
    with pytest.raises(ConfigError, match=r"--measures: column 'quantity' of .* does not hold numbers only"):
        run(job(home, measures=("quantity",)), runner=InlineRunner())
    assert [path.name for path in home.output.iterdir() if not path.name.endswith(".lock")] == ["out.csv"]


BROKEN = {
    "cells": "MILK,1\n",
    "quote": 'a"b,1,2,\n',
    "unclosed": 'MILK,1,2,"\n',
    "no text": "MILK,1,2,\0\n",
    "after a quote": '"MILK"x,1,2,\n',
}


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("place", [0, 400, 1_400])
def test_the_first_broken_row_is_named_as_ever_and_nothing_is_left(
    home: Home, monkeypatch: pytest.MonkeyPatch, kind: str, place: int
) -> None:
    lines = rows(place) + BROKEN[kind] + rows(1_500 - place, 3) + BROKEN["cells"] + rows(100, 4)
    put(home, f"{HEADER}\n{rows(200, 5)}", f"{HEADER}\n{lines}")
    (home.output / "out.csv").write_text("old")
    said = []
    for unsettled in (False, True):
        monkeypatch.setattr(start, "may_be_unsettled", lambda _, unsettled=unsettled: unsettled)
        with pytest.raises(EtlError) as caught:
            run(job(home), runner=InlineRunner(3))
        said.append((type(caught.value), str(caught.value), caught.value.what_to_do, caught.value.exit_code))
        assert {path.name for path in home.output.iterdir() if not path.name.endswith(".lock")} == {"out.csv"}
        assert (home.output / "out.csv").read_text() == "old"
    assert said[0] == said[1]


def test_a_row_that_is_broken_late_stops_all_and_frees_the_disk(home: Home) -> None:
    put(home, f"{HEADER}\n{rows(20_000)}MILK,1\n{rows(2_000, 2)}")
    most = [0]

    def watch(report: ProgressReport) -> None:
        most[0] = max(most[0], *(path.stat().st_size for path in home.output.glob(".out.csv.part.*")), 0)
        assert report.done_bytes <= report.total_bytes

    with pytest.raises(BadRow, match=r"a\.csv, row 20001 \(at byte \d+\): 2 cells, 4 expected"):
        run(job(home, workers=2, measures=()), watch)
    assert most[0] > 100_000, "it had been written, hidden"
    assert [path.name for path in home.output.iterdir() if not path.name.endswith(".lock")] == []


def test_any_number_of_workers_gives_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, f"{HEADER}\n{rows(3_000)}", f"{HEADER}\n{rows(900, 2)}")
    expected = in_two_passes(home, monkeypatch, job(home))
    for workers in (1, 3):
        run(job(home, workers=workers))
        assert left(home) == expected
        wiped(home)


def _interrupted(home: Home, config: JobConfig, spans: int) -> None:
    with pytest.raises(Cancelled):
        run(config, runner=CrashAfter(spans, InlineRunner(), Cancelled("told to stop")))
    assert (home.output / ".out.csv.journal").exists()


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("spans", range(1, SPANS))
@pytest.mark.parametrize("before", [True, False], ids=["one pass", "two passes"])
def test_a_job_goes_on_as_it_began(home: Home, monkeypatch: pytest.MonkeyPatch, spans: int, before: bool) -> None:
    """Those that were begun by a version that knew two passes only, too."""
    put(home, f"{HEADER}\n{rows(900)}", f"{HEADER}\n{rows(700, 2)}")
    config = job(home, workers=1)
    expected = in_two_passes(home, monkeypatch, config)
    assert len(expected["out.csv"]) // (4 * KIB) >= SPANS - 1
    with monkeypatch.context() as patch:
        patch.setattr(start, "may_be_unsettled", lambda _: before)
        _interrupted(home, config, spans)
    reports: list[ProgressReport] = []
    run(replace(config, resume=True, workers=2), reports.append, runner=InlineRunner(3))
    assert left(home) == expected
    told = next(report.note for report in reports if report.note)
    done = re.fullmatch(r"Resuming job \S+: ([\d,]+)( of 1,600)? rows are already done", told)
    assert done
    assert (done[2] is None) == before
    first = next(report for report in reports if report.phase == "convert")
    assert (first.rows, first.done_bytes > 0) == (int(done[1].replace(",", "")), True)
    assert reports[-1].done_bytes == reports[-1].total_bytes


@pytest.mark.usefixtures("inline")
def test_a_journal_whose_spans_do_not_follow_each_other_is_believed_up_to_there(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, f"{HEADER}\n{rows(900)}")
    config = job(home)
    expected = in_two_passes(home, monkeypatch, config)
    _interrupted(home, config, 5)
    journal = home.output / ".out.csv.journal"
    lines = [json.loads(line[9:]) for line in journal.read_bytes().splitlines()]
    lines[3]["span"][2] += 1
    content, crc = b"", 0
    for line in lines:
        body = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        crc = zlib.crc32(body, crc)
        content += b"%08x " % crc + body
    journal.write_bytes(content)
    reports: list[ProgressReport] = []
    run(replace(config, resume=True), reports.append, runner=InlineRunner())
    assert left(home) == expected
    done = lines[2]["span"]
    assert f": {done[4] + done[5]:,} rows are already done" in next(report.note for report in reports if report.note)

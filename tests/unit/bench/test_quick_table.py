"""What a row costs, from two sizes."""

from __future__ import annotations

import pytest

from tests.bench.speed.quick_table import (
    FULL,
    GERMAN,
    NATIVE,
    OF_DISPLAY,
    PACKED,
    UNPACKING,
    Share,
    parted,
    quick_text,
)


def test_a_line_through_both_sizes() -> None:
    share = parted(100_000, [0.52], 2_100_000, [0.92])
    assert share.row_seconds == pytest.approx(200e-9)
    assert share.fixed_seconds == pytest.approx(0.5)


def test_the_least_of_each_size_counts() -> None:
    quiet, busy = parted(1, [1.0], 11, [2.0]), parted(1, [7.0, 1.0, 3.0], 11, [2.0, 9.0])
    assert busy == quiet


def test_one_tree_has_one_line_for_a_job() -> None:
    assert quick_text({"BIN to CSV": {"main": Share(205.04e-9, 0.7404)}}, 5).splitlines() == [
        "CPU time of all processes, the least of 5 rounds",
        "                      tree              ns a row   fixed s",
        "BIN to CSV            main                 205.0     0.740",
    ]


def test_two_trees_make_a_pair() -> None:
    shares = {"before": Share(200e-9, 0.5), "after": Share(100e-9, 0.55)}
    assert quick_text({"CSV to CSV": shares}, 3).splitlines()[2:] == [
        "CSV to CSV            before               200.0     0.500",
        "CSV to CSV            after                100.0     0.550",
        "                      second / first       0.500     1.100",
    ]


def test_a_dialect_is_set_beside_the_plain_one_and_unpacking_beside_its_job() -> None:
    ns = {"CSV to CSV": 200, GERMAN: 300, PACKED: 250, UNPACKING: 50}
    lines = quick_text({job: {"main": Share(row * 1e-9, 0.5)} for job, row in ns.items()}, 3).splitlines()
    assert [line.split() for line in lines if " x " in line] == [
        ["x", "CSV", "to", "CSV", "1.500"],
        ["x", "CSV", "to", "CSV", "1.250"],
        ["x", "CSV.gz", "to", "CSV", "0.200"],
    ]


def test_records_of_digits_are_set_beside_native_ones_by_the_bytes_that_are_read_in_a_second() -> None:
    shares = {NATIVE: Share(100e-9, 0.5, row_bytes=64), OF_DISPLAY: Share(200e-9, 0.5, row_bytes=96)}
    assert quick_text({job: {"main": share} for job, share in shares.items()}, 3).splitlines()[2:] == [
        "BIN to CSV, no sample main                 100.0     0.500       640 MB/s",
        "DISPLAY, no sample    main                 200.0     0.500       480 MB/s",
        "                      MB/s x BIN to CSV, no sample   0.750",
    ]
    assert parted(1, [1.0], 11, [2.0], 64).speed == pytest.approx(640)


def test_of_a_profile_it_is_said_what_it_costs_alone() -> None:
    shares = {NATIVE: Share(100e-9, 0.5), FULL: Share(184.04e-9, 0.5)}
    assert quick_text({job: {"main": share} for job, share in shares.items()}, 3).splitlines()[3:] == [
        "BIN, full profile     main                 184.0     0.500",
        "                      profile alone         84.0",
    ]

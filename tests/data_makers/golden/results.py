"""Results of jobs that never ran, the same in every process: for the report's golden file and its tests."""

from __future__ import annotations

import math
import random
from pathlib import Path

from etl_batch.config import JobConfig
from etl_batch.values import (
    MIB,
    Actor,
    InputSummary,
    JobResult,
    OutputSummary,
    Phase,
    Profile,
    ProfilePoint,
    StratumEstimate,
    TotalEstimate,
)

HOSTILE = '"><script>alert(1)</script>\u202egnp.exe\u0000=1+1&amp;<!-- ]]> {{ 7*7 }} ' + "\u0301" * 9 + "x" * 4096
_NAMES = (
    "GASOLINE", "COUPON/MISC ITEMS", "SOFT DRINKS", "FLUID MILK PRODUCTS", "BEEF", "CHEESE", "FRZN MEAT/MEAT DINNERS",
    "BAG SNACKS", "BAKED BREAD/BUNS/ROLLS", "FROZEN PIZZA", "BEERS/ALES", "YOGURT", "(null)", "TROPICAL FRUIT",
    "Käse & Brot", "日本の緑茶とお菓子の詰め合わせ", "الألبان والأجبان", "=HYPERLINK(\"http://x\")", HOSTILE,
)  # fmt: skip


def config(**more: object) -> JobConfig:
    """The configuration of the job."""
    given: dict[str, object] = {
        "home": Path("/srv/etl"),
        "inputs": ("data/transactions.bin",),
        "actor": Actor(name="ana", os_user="etl"),
        "output_csv": "output/data.csv",
        "output_parquet": "output/data.parquet",
        "workers": 2,
    }
    return JobConfig(**(given | more))  # type: ignore[arg-type]


def strata(count: int, seed: int, confidence: float = 0.95) -> tuple[StratumEstimate, ...]:
    """Strata of falling size, some of them missed, counted or without an interval."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        population = max(1, int(440_000 / (number + 1) ** 1.3))
        sample = min(population, max(2, int(0.55 * math.sqrt(population))))
        exact = population * (1.5 + draw.random() * 4)
        spread = 0.0 if sample == population else exact * 0.9 / math.sqrt(sample)
        total = exact + spread * draw.gauss(0, 1)
        known = sample > 1 or sample == population
        half = 1.96 * spread * (confidence / 0.95)
        found.append(
            StratumEstimate(
                stratum=_NAMES[number] if number < len(_NAMES) else f"CATEGORY {number}",
                population=population,
                sample=sample,
                total=total,
                std_error=spread if known else None,
                ci_low=total - half if known else None,
                ci_high=total + half if known else None,
                exact_total=exact,
            )
        )
    return tuple(found)


def estimate(measure: str, count: int, seed: int, *, warnings: tuple[str, ...] = ()) -> TotalEstimate:
    """A measure with so many strata."""
    parts = strata(count, seed)
    total = math.fsum(one.total for one in parts)
    std_error = math.sqrt(math.fsum((one.std_error or 0.0) ** 2 for one in parts))
    return TotalEstimate(
        measure=measure,
        total=total,
        std_error=std_error,
        df=812.4,
        confidence=0.95,
        ci_low=total - 1.9629 * std_error,
        ci_high=total + 1.9629 * std_error,
        exact_total=math.fsum(one.exact_total or 0.0 for one in parts),
        rows_population=sum(one.population for one in parts),
        rows_sampled=sum(one.sample for one in parts),
        method="stratified, Satterthwaite t, Hall's transform",
        warnings=warnings,
        strata=parts,
    )


def profile(points: int, cores: int = 2, *, gpu: bool = False) -> Profile:
    """A job that reads, works and writes in waves."""
    draw = random.Random(4)
    made = []
    for number in range(points):
        at = number / max(points - 1, 1)
        made.append(
            ProfilePoint(
                seconds=round(0.2 * (number + 1), 3),
                cpu_percent=tuple(
                    round(min(100.0, max(0.0, 12 + 80 * min(1.0, 8 * at) * (at < 0.93) + draw.gauss(0, 7))), 1)
                    for _ in range(cores)
                ),
                rss_bytes=int(1e8 + 7e8 * min(1.0, 6 * at) + draw.random() * 4e7),
                read_mb_s=round(max(0.0, 300 * (at < 0.9) + draw.gauss(0, 40)), 3),
                write_mb_s=round(max(0.0, 180 + 90 * math.sin(18 * at) + draw.gauss(0, 15)), 3),
                gpu_percent=round(50 + 40 * math.sin(9 * at), 1) if gpu else None,
                gpu_memory_bytes=int(2e9) if gpu else None,
            )
        )
    return Profile(
        interval_seconds=0.2, memory_bytes=16_000_000_000, gpu="2 x Example GPU" if gpu else None, points=tuple(made)
    )


def result(**more: object) -> JobResult:
    """A job that went well, with two measures."""
    quantity = estimate("quantity", 300, 7, warnings=("one row supplies 14 % of the variance",))
    rows = quantity.rows_population
    given: dict[str, object] = {
        "job_id": "20251115T101530Z-0a1b2c",
        "actor": Actor(name="ana", os_user="etl"),
        "started_at": "2025-11-15T10:15:30.000000Z",
        "finished_at": "2025-11-15T10:15:43.250000Z",
        "inputs": (InputSummary(Path("/srv/etl/data/transactions.bin"), "bin", rows * 64, rows),),
        "outputs": (
            OutputSummary(Path("/srv/etl/output/data.csv"), "csv", 96_775_204, rows, "3740a45b970f9242" * 4),
            OutputSummary(Path("/srv/etl/output/data.parquet"), "parquet", 16_220_011, rows, "0123456789abcdef" * 4),
        ),
        "rows_in": rows,
        "rows_out": rows,
        "rows_quarantined": 0,
        "cells_escaped": 17,
        "phases": (Phase("plan", 0.412), Phase("convert", 11.9), Phase("publish", 0.93)),
        "throughput_mb_s": 7.1,
        "peak_rss_bytes": 843 * MIB,
        "cpu_seconds": 22.31,
        "versions": {
            "etl_batch": "2.0.0",
            "python": "3.11.7",
            "numba": "0.68.1",
            "numpy": "2.4.6",
            "pyarrow": "26.0.1",
        },
        "estimates": (quantity, estimate("value", 300, 8)),
        "profile": profile(64),
        "metadata_path": Path("/srv/etl/output/data.csv.meta.json"),
    }
    return JobResult(**(given | more))  # type: ignore[arg-type]

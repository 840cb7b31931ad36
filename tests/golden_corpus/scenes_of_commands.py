# ruff: noqa: E501 - a command is one line
"""The scenes of everything else: broken CSV, refusals, estimates, jobs, the audit log, and every page of help."""

from __future__ import annotations

import os
from pathlib import Path

from tests.golden_corpus import binary_inputs, csv_inputs, parquet_inputs
from tests.golden_corpus.scene import Scene, Step, ask, run

_QUARANTINE = "--on-bad-row quarantine"

BROKEN_CSV = Scene(
    "broken csv",
    csv_inputs.make,
    (
        run("strict", "-i data/broken.csv -o output/s.csv"),
        run("quarantine", f"-i data/broken.csv -o output/b.csv -p output/b.parquet {_QUARANTINE} --chunk-bytes 1500", suite=True),
        run("two workers", f"-i data/broken.csv -o output/b2.csv {_QUARANTINE} --chunk-bytes 700 -w 2"),
        run("too many", "-i data/broken.csv -o output/b3.csv --max-bad-rows 5%"),
        run("allowed", "-i data/broken.csv -o output/b4.csv --max-bad-rows 40% --no-escape"),
        run("strict and a limit", "-i data/broken.csv -o output/b5.csv --max-bad-rows 5 --on-bad-row strict"),
        run("check", "-i data/broken.csv --check"),
        run("check json", f"-i data/broken.csv --check --json {_QUARANTINE}"),
        run("types strict", "-i data/broken_types.csv -o output/t.csv --types price=decimal(8,1),day=date"),
        run("types", f"-i data/broken_types.csv -o output/t.csv -p output/t.parquet --types price=decimal(8,1),day=date {_QUARANTINE}", suite=True),
        run("latin", f"-i data/broken_latin.csv -o output/l.csv --encoding latin-1 {_QUARANTINE}"),
        run("ascii", f"-i data/broken_ascii.csv -o output/a.csv --encoding ascii {_QUARANTINE}"),
        run("cr", f"-i data/broken_cr.csv -o output/cr.csv {_QUARANTINE}"),
        run("all bad", f"-i data/all_bad.csv -o output/all.csv {_QUARANTINE}"),
        *(
            run(f"refused {name}", f"-i data/{name}.csv -o output/r.csv")
            for name in (
                "all_bad", "empty", "blank", "twice", "width", "delimiter", "nul_header", "bad_header",
                "utf16_unnamed", "no_text", "not_utf8", "latin",
            )
        ),
    ),
)  # fmt: skip


def _make_refused(home: Path) -> None:
    data, output = home / "data", home / "output"
    binary_inputs.put(home, "x.bin", binary_inputs.shop_records(1), binary_inputs.SHOP_LAYOUT)
    binary_inputs.put(home, "short.bin", binary_inputs.shop_records(1) + b"x", binary_inputs.SHOP_LAYOUT)
    binary_inputs.put(home, "empty.bin", b"", binary_inputs.SHOP_LAYOUT)
    binary_inputs.put(home, "notes.txt", b"hello")
    fields = {
        "bad.toml": 'record_size = 4\n[[field]]\nname = "a"\ntype = "u64"\n',
        "type.toml": 'record_size = 4\n[[field]]\nname = "a"\ntype = "u99"\n',
        "twice.toml": 'record_size = 4\n[[field]]\nname = "a"\ntype = "u8"\n[[field]]\nname = "a"\ntype = "u8"\n',
        "key.toml": 'record_size = 4\ncolour = 1\n[[field]]\nname = "a"\ntype = "u8"\n',
        "broken.toml": "record_size = = 4\n",
        "none.toml": "record_size = 4\n",
    }
    for name, text in fields.items():
        (data / name).write_text(text)
    (data / "alone").mkdir()
    (data / "alone" / "y.bin").write_bytes(b"1234")
    (data / "nothing").mkdir()
    (data / "link.bin").symlink_to(data / "x.bin")
    (data / "original.bin").write_bytes(b"1")
    (data / "hard.bin").hardlink_to(data / "original.bin")
    os.mkfifo(data / "fifo.bin")
    os.mkfifo(output / "pipe")
    (output / "link.csv").symlink_to(output / "elsewhere.csv")
    (output / "folder").mkdir()
    csv_inputs.put(home, "x.csv", "product,quantity,value\nMILK,1,2.5\n")


_REFUSED = (
    "-i ../../secret.bin", "-i /etc/passwd", "-i data/missing.bin", "-i data/link.bin", "-i data/hard.bin",
    "-i data/fifo.bin", "-i data/empty.bin", "-i data/short.bin", "-i data/notes.txt", "-i data/alone/y.bin",
    "-i data/x.bin --layout data/bad.toml", "-i data/x.bin --layout data/type.toml",
    "-i data/x.bin --layout data/twice.toml", "-i data/x.bin --layout data/key.toml",
    "-i data/x.bin --layout data/broken.toml", "-i data/x.bin --layout data/none.toml",
    "-i data/x.bin --layout data/missing.toml", "-i data/nothing", "-i data/x.bin --max-size-gb 0.00000001",
    "-i data/x.bin --max-size-gb -1", "-i data/x.bin -w 0", "-i data/x.bin -w many", "-i data/x.bin --no-such-flag",
    "-i data/x.bin -o data/out.csv", "-i data/x.bin -o output/link.csv", "-i data/x.bin -o output/folder",
    "-i data/x.bin -o output/pipe", "-i data/x.bin -p output/pipe/", "-i data/x.bin -o output/x/",
    "-i data/x.bin -o output", "-i data/x.bin -p output/", "-i data/x.bin --metadata output/m/",
    "-i data/x.bin -o output/a.csv -p output/a.csv", "-i data/x.bin -o output/a.csv --metadata output/a.csv",
    "-i data/x.bin -o output/a.html", "-i data/x.bin --report report/a.csv", "-i data/x.bin --chunk-bytes 0",
    "-i data/x.bin --chunk-bytes x", "-i data/x.bin --sample-frac 0", "-i data/x.bin --sample-frac 1.5",
    "-i data/x.bin --sample-max-rows 0", "-i data/x.bin --confidence 1", "-i data/x.bin --seed -1",
    "-i data/x.bin --measures product", "-i data/x.bin --measures nothing", "-i data/x.bin --measures a,,b",
    "-i data/x.bin --max-bad-rows many", "-i data/x.bin --max-bad-rows 101%", "-i data/x.bin --on-bad-row ignore",
    "-i data/x.bin --time-limit 0", "-i data/x.bin --memory-limit 0", "-i data/x.csv --delimiter ab",
    "-i data/x.csv --encoding nonsense", "-i data/x.csv --types value", "-i data/x.csv --types value=f99",
    "-i data/x.csv --types nothing=f64", "-i data/x.csv --types value=decimal(99,2)", "-i data/x.bin --types value=f64",
    "-i data/x.csv -i data/x.bin", "-i data/x.csv --home /nowhere", "-i data/x.csv --resume -o output/resumed.csv",
)  # fmt: skip

REFUSED = Scene(
    "refused",
    _make_refused,
    (
        *(
            Step(f"{number:02d} {flags.replace('/', ' ').replace('.', ' ')[:60].strip()}", ("core", "--quiet", *flags.split()), is_in_suite=number % 12 == 0)
            for number, flags in enumerate(_REFUSED)
        ),
        ask("no input", "core --quiet -i", ""),
        ask("hidden letters", "core --quiet -i", "data/a\u202eb.bin"),
        ask("unknown command", "conquer"),
        ask("jobs unknown", "jobs conquer"),
        ask("jobs show unknown", "jobs show nobody"),
        ask("jobs again unknown", "jobs again nobody"),
        ask("audit unknown", "audit conquer"),
        ask("estimate missing", "estimate data/missing.csv"),
        ask("estimate where", "estimate data/x.csv --where", "product ~ 1"),
        ask("estimate within", "estimate data/x.csv --error-within no"),
        ask("estimate measure", "estimate data/x.csv --measures nothing"),
        ask("preview csv", "preview data/x.csv"),
        ask("preview rows", "preview data/x.bin --rows 0"),
        ask("user without role", "user create ana"),
        ask("user unknown", "user disable nobody"),
        ask("demo data rows", "demo-data --rows 0"),
        ask("audit since", "audit tail --since yesterday"),
        ask("audit export", "audit export"),
    ),
)  # fmt: skip


def _make_estimates(home: Path) -> None:
    binary_inputs.put(home, "shop.bin", binary_inputs.shop_records(12_000), binary_inputs.SHOP_LAYOUT)
    csv_inputs.put(home, "shop.csv", csv_inputs.shop(9_000))
    csv_inputs.put(home, "semi.csv", csv_inputs.shop(300, delimiter=";"))
    csv_inputs.put(home, "broken.csv", csv_inputs.broken(100))
    import pyarrow.parquet as pq

    pq.write_table(parquet_inputs.shop(9_000), home / "data" / "shop.parquet", row_group_size=700)


ESTIMATES = Scene(
    "estimates",
    _make_estimates,
    (
        ask("bin", "estimate data/shop.bin", suite=True),
        ask("bin where", "estimate data/shop.bin --where", "product = 'MILK' and quantity between 1 and 5"),
        ask("bin json", "estimate data/shop.bin --measures value --strata paid --json"),
        ask("csv", "estimate data/shop.csv --sample-frac 0.2 --seed 4", suite=True),
        ask("csv exact", "estimate data/shop.csv --exact --strata product --measures quantity"),
        ask("csv where", "estimate data/shop.csv --json --where", "value is not null or note = 'x'"),
        ask("csv typed", "estimate data/shop.csv --types value=decimal(9,2) --measures value"),
        ask("csv semicolon", "estimate data/semi.csv --delimiter ; --measures value"),
        ask("csv broken", "estimate data/broken.csv --measures a"),
        ask("parquet", "estimate data/shop.parquet"),
        ask("parquet within", "estimate data/shop.parquet --error-within 10% --measures value --confidence 0.8"),
        ask("parquet where", "estimate data/shop.parquet --json --where", "product in ('MILK', 'BREAD') and not quantity > 4"),
        run("run", "-i data/shop.csv -o output/shop.csv --sample-frac 0.1"),
        ask("of the sample", "estimate output/shop.csv", suite=True),
        ask("of the sample where", "estimate output/shop.csv --where", "product = 'MILK'"),
        ask("of the sample json", "estimate output/shop.csv --json --measures quantity"),
    ),
)  # fmt: skip


_REPEATED = 150  #: so often, that a file is larger than those which are always read whole


def _make_large(home: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    binary_inputs.put(home, "large.bin", binary_inputs.shop_records(11_000) * _REPEATED, binary_inputs.SHOP_LAYOUT)
    header, _, body = csv_inputs.shop(16_000, texts=("MILK", "BREAD", "a,b", "=1")).partition("\n")
    csv_inputs.put(home, "large.csv", f"{header}\n" + body * 2 * _REPEATED)
    rows = 6_000_000
    numbers = np.random.default_rng(11).lognormal(2, 1, rows)
    columns = {"product": np.arange(rows) // 600_000, "quantity": (numbers * 7).astype(np.int32), "value": numbers}
    pq.write_table(pa.table(columns), home / "data" / "large.parquet", row_group_size=20_000, compression="none")


LARGE = Scene(
    "large estimates",
    _make_large,
    (
        ask("bin", "estimate data/large.bin --measures quantity,value"),
        ask("bin within", "estimate data/large.bin --error-within 1% --json --measures value --seed 3"),
        ask("csv", "estimate data/large.csv --types quantity=i32,value=f64"),
        ask("csv where", "estimate data/large.csv --json --where", "product = 'MILK' and quantity > 3"),
        ask("parquet", "estimate data/large.parquet"),
        ask("parquet where", "estimate data/large.parquet --json --sample-frac 0.02 --where", "quantity between 20 and 60"),
    ),
)  # fmt: skip


def _make_commands(home: Path) -> None:
    csv_inputs.put(home, "shop.csv", csv_inputs.shop(600))
    csv_inputs.put(home, "broken.csv", csv_inputs.broken(60))
    binary_inputs.put(home, "shop.bin", binary_inputs.shop_records(400), binary_inputs.SHOP_LAYOUT)


COMMANDS = Scene(
    "commands",
    _make_commands,
    (
        run("run csv", "-i data/shop.csv -o output/shop.csv -p output/shop.parquet --actor ana"),
        run("run bin", "-i data/shop.bin -o output/bin.csv --actor bob"),
        run("run refused", "-i data/broken.csv -o output/broken.csv --actor bob"),
        run("run set aside", "-i data/broken.csv -o output/broken.csv --max-bad-rows 20%"),
        run("run over", "-i data/shop.bin -o output/shop.csv --no-escape"),
        ask("jobs list", "jobs list"),
        ask("jobs list json", "jobs list --json"),
        ask("jobs list failed", "jobs list --state failed --limit 5 --offset 0"),
        ask("jobs list text", "jobs list --text broken"),
        ask("jobs show newest", "jobs show {job:0}"),
        ask("jobs show set aside", "jobs show {job:1} --json"),
        ask("jobs show refused", "jobs show {job:2}"),
        ask("jobs cancel what is over", "jobs cancel {job:0}"),
        ask("jobs resume what is done", "jobs resume {job:0}"),
        ask("jobs start", "jobs start -i data/shop.bin -o output/started.csv -w 1 --json"),
        ask("jobs watch", "jobs watch {job:0} --json"),
        ask("jobs again", "jobs again {job:4}"),
        ask("jobs watch again", "jobs watch {job:0}"),
        ask("jobs show again", "jobs show {job:0}"),
        ask("jobs list all", "jobs list --json"),
        Step("user create", ("user", "create", "grace", "--role", "auditor", "--password-stdin"), "correct horse 42 battery\n"),
        ask("user list", "user list"),
        ask("user role", "user role grace --role analyst"),
        ask("user disable", "user disable grace"),
        ask("user list json", "user list --json"),
        ask("audit tail", "audit tail -n 50"),
        ask("audit tail json", "audit tail -n 50 --json"),
        ask("audit tail user", "audit tail --user ana --action job_finished"),
        ask("audit tail refused", "audit tail --outcome refused"),
        ask("audit verify", "audit verify"),
        ask("audit verify json", "audit verify --json"),
        ask("audit export csv", "audit export --csv"),
        ask("audit export", "audit export"),
        ask("audit head", "audit head"),
        ask("audit prove", "audit prove 3"),
    ),
)  # fmt: skip

_HELPED = (
    "", "run", "jobs", "jobs start", "jobs list", "jobs show", "jobs watch", "jobs cancel", "jobs resume", "jobs again",
    "estimate", "preview", "user", "user create", "user list", "user role", "user disable", "user enable", "user reset",
    "user recovery-codes", "user end-sessions", "demo-data", "audit", "audit verify", "audit tail", "audit head",
    "audit export", "audit prove", "audit check-proof", "compile",
)  # fmt: skip

HELP = Scene(
    "help",
    _make_commands,
    (
        ask("nothing", ""),
        ask("version", "--version"),
        ask("jobs alone", "jobs"),
        ask("audit alone", "audit"),
        ask("core", "core --help"),
        *(ask(f"help of {name}".strip(), f"{name} --help") for name in _HELPED),
    ),
)

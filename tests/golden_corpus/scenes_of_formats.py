# ruff: noqa: E501 - a command is one line
"""The scenes of sound inputs: one for each format, and one for several of them at once."""

from __future__ import annotations

from pathlib import Path

from tests.golden_corpus import binary_inputs, csv_inputs, parquet_inputs
from tests.golden_corpus.scene import Scene, ask, run

_SHOP = "--measures quantity,value --strata product --sample-frac 0.1"

BINARY = Scene(
    "binary",
    binary_inputs.make,
    (
        run("shop", "-i data/shop.bin -o output/shop.csv -p output/shop.parquet --chunk-bytes 44000", suite=True),
        run("shop two workers", "-i data/shop.bin -o output/two.csv -p output/two.parquet --chunk-bytes 44000 -w 2"),
        run("shop one chunk", "-i data/shop.bin -o output/chunk.csv -p output/chunk.parquet"),
        run("shop odd chunks", "-i data/shop.bin -o output/odd.csv --chunk-bytes 7777 -w 2 --seed 7 --sample-frac 0.05"),
        run("shop again over the first", "-i data/shop.bin -o output/shop.csv --seed 3 --sample-max-rows 300 --confidence 0.9"),
        run("shop parts", "-i data/shop.bin -p output/parts/ --chunk-bytes 100000 --measures -"),
        run("shop by paid", "-i data/shop.bin -o output/paid.csv --strata paid --measures value --sample-frac 0.02 --json"),
        run("shop all sampled", "-i data/shop.bin -o output/all.csv --sample-frac 1 --quiet"),
        run("shop without strata of that name", "-i data/shop.bin -o output/none.csv --strata nothing"),
        run("shop without escapes", "-i data/shop.bin -o output/plain.csv --no-escape --bom"),
        run("few", "-i data/few.bin -o output/few.csv -p output/few.parquet --json --quiet", suite=True),
        run("ebcdic", "-i data/ebcdic.bin -o output/e.csv -p output/e.parquet --chunk-bytes 50000 --measures money,zoned,i32 --strata flag", suite=True),
        run("latin", "-i data/latin.bin -o output/l.csv -p output/l.parquet --measures packed,f32,wide --strata text -w 2 --chunk-bytes 30000"),
        run("layout by name", "-i data/shop.bin -o output/named.csv --layout data/other.toml --measures price"),
        run("own metadata and report", "-i data/few.bin -o output/own.csv --metadata output/own.json --report report/own.html --actor ana"),
        run("check", "-i data/shop.bin -o output/shop.csv -p output/new.parquet --check"),
        run("check json", "-i data/ebcdic.bin --check --json --quiet"),
        ask("preview", "preview data/ebcdic.bin --rows 4", suite=True),
        ask("preview json", "preview data/latin.bin --rows 2 --json"),
        ask("preview broken", "preview data/broken.bin --rows 20"),
        run("broken strict", "-i data/broken.bin -o output/b.csv", suite=True),
        run("broken whole strict", "-i data/broken_whole.bin -o output/bw.csv --chunk-bytes 600 -w 2"),
        run("broken quarantine", "-i data/broken.bin -o output/b.csv -p output/b.parquet --on-bad-row quarantine --chunk-bytes 5000", suite=True),
        run("broken two workers", "-i data/broken.bin -o output/b2.csv --on-bad-row quarantine --chunk-bytes 3000 -w 2"),
        run("broken some", "-i data/broken.bin -o output/b3.csv --max-bad-rows 100"),
        run("broken too many", "-i data/broken.bin -o output/b4.csv --max-bad-rows 20"),
        run("broken too large a share", "-i data/broken.bin -o output/b5.csv --max-bad-rows 1%"),
        run("broken check", "-i data/broken.bin --check --on-bad-row quarantine"),
        run("text not utf-8", "-i data/utf8.bin -o output/u.csv --on-bad-row quarantine"),
        run("text not utf-8 strict", "-i data/utf8.bin -o output/u2.csv"),
        run("no good row", "-i data/bad.bin -o output/bad.csv --on-bad-row quarantine"),
        run("years", "-i data/years.bin -o output/y.csv --on-bad-row quarantine --no-escape"),
    ),
)  # fmt: skip

CSV = Scene(
    "csv",
    csv_inputs.make,
    (
        run("shop", f"-i data/shop.csv -o output/shop.csv -p output/shop.parquet --chunk-bytes 30000 {_SHOP}", suite=True),
        run("shop two workers", f"-i data/shop.csv -o output/two.csv -p output/two.parquet --chunk-bytes 30000 -w 2 {_SHOP}"),
        run("shop only csv", "-i data/shop.csv -o output/only.csv --chunk-bytes 11111"),
        run("shop only parquet", "-i data/shop.csv -p output/only.parquet --types value=f64,quantity=i16"),
        run("crlf", "-i data/crlf.csv -o output/crlf.csv -p output/crlf.parquet --chunk-bytes 20000"),
        run("cr", "-i data/cr.csv -o output/cr.csv --chunk-bytes 5000"),
        run("semicolon by sep", "-i data/semicolon.csv -o output/semi.csv"),
        run("semicolon by flag", "-i data/semicolon.csv -o output/semi2.csv --delimiter ; --measures -"),
        run("tab", "-i data/tab.csv -o output/tab.csv --delimiter tab"),
        run("pipe", "-i data/pipe.csv -o output/pipe.csv --delimiter | --types quantity=i32,value=decimal(12,2)"),
        run("latin", "-i data/latin.csv -o output/latin.csv -p output/latin.parquet --encoding latin-1 --chunk-bytes 9000", suite=True),
        run("utf-16", "-i data/utf16.csv -o output/utf16.csv --encoding utf-16 -w 2 --chunk-bytes 9000"),
        run("ebcdic", "-i data/ebcdic.csv -o output/ebcdic.csv --encoding cp037"),
        run("bom", "-i data/bom.csv -o output/bom.csv --bom"),
        run("mixed ends", "-i data/mixed_ends.csv -o output/mixed.csv --on-bad-row quarantine"),
        run("one column", "-i data/one.csv -o output/one.csv -p output/one.parquet --measures only --strata only"),
        run("header alone", "-i data/header.csv -o output/header.csv -p output/header.parquet"),
        run("no end", "-i data/no_end.csv -o output/no_end.csv"),
        run("odd names", "-i data/odd_names.csv -o output/odd.csv -p output/odd.parquet"),
        run("typed", f"-i data/typed.csv -o output/typed.csv -p output/typed.parquet --types {csv_inputs.TYPES} --measures money,f --strata b --chunk-bytes 40000", suite=True),
        run("inferred", "-i data/typed.csv -o output/inferred.csv -p output/inferred.parquet -w 2 --chunk-bytes 40000"),
        run("advice", "-i data/advice.csv -p output/advice.parquet"),
        run("without escapes", "-i data/shop.csv -o output/plain.csv --no-escape"),
        run("many", "-i data/shop.csv -i data/crlf.csv -o output/many.csv -p output/many.parquet"),
        run("check", "-i data/shop.csv --check"),
        run("output as input", "-i output/shop.csv -o output/twice.csv"),
    ),
)  # fmt: skip

PARQUET = Scene(
    "parquet",
    parquet_inputs.make,
    (
        run("shop", f"-i data/shop.parquet -o output/shop.csv -p output/shop.parquet {_SHOP} --chunk-bytes 20000", suite=True),
        run("shop two workers", f"-i data/shop.parquet -o output/two.csv -p output/two.parquet {_SHOP} -w 2"),
        run("every", "-i data/every.parquet -o output/every.csv -p output/every.parquet --measures money,f64 --strata text", suite=True),
        run("every small chunks", "-i data/every.parquet -o output/every2.csv -p output/parts/ --chunk-bytes 10000 -w 2"),
        run("plain", "-i data/plain.parquet -o output/plain.csv -p output/plain.parquet --no-escape"),
        run("no rows", "-i data/no_rows.parquet -o output/no.csv -p output/no.parquet"),
        run("out of range strict", "-i data/range.parquet -o output/r.csv"),
        run("out of range", "-i data/range.parquet -o output/r.csv -p output/r.parquet --on-bad-row quarantine", suite=True),
        run("int96", "-i data/int96.parquet -o output/i.csv -p output/i.parquet --on-bad-row quarantine"),
        run("check", "-i data/every.parquet --check"),
        run("check bad", "-i data/range.parquet --check --json"),
        *(
            run(f"damaged {name}", f"-i data/{name}.parquet -o output/d.csv --on-bad-row quarantine")
            for name in ("cut", "no_end", "magic", "length", "footer", "page", "tiny", "nothing", "text", "twice")
        ),
        run("other columns", "-i data/shop.parquet -i data/narrow.parquet -o output/o.csv"),
    ),
)  # fmt: skip


def _make_mixed(home: Path) -> None:
    layout = binary_inputs.SHOP_LAYOUT.replace("null = -99", "")
    shop = layout[: layout.index('[[field]]\nname = "paid"')].split('[[field]]\nname = "id"')
    only = shop[0].replace("44", "24") + shop[1].partition("[[field]]")[1] + shop[1].partition("[[field]]")[2]
    start = only.index('[[field]]\nname = "sold_at"')
    only = only[:start] + only[only.index('[[field]]\nname = "quantity"') :]
    records = binary_inputs.shop_records(500)
    rows = (records[at : at + 44] for at in range(0, len(records), 44))
    binary_inputs.put(home, "a.bin", b"".join(row[4:16] + row[24:36] for row in rows), only)
    lines = csv_inputs.shop(400, texts=("MILK", "=1")).splitlines()
    csv_inputs.put(home, "b.csv", "".join(line.rpartition(",")[0] + "\n" for line in lines))
    table = parquet_inputs.shop(300)
    import pyarrow.parquet as pq

    pq.write_table(table, home / "data" / "c.parquet")
    pq.write_table(table.slice(0, 50), home / "data" / "d.parquet")
    (home / "data" / "notes.txt").write_text("not an input")


MIXED = Scene(
    "mixed",
    _make_mixed,
    (
        run("csv and csv", "-i data/b.csv -i data/b.csv -o output/bb.csv -p output/bb.parquet"),
        run("bin and csv", "-i data/a.bin -i data/b.csv -o output/ab.csv -p output/ab.parquet --chunk-bytes 3000 -w 2", suite=True),
        run("parquet and csv", "-i data/c.parquet -i data/b.csv -o output/cb.csv -p output/cb.parquet"),
        run("all by name", "-i data/c.parquet -i data/d.parquet -i data/b.csv -i data/a.bin -o output/all.csv -p output/all/"),
        run("the folder", "-i data -o output/folder.csv -p output/folder.parquet --chunk-bytes 5000"),
        run("the folder by itself", "--measures quantity --json"),
        run("types beside a layout", "-i data/a.bin -i data/b.csv -o output/t.csv --types value=f64"),
        run("check", "-i data --check"),
    ),
)  # fmt: skip

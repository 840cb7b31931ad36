"""CSV inputs: many dialects and encodings, typed columns, formulas, and rows broken in every way."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

_TEXTS = (
    "MILK", "BREAD", "=1+1", "-5", "+1.5e3", "@x", "a;=1+1", "'=1", "007", "x\ty", " padded ", "ä€", "100%", "|cmd",
    "line\nbreak", 'say "hi"', "a,b", "\uff1dfull",
)  # fmt: skip


def cell(text: str, delimiter: str) -> str:
    """A cell, in quotes where it takes them."""
    quoted = any(sign in text for sign in (delimiter, '"', "\n", "\r")) or text == '""'
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if quoted else text


def shop(rows: int, *, delimiter: str = ",", end: str = "\n", seed: int = 5, texts: Sequence[str] = _TEXTS) -> str:
    """Purchases: a product, a quantity, a value with empty cells, a note that is often empty or an empty text."""
    chance = random.Random(seed)
    lines = [delimiter.join(("product", "quantity", "value", "note"))]
    for _ in range(rows):
        note = chance.choice(("", '""', cell(chance.choice(texts), delimiter)))
        value = "" if chance.random() < 0.05 else f"{chance.lognormvariate(2, 1):.2f}"
        lines.append(
            delimiter.join((cell(chance.choice(texts), delimiter), str(chance.randrange(-2, 30)), value, note))
        )
    return end.join(lines) + end


def typed(rows: int, seed: int = 6) -> str:
    """A column for each type that `--types` knows."""
    chance = random.Random(seed)
    lines = ["n,u,f,b,s,raw,day,at,local,money,zip"]
    for number in range(rows):
        cells = (
            str(chance.randrange(-(10**9), 10**9)), f"+{number:05d}", repr(chance.gauss(0, 1e6)),
            chance.choice(("true", "False", "1", "0", "TRUE", "")), chance.choice(("x", "=y", '""', "")),
            chance.randbytes(3).hex(), f"{chance.randrange(1, 9999):04d}-0{chance.randrange(1, 10)}-1{number % 10}",
            f"2017-01-01T11:53:{number % 60:02d}.{number % 1000:03d}{chance.choice(('Z', '+01:00', ''))}",
            f"2016-02-29 0{number % 10}:00", f"{chance.randrange(-(10**6), 10**6)}.{number % 100:02d}",
            f"{number % 99999:05d}",
        )  # fmt: skip
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


TYPES = (
    "n=i64,u=u32,f=f64,b=bool,s=str,raw=bytes,day=date,at=timestamp[ms],local=local_timestamp[us],money=decimal(10,2)"
)

_BROKEN_ROWS = (
    b"1,2,3,extra", b"1,2", b'6" pipe,2,3', b'1,2,a "b" c', b'1,2,"a"b', b"\xc3,2,3", b"1,2,a\0b", b"a\rb,2,3", b"",
    b'1,2,"never closed',
)  # fmt: skip


def broken(rows: int, seed: int = 7) -> bytes:
    """Rows of three cells, each ninth broken in turn in one of ten ways."""
    chance = random.Random(seed)
    lines = [b"a,b,c"]
    for number in range(rows):
        if number % 9 == 8:
            lines.append(_BROKEN_ROWS[number // 9 % len(_BROKEN_ROWS)])
        else:
            lines.append(b"%d,%d,%s" % (number, chance.randrange(99), chance.choice((b"x", b'"y, z"', b"=1", b""))))
    return b"\n".join(lines) + b"\n"


def put(home: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> None:
    """Write a data file."""
    data = content if isinstance(content, bytes) else content.encode(encoding)
    (home / "data" / name).write_bytes(data)


def make(home: Path) -> None:
    """Everything that the scene of CSV inputs reads."""
    put(home, "shop.csv", shop(9_000))
    put(home, "crlf.csv", shop(2_000, end="\r\n"))
    put(home, "cr.csv", shop(800, end="\r", texts=("MILK", "=1", 'a "b"')))
    put(home, "semicolon.csv", "sep=;\n" + shop(900, delimiter=";"))
    put(home, "tab.csv", shop(900, delimiter="\t"))
    put(home, "pipe.csv", shop(900, delimiter="|"))
    plain = ("MILK", "KÄSE", "=1", "a,b", "café")
    put(home, "latin.csv", shop(3_000, texts=plain), "latin-1")
    put(home, "utf16.csv", shop(1_500, texts=(*plain, "日本", "😀")), "utf-16")
    put(home, "ebcdic.csv", shop(500, texts=plain, end="\x85"), "cp037")
    put(home, "bom.csv", b"\xef\xbb\xbf\xef\xbb\xbf" + shop(100).encode())
    put(home, "mixed_ends.csv", shop(50) + shop(50, end="\r\n").partition("\r\n")[2])
    put(home, "one.csv", "only\n" + "".join(f"{number % 7}\n" for number in range(200)) + "\n")
    put(home, "header.csv", "a,b,c\n")
    put(home, "no_end.csv", "a,b\n1,2\n3,4")
    put(home, "odd_names.csv", '"=1+1","a ""b""",,"x\ny"\n1,2,3,4\n5,6,7,8\n')
    put(home, "typed.csv", typed(3_000))
    advice = (f"{n}.5{n % 2},0{n:04d},{n}{'.5' * (n % 2)},{2**63 + n}\n" for n in range(400))
    put(home, "advice.csv", "price,zip,both,big\n" + "".join(advice))
    put(home, "broken.csv", broken(900))
    types = (f"{n},{n % 40 or 'x'}.5,2017-01-{n % 40 + 1:02d}\n" for n in range(200))
    put(home, "broken_types.csv", "a,price,day\n" + "".join(types))
    put(home, "broken_latin.csv", shop(30, texts=plain).encode("latin-1") + b"1,2\n")
    put(home, "broken_ascii.csv", shop(40, texts=("MILK",)).encode() + b"KASE,1,2,x\n" + "KÄSE,1,2,x\n".encode())
    put(home, "broken_cr.csv", "a,b\r1,2\r3,4\n5,6\r7\r8,9\r")
    put(home, "all_bad.csv", 'a,b\n"x"y,2\n"z"y,3\n')
    put(home, "empty.csv", b"")
    put(home, "blank.csv", b"\n\n")
    put(home, "twice.csv", "a,b,a\n1,2,3\n")
    put(home, "width.csv", "a,b\n1,2,3\n4,5,6\n7,8,9\n")
    put(home, "delimiter.csv", "a;b;c\n1;2;3\n4;5;6\n")
    put(home, "nul_header.csv", b"a\0,b\n1,2\n")
    put(home, "bad_header.csv", b'a"x,b\n1,2\n')
    put(home, "utf16_unnamed.csv", "a,b\n1,2\n", "utf-16")
    put(home, "no_text.csv", b"a,b\n1,2\n3,\0\n")
    put(home, "not_utf8.csv", b"a,b\n1,2\n3,\xff\n")

"""How the lines of a text end. Pure."""

from __future__ import annotations

from etl_batch.sniffing.finding import Finding

_NEL = "\x85"
_SIGNS = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "nel": _NEL}


def find_line_end(text: str, *, in_ebcdic: bool = False) -> Finding:
    """The end that most lines have: `lf`, `crlf`, `cr`, or `nel`, which EBCDIC alone has."""
    counts = _counts(text)
    if not in_ebcdic:
        del counts["nel"]
    total = sum(counts.values())
    if not total:
        return Finding("lf", 0.5, "there is no line end, so that it does not matter")
    name = max(counts, key=lambda name: counts[name])
    share = counts[name] / total
    if share == 1:
        ends = "the only line end" if total == 1 else f"all {total:,} line ends looked at"
        return Finding(name, 1.0, f"{name.upper()} is {ends}")
    return Finding(name, round(share, 2), f"{counts[name]:,} of {total:,} line ends looked at are {name.upper()}")


def _counts(text: str) -> dict[str, int]:
    pairs = text.count("\r\n")
    return {
        "lf": text.count("\n") - pairs, "crlf": pairs, "cr": text.count("\r") - pairs, "nel": text.count(_NEL),
    }  # fmt: skip


def with_lf(text: str, line_end: str) -> str:
    """The text with LF at the end of each line; what else might end one becomes a blank, for it does not here."""
    if line_end in ("lf", "crlf"):
        text = text.replace("\r\n", "\n")
    elif line_end == "nel":
        text = text.replace("\r" + _NEL, "\n").replace(_NEL, "\n")
    else:
        text = text.replace("\n", " ").replace("\r", "\n")
    return text.replace("\r", " ")

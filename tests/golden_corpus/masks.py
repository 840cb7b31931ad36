"""The one list of what may differ between two runs of the same job: ids, times, speeds, memory, versions, places.

Everything else stays as it is: rows, totals, sample numbers, messages, sizes and hashes of what is written as CSV.
Bytes of Parquet files are an artefact of their own, so what texts say of them (size, SHA-256) is masked, too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_A_WHILE = timedelta(days=2)
_JOB = re.compile(r"\b\d{8}T\d{6}Z?\\?-[0-9a-f]{6}\b")  #: Markdown may escape its hyphen
_STAMP = re.compile(r"\b(\d{8}T\d{6})Z?(-\d+)?")
_TIME = re.compile(r"\b(\d{4}\\?-\d\d\\?-\d\d)[T ]\d\d\\?:\d\d(\\?:\d\d(\\?\.\d+)?)?(Z| UTC|\\?\+00\\?:00)?")
_CUT = re.compile(r"[ \t]*\S*…\S*[ \t]*")  #: a line of the audit log is cut in its middle, where depends on the pid
_PARQUET_SIZE = re.compile(r"(\.parquet/?(?: \(| ?, ?))[\d,]+ bytes(?:, sha256 [0-9a-f]+\.\.\.)?")

_Q = '(?:"+|&quot;)'  #: a quote of JSON, as it is, in a cell of CSV and in HTML
#: in any text: speeds, the bar of progress, versions, what this machine has free
_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^[^\n]*\r(?=[^\n]*\|)", re.MULTILINE), ""),  # of a bar, only its last state
    (re.compile(r"\|[█▏▎▍▌▋▊▉ ]{30}\|"), "|<bar>|"),
    (re.compile(r"(under )?[\d.,]+ ?[kMGT]?B/s|\?B/s"), "<speed>"),
    (re.compile(r"(\|<bar>\|[^\n]*?) +$", re.MULTILINE), r"\1"),
    (re.compile(r"\b2\.0\.0(\.dev0)?\b"), "<version>"),
    (re.compile(r"[\d,]+ bytes are free"), "<n> bytes are free"),
    (re.compile(r"[\d.\\]+ [kMGT]B available"), "<n> available"),
    (re.compile(r"^🔧[^\n]*\n", re.MULTILINE), ""),  # kernels are compiled once on a machine
    (re.compile(r"# (?:h|min) # (?:min|s)|# ms"), "# s"),  # in reports, where numbers are masked
    (re.compile(r"(tab \.label: Profile\n)(?:.*\n)*?(tab \.label)"), r"\1<profile>\n\2"),  # none of a short run
    (re.compile(r"(\.html`, )[\d.]+ [kM]?B(, written)"), r"\1<n>\2"),
    (re.compile(r'(<dt>Size</dt>\n?<dd class="number">)(?:<n>)?[^<]*'), r"\1<n>"),  # of reports, in their list
    (re.compile(r"usable\s+processors:\s+\d+"), "usable processors: <n>"),
    (re.compile(r"\bpid[ =]\d+"), "pid=<pid>"),
    (re.compile(rf"({_Q}(?:pid|log_bytes){_Q}: )\d+"), r"\1<n>"),
    (re.compile(rf"({_Q}log_sha256{_Q}: {_Q})[0-9a-f]+"), r"\1<hash>"),
    (re.compile(rf"({_Q}bytes{_Q}: )\d+(, {_Q}format{_Q}: {_Q}parquet)"), r"\1<n>\2"),
    (re.compile(r"(\.parquet/? would have about )[\d,]+"), r"\1<n>"),
    (re.compile(r"^(<job \d+> .*?) [\d.,]+ +(output/)", re.MULTILINE), r"\1 <n>  \2"),  # jobs list: seconds
    (re.compile(r"(entries \()[\d,]+ bytes"), r"\1<n> bytes"),
    (re.compile(r" <cut> .*$", re.MULTILINE), " <cut>"),
    (re.compile(r"^\w+ +\d+%, [\d,]+ rows[^\n]*\n", re.MULTILINE), ""),  # jobs watch: how far it is
    (re.compile(r"(parquet,\d+\.0,)[\d.]+,"), r"\1<n>,"),
    (re.compile(r"(<time>,)[\d.]+,"), r"\1<n>,"),  # the list of runs: seconds
    (re.compile(r"(height: )[\d.]+%"), r"\1<n>%"),  # and its bars
    (re.compile(r"\broot [0-9a-f]{16,64}(\.\.\.)?"), "root <hash>"),
    (re.compile(r"(\.parquet \()[\d.]+ [kM]?B"), r"\1<size>"),
    (re.compile(r"(?<=resuming job )(.*?): [\d,]+ of", re.IGNORECASE), r"\1: <n> of"),
    (re.compile(r"\b(mac|prev|log_sha256|root|hash)=[0-9a-f]+"), r"\1=<hash>"),
    (re.compile(r"\blog_bytes=\d+"), "log_bytes=<n>"),
    (re.compile(r"^(seconds +)[\d.,]+$", re.MULTILINE), r"\1<n>"),
    (re.compile(r"\b(about )?[\d.,]+ (ms|s|seconds|min)\b(?! ago)"), "<duration>"),
)
#: in JSON: what is about this run and this machine
_KEYS = frozenset(
    {
        "throughput_mb_s", "peak_rss_bytes", "cpu_seconds", "memory_bytes", "pid", "mac", "prev", "log_sha256",
        "log_bytes", "seconds", "mb_s", "eta_seconds", "points", "inode", "mtime_ns", "ctime_ns", "free_bytes",
        "versions", "sandbox", "gpu", "root", "sig", "key", "progress",
    }
)  # fmt: skip
#: in reports: the speed of the run in its numbers, and two whole parts
_FIGURES = re.compile(r"(<dt>(?:Throughput|Time|Peak memory)</dt><dd>)[^<]*")
_MACHINE = re.compile(r'(<section aria-labelledby="machine">).*?</section>', re.DOTALL)
_TIME_PART = re.compile(r'(<section aria-labelledby="time">.*?</section>)', re.DOTALL)
_FOOTER = re.compile(r"<footer>.*?</footer>", re.DOTALL)
_CSS = re.compile(r"<style>.*?</style>", re.DOTALL)
_OUTPUT_ROW = re.compile(r'(\.parquet</bdi>.*?<td class="n">[\d,]+</td><td class="n">)[^<]*')
_OF_THE_MACHINE = "system"
_PAGE_VERSION = re.compile(r"\bPython 3\.[\d.]+")
_AMOUNT = re.compile(r"\d[\d.,]*( [kMGT]?B)?")
_NUMBER = re.compile(r"\d[\d.,]*")


def again(text: str) -> str:
    """The rules that need no place and no time; what they masked they leave as it is: a comparison uses them, too."""
    for pattern, instead in _TEXTS:
        text = pattern.sub(instead, text)
    return text


@dataclass(slots=True)
class Masks:
    """What is masked in the texts of one home."""

    places: dict[str, str]  #: what stands for the home and the tree
    hashes: dict[str, str] = field(default_factory=dict)  #: SHA-256 of Parquet files -> what stands for it
    _now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(cls, home: Path, tree: Path) -> Masks:
        """For texts that name these folders."""
        named = {str(home): "<home>", str(tree): "<tree>"}
        return cls(named | {_in_markdown(place): name for place, name in named.items()})

    def know(self, files: Iterable[Path]) -> None:
        """Let the hashes of these files be said by their names: Parquet, and rejected rows, which name the home."""
        for path in files:
            digest, name = hashlib.sha256(path.read_bytes()).hexdigest(), f"<sha256 of {path.name}>"
            self.hashes |= {digest: name, digest[:16]: name}

    def text(self, text: str) -> str:
        """A text with all that may differ masked; jobs are numbered in the order in which they are named."""
        for place, name in self.places.items():
            text = text.replace(place, name)
        for digest, name in self.hashes.items():
            text = text.replace(digest, name)
        text = _CUT.sub(" <cut> ", text)
        jobs: dict[str, str] = {}
        text = _JOB.sub(lambda found: jobs.setdefault(found[0].replace("\\", ""), f"<job {len(jobs) + 1}>"), text)
        text = _STAMP.sub(lambda found: "<stamp>" if self._is_now(found[1], "%Y%m%dT%H%M%S") else found[0], text)
        text = _TIME.sub(lambda found: "<time>" if self._is_now(found[1], "%Y-%m-%d") else found[0], text)
        text = _PARQUET_SIZE.sub(r"\1<size and hash>", text)
        return again(text)

    def json_text(self, value: Any) -> str:  # noqa: ANN401 - JSON values
        """JSON values as lines of text."""
        return self.text(json.dumps(self._value(value), indent=1, ensure_ascii=False)) + "\n"

    def report(self, html: str) -> str:
        """A report: its style once told by a number, the machine and the speed left out."""
        html = _FIGURES.sub(r"\1<n>", html)
        html = _MACHINE.sub(r"\1<masked></section>", html)
        html = _TIME_PART.sub(lambda found: _NUMBER.sub("#", found[1]), html)
        html = _FOOTER.sub(lambda found: re.sub(r" [\d.]+(dev0)?", " <version>", found[0]), html)
        html = _OUTPUT_ROW.sub(r"\1<size>", html)
        html = _CSS.sub(lambda found: f"<style of {len(found[0])} characters>", html)
        return self.text(html)

    def page(self, text: str, name: str) -> str:
        """The texts of a page; of that of the machine no number stays, since all of them are about this moment."""
        text = _PAGE_VERSION.sub("<version>", self.text(text))
        text = text.replace("<dt>", "\n<dt>")
        return _AMOUNT.sub("#", text) if name.startswith(_OF_THE_MACHINE) else text

    def printed(self, text: str) -> str:
        """What a command printed: JSON, lines of JSON or any text."""
        for read in (_whole, _lines):
            try:
                return "".join(map(self.json_text, read(text)))
            except ValueError:
                continue
        return self.text(text)

    def _value(self, value: Any) -> Any:  # noqa: ANN401 - JSON values
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if isinstance(value, str) and value.startswith('{"'):  # a line of the audit log in a proof
            return self._value(json.loads(value))
        if not isinstance(value, dict):
            return value
        masked = {
            key: f"<{key}>" if key in _KEYS and one is not None else self._value(one) for key, one in value.items()
        }
        if "profile" in value:  # none where the job was over before two readings
            masked["profile"] = "<profile>"
        if isinstance(value.get("path"), list):  # of a proof
            masked["path"] = [f"<{len(value['path'])} hashes>"]
        if "checkpoints" in value:  # of the whole audit log, which names processes
            masked["bytes"] = "<bytes>"
        if "parquet" in str(value.get("path", "")) or value.get("format") == "parquet" or "identity" in value:
            masked |= self._parquet(value)
        return masked

    def _parquet(self, value: dict[str, Any]) -> dict[str, Any]:
        """What a file's entry says of its bytes, where it is a Parquet file."""
        if not any(str(value.get(key, "")).rstrip("/").endswith(("parquet", "parts")) for key in ("path", "format")):
            return {}
        found: dict[str, Any] = {key: "<of the file>" for key in ("bytes", "sha256") if key in value}
        if isinstance(value.get("identity"), dict):
            found["identity"] = dict.fromkeys(value["identity"], "<n>")
        return found

    def _is_now(self, text: str, form: str) -> bool:
        try:
            when = datetime.strptime(text.replace("\\", ""), form).replace(tzinfo=UTC)
        except ValueError:
            return False
        return abs(when - self._now) < _A_WHILE


def _in_markdown(text: str) -> str:
    return re.sub(r"([^a-zA-Z0-9\s])", r"\\\1", text)


def _whole(text: str) -> list[Any]:
    if not text.lstrip().startswith(("{", "[")):
        raise ValueError("not JSON")
    return [json.loads(text)]


def _lines(text: str) -> list[Any]:
    if not text.startswith("{"):
        raise ValueError("not JSON lines")
    read: Callable[[str], Any] = json.loads
    return list(map(read, text.splitlines()))

"""No two purposes take the same name: within a job, and across jobs, whatever flags and names are given."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError, NameClaimed, PathTraversal, Refused
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.pipeline.inputs import is_input
from etl_batch.pipeline.outputs.claimed_names import refuse_clashes, refuse_names, refuse_taken, refuse_taken_names
from etl_batch.pipeline.outputs.claims import (
    Claim,
    Found,
    Purpose,
    first_clash,
    may_replace,
    purpose_of_name,
    purpose_there,
)
from etl_batch.pipeline.outputs.targets import Targets
from etl_batch.storage import beneath, paths
from etl_batch.storage.closed_folders import closed_identities, folded, homes_kept_closed, is_named_closed, keep_closed
from etl_batch.storage.paths import open_folder, open_input
from etl_batch.storage.roots import Place, place
from tests.conftest import Home

JOB = "20251115T101530Z-0a1b2c"
SIDES = (
    ".meta.json", ".meta.json.new", ".rejected.csv", ".sample.parquet", ".totals.parquet", ".span.samples",
    ".datapackage.json", ".layout.toml", ".bak.20251115T101530Z", ".bak.20251115T101530Z-1",
)  # fmt: skip
HEADS = {
    Purpose.REPORT: b"\n<!DOCTYPE html>\n<head>\n<title>Passed \xc2\xb7 JOB \xc2\xb7 Quantum ETL report</title>",
    Purpose.METADATA: b'{\n  "schema_version": 1,\n  "job_id": "JOB",\n',
    Purpose.LAYOUT: b'# ours\nrecord_size = 8\n[[field]]\nname = "a"\n',
    Purpose.OUTPUT: b"a,b\n1,2\n",
}


@pytest.mark.parametrize("ending", SIDES)
@pytest.mark.parametrize("flag", ["output_csv", "output_parquet", "report"])
def test_the_name_of_a_side_file_is_nobodys_to_give(home: Home, flag: str, ending: str) -> None:
    for name in (f"a.csv{ending}", f"A.CSV{ending.upper()}", f"a.csv{ending}/inside"):
        given_name = {"output_csv": str(home.output / "own"), flag: str(home.output / name)}
        with pytest.raises(NameClaimed, match="is the name of"):
            refuse_names(home.config(**given_name))


@pytest.mark.parametrize("name", ["a.csv.meta.json", "A.CSV.META.JSON", "sub/c.csv.meta.json", "c.csv.meta.json.new"])
def test_the_metadata_of_another_output_are_nobodys_to_give(home: Home, name: str) -> None:
    """F: `-o c.csv --metadata a.csv.meta.json` let the metadata of `a.csv` describe `c.csv`."""
    with pytest.raises(NameClaimed, match="is the name of the metadata of an output, which metadata cannot have"):
        refuse_names(home.config(output_csv=str(home.output / "c.csv"), metadata=str(home.output / name)))


@pytest.mark.parametrize(
    "name",
    [".a.csv.lock", ".a.csv.journal", f".a.csv.part.{JOB}", ".hidden", ".hidden/a.csv", "layout.toml",
     "etl_quantum_report.html", f"{JOB}.html"],
)  # fmt: skip
@pytest.mark.parametrize("flag", ["output_csv", "output_parquet", "metadata", "report"])
def test_hidden_names_and_those_of_the_jobs_themselves_are_nobodys_to_give(home: Home, flag: str, name: str) -> None:
    given_name = {"output_csv": str(home.output / "own"), flag: str(home.output / name)}
    with pytest.raises(NameClaimed, match="is the name of"):
        refuse_names(home.config(**given_name))


@pytest.mark.parametrize(
    ("flag", "name"),
    [("report", "a.csv"), ("report", "a.parquet"), ("report", "m.json"), ("metadata", "a.csv"), ("metadata", "r.html"),
     ("output_csv", "r.html"), ("output_parquet", "m.json")],
)  # fmt: skip
def test_ends_of_names_that_are_for_another_purpose(home: Home, flag: str, name: str) -> None:
    with pytest.raises(NameClaimed, match="is the name of"):
        refuse_names(home.config(**{"output_csv": str(home.output / "own"), flag: str(home.output / name)}))


def test_names_that_are_free(home: Home) -> None:
    out = str(home.output)
    refuse_names(home.config(output_csv=f"{out}/2024.csv/bak.csv", metadata=f"{out}/m.json", report=f"{out}/r"))
    refuse_names(
        home.config(output_csv=f"{out}/a", output_parquet=f"{out}/b.parquet/", metadata=f"{out}/b.parquet.meta.json")
    )
    refuse_names(home.config(output_csv=f"{out}/a.csv", metadata=f"{out}/a.csv.meta.json"))


@pytest.mark.parametrize(
    "more",
    [{"output_parquet": "x.csv"}, {"metadata": "x.csv"}, {"report": "x.csv"}, {"metadata": "r", "report": "r"},
     {"report": "x.csv.meta.json"}, {"output_parquet": "X.CSV"}, {"output_parquet": "x.csv/"},
     {"report": "x.csv/in"}, {"metadata": ".x.csv.lock"}, {"layout": "x.csv"},
     {"report": "l.toml", "layout": "l.toml"}],
)  # fmt: skip
def test_two_files_of_a_job_under_one_name(home: Home, more: dict[str, str]) -> None:
    named = {flag: str(home.output) + f"/{name}" for flag, name in more.items()}
    with pytest.raises(Refused, match="would replace"):
        refuse_names(home.config(output_csv=str(home.output / "x.csv"), **named))


def test_names_that_only_some_file_systems_tell_apart() -> None:
    accent = ("caf\u00e9.csv", "CAFE\u0301.CSV")
    assert folded(accent[0]) == folded(accent[1])
    claims = [Claim(Path("/o") / name, Purpose.OUTPUT) for name in accent]
    assert first_clash(claims) is not None
    assert first_clash([claims[0], Claim(claims[1].path, Purpose.INPUT, is_written=False)]) is None


def test_a_report_takes_the_place_of_reports_only(home: Home) -> None:
    """F: `--report output/a` of one job replaced what another job had written there."""
    target = home.output / "a"
    for purpose, head in HEADS.items():
        target.write_bytes(head)
        if purpose is Purpose.OUTPUT:  # its run said so, or nobody knows: both are refused
            _refused_report(home, target, "an output, or something else")
            (home.output / "a.meta.json").write_bytes(HEADS[Purpose.METADATA])
        if purpose is Purpose.REPORT:
            refuse_taken(Claim(target, Purpose.REPORT), _place(home, target))
        else:
            _refused_report(home, target, str(purpose))


def _refused_report(home: Home, target: Path, what: str) -> None:
    with pytest.raises(NameClaimed, match=f"is {what}"):
        refuse_taken_names(refuse_names(home.config(output_csv=str(home.output / "own.csv"), report=str(target))))


def _place(home: Home, target: Path) -> Place:
    return place(target, [home.output], purpose="output")


@pytest.mark.parametrize("purpose", [Purpose.REPORT, Purpose.METADATA, Purpose.LAYOUT])
def test_an_output_takes_the_place_of_outputs_only(home: Home, purpose: Purpose) -> None:
    (home.output / "a.csv").write_bytes(HEADS[purpose])
    with pytest.raises(NameClaimed, match=f"is {purpose}"):
        refuse_taken_names(refuse_names(home.config(output_csv=str(home.output / "a.csv"))))
    (home.output / "a.csv").write_bytes(HEADS[Purpose.OUTPUT])
    refuse_taken_names(refuse_names(home.config(output_csv=str(home.output / "a.csv"))))


def test_folders_of_parts_hold_nothing_else(home: Home) -> None:
    folder = home.output / "parts"
    config = home.config(output_parquet=f"{folder}/")
    refuse_taken_names(refuse_names(config))
    folder.mkdir()
    (folder / "part-00000.parquet").write_bytes(b"PAR1")
    refuse_taken_names(refuse_names(config))
    (folder / "mine.csv").write_bytes(b"a\n")
    with pytest.raises(NameClaimed, match=r"other files than the parts of an output: mine\.csv"):
        refuse_taken_names(refuse_names(config))
    (home.output / "parts.meta.json").write_bytes(HEADS[Purpose.METADATA])
    with pytest.raises(NameClaimed, match="lies inside"):
        refuse_taken_names(refuse_names(home.config(output_csv=str(folder / "more.csv"))))


def test_an_input_is_known_by_its_identity(home: Home) -> None:
    """Under another name that leads to the same file, as a mount or a file system without capitals gives it."""
    (home.output / "x.bin").write_bytes(b"12345678")
    where = place(home.output / "x.bin", [home.output])
    descriptor = open_input(where)
    identity = paths.FileIdentity.of(descriptor)
    os.close(descriptor)
    source = BinaryInput(0, Place(home.data, PurePosixPath("elsewhere.bin")), identity, None)  # type: ignore[arg-type]
    config = home.config(output_csv=str(home.output / "x.bin"))
    with pytest.raises(Refused, match="would replace"):
        refuse_clashes(config, refuse_names(config), (source,))


def test_what_a_table_says_no_folder_of_inputs_reads() -> None:
    for ending in (".rejected.csv", ".sample.parquet", ".totals.parquet", ".bak.20251115T101530Z"):
        assert not is_input(f"a.csv{ending}")
        assert purpose_of_name(f"a.csv{ending}") is not None


# Across jobs: one has written, another begins.

NAMES = ("a.csv", "A.csv", "a", "b.parquet", "r.html", "m.json", "x.txt", "sub/a.csv", "layout.toml", f"{JOB}.html")
names = st.builds(
    lambda name, ending, hidden: (f".{name}" if hidden else name) + ending,
    st.sampled_from(NAMES), st.sampled_from(("", "", "", *SIDES, ".lock", ".journal", "/", "/part-00000.parquet")),
    st.sampled_from((False, False, False, True)),
)  # fmt: skip
jobs = st.fixed_dictionaries(
    {"output_csv": names}, optional={"output_parquet": names, "metadata": names, "report": names}
)


def _written(config: JobConfig, targets: Targets) -> Iterator[tuple[Path, Purpose]]:
    for path in (targets.csv, targets.parquet):
        if path is not None:
            is_folder = targets.parquet_is_folder and path == targets.parquet
            yield path.path / "part-00000.parquet" if is_folder else path.path, Purpose.OUTPUT
    yield targets.metadata.path, Purpose.METADATA
    yield targets.rejects.path, Purpose.REJECTS
    yield targets.sample.path, Purpose.SAMPLE
    yield targets.totals.path, Purpose.TOTALS
    if targets.report is not None:
        yield targets.report.path, Purpose.REPORT
    assert config.report is None or targets.report is not None


def _begun(home: Home, flags: dict[str, str]) -> dict[Path, Purpose] | None:
    """The files that a job with these flags would write; None: it is refused."""
    try:
        config = home.config(**{flag: f"{home.output}/{name}" for flag, name in flags.items()})
        targets = refuse_names(config)
        refuse_taken_names(targets)
    except EtlError:
        return None
    files = dict(_written(config, targets))
    written = list(_written(config, targets))
    assert len({folded(str(path)) for path, _ in written}) == len(written), "two files of a job have one name"
    return files


@given(first=jobs, second=jobs)
def test_a_job_never_takes_a_name_that_another_has_for_another_purpose(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, str], second: dict[str, str]
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    home.output.mkdir()
    before = _begun(home, first)
    for path, purpose in (before or {}).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(HEADS.get(purpose, b"PAR1"))
    after = _begun(home, second) or {}
    shared = set(before or {}) & set(after)
    assert {path: after[path] for path in shared} == {path: (before or {})[path] for path in shared}
    for path in (*(before or {}), *after):
        inside = path.relative_to(home.output).parts
        assert not any(name.startswith(".") or ".bak." in name for name in inside)


@given(st.lists(st.tuples(st.sampled_from(Purpose), st.sampled_from(NAMES)), max_size=6))
def test_what_is_in_the_way_of_what(claims: Sequence[tuple[Purpose, str]]) -> None:
    """The quick search finds a clash where the plain one does."""
    made = [Claim(Path("/o") / name, purpose, is_written=purpose is not Purpose.INPUT) for purpose, name in claims]
    plain = any(
        (one.is_written or other.is_written) and _same(one, other)
        for number, one in enumerate(made) for other in made[:number]
    )  # fmt: skip
    assert (first_clash(made) is not None) == plain


def _same(one: Claim, other: Claim) -> bool:
    read = not (one.is_written and other.is_written)
    first, second = (Path(str(claim.path) if read else folded(str(claim.path))) for claim in (one, other))
    return first == second or first in second.parents or second in first.parents


@given(head=st.binary(max_size=200), name=st.sampled_from(NAMES))
def test_whatever_is_there_only_its_like_replaces_it(head: bytes, name: str) -> None:
    for start in (*HEADS.values(), b""):
        found = purpose_there(name, start + head, has_metadata=False)
        assert may_replace(Purpose.REPORT, found) == (found.purpose is Purpose.REPORT)
        assert may_replace(Purpose.METADATA, found) == (found.purpose is Purpose.METADATA)
    assert purpose_there(name, HEADS[Purpose.REPORT], has_metadata=True) == Found(Purpose.REPORT, "JOB")


# `.secrets` is beneath no root.


@pytest.fixture
def secret_home(home: Home) -> Home:
    (home.path / ".secrets").mkdir(mode=0o700)
    (home.path / ".secrets" / "etl_audit.log").write_text("a\n")
    (home.path / ".secrets" / "inner").mkdir()
    keep_closed(home.path)
    return home


@pytest.mark.parametrize("way", ["above", "home", "itself", "beneath", "link"])
def test_secrets_are_beneath_no_root(secret_home: Home, way: str) -> None:
    secrets = secret_home.path / ".secrets"
    (secret_home.data / "link").symlink_to(secrets)
    roots = {
        "above": secret_home.path.parent, "home": secret_home.path, "itself": secrets,
        "beneath": secrets / "inner", "link": secret_home.data / "link",
    }  # fmt: skip
    target = roots[way] / "x.csv" if way in {"beneath", "link"} else secrets / "etl_audit.log"
    config = secret_home.config(target, extra_input_roots=(roots[way],))
    with pytest.raises(PathTraversal, match=r"\.secrets, which is beneath no folder"):
        place(config.inputs[0], config.input_roots)


@pytest.mark.parametrize("name", [".secrets", ".SECRETS", ".\uff33ecrets"])
def test_secrets_by_any_name_that_a_file_system_takes_for_it(tmp_path: Path, name: str) -> None:
    assert is_named_closed([name])
    with pytest.raises(PathTraversal):
        place(tmp_path / name / "x", [tmp_path])
    with pytest.raises(PathTraversal):
        Place(tmp_path, PurePosixPath()).child(name)


@pytest.mark.parametrize("opened", ["folder", "file", "new file", "new folder"])
def test_secrets_are_known_by_their_identity(home: Home, opened: str) -> None:
    """`.secrets` as a link to a folder that lies beneath a root; mounts are told by the same numbers."""
    real = home.data / "kept"
    (real / "inner").mkdir(parents=True)
    (real / "etl_audit.log").write_text("a\n")
    (home.path / ".secrets").symlink_to(real)
    keep_closed(home.path)
    open_it, inside = {
        "folder": (open_folder, ""), "file": (open_input, "inner/x"),
        "new file": (paths.create_file, "inner/new.csv"), "new folder": (paths.make_folder, "new/folder"),
    }[opened]  # fmt: skip
    with pytest.raises(PathTraversal, match="beneath no folder"):
        open_it(place(real / inside, [home.data]))
    assert sorted(path.name for path in real.rglob("*")) == ["etl_audit.log", "inner"]
    with pytest.raises(PathTraversal):
        open_input(place(real / "inner" / "x", [real / "inner"]))


def test_a_secret_file_that_is_mounted_elsewhere_is_known_again(
    secret_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mount takes root; the numbers of the file stand for it."""
    (secret_home.data / "x.csv").write_text("a\n")
    found = (secret_home.data / "x.csv").stat()
    monkeypatch.setattr(paths, "closed_identities", lambda **_: frozenset({(found.st_dev, found.st_ino)}))
    with pytest.raises(PathTraversal):
        open_input(place(secret_home.data / "x.csv", [secret_home.data]))


def test_a_file_that_gets_the_number_of_a_secret_that_is_gone_is_not_taken_for_it(secret_home: Home) -> None:
    """File systems give the inode of a removed file to the next one that is made."""
    target = place(secret_home.output / "new.csv", [secret_home.output])
    gone = secret_home.path / ".secrets" / "temporary"
    open_beneath = beneath.open_beneath
    with pytest.MonkeyPatch.context() as patch:

        def removed_in_between(root_fd: int, relative: str, flags: int, mode: int = 0) -> int:
            gone.unlink(missing_ok=True)
            return open_beneath(root_fd, relative, flags, mode)

        patch.setattr(beneath, "open_beneath", removed_in_between)
        for _ in range(5):
            gone.write_text("a")
            descriptor = paths.create_file(target)
            os.close(descriptor)
            target.path.unlink()


def test_what_is_added_to_the_secrets_is_known_at_once(secret_home: Home) -> None:
    """The list of what lies in them is kept while the folder does not change, and no longer."""
    before = closed_identities()
    new = secret_home.path / ".secrets" / "new.key"
    new.write_text("")
    found = new.stat()
    assert closed_identities() - before == {(found.st_dev, found.st_ino)}
    new.unlink()
    assert closed_identities() == before


def test_the_latest_homes_are_kept_closed(tmp_path: Path) -> None:
    homes = [tmp_path / str(number) for number in range(20)]
    for home in (*homes, homes[0], *homes[-3:]):
        keep_closed(home)
    assert {homes[0], *homes[-10:]} <= set(homes_kept_closed())
    assert len(homes_kept_closed()) == len(set(homes_kept_closed())) == 16

"""Uploads and saved layouts: whole or not at all, on the record, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl_batch.audit.log import LOG_NAME
from etl_batch.errors import AuditUnavailable, EtlError, Forbidden, LayoutInvalid, UploadRefused
from etl_batch.launch.kept_files import MOST_UPLOADED_BYTES, data_root, keep_upload, save_layout
from etl_batch.permissions import AUDITOR, SUPER_ADMIN
from etl_batch.values import Actor
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, records

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)
EVE = Actor(name="eve", os_user="test", role=AUDITOR)


def _log(home: Home) -> str:
    path = home.path / ".secrets" / LOG_NAME
    return path.read_text() if path.exists() else ""


def _names(home: Home) -> list[str]:
    return sorted(path.name for path in home.data.iterdir() if not path.name.endswith(".lock"))


def test_an_upload_is_there_and_on_the_record(home: Home) -> None:
    where = keep_upload(home.path, ADMIN, "a.csv", b"x\n1\n")
    assert where.path.read_bytes() == b"x\n1\n"
    assert '"file_uploaded"' in _log(home)
    assert _names(home) == ["a.csv"]


@pytest.mark.parametrize(
    "name", ["a.dat", "a.txt", "a", "a.exe", "xlayout.toml", "layout.toml", "a.CSV.GZ", "ä ö.2024"]
)
def test_files_of_any_extension_are_taken(home: Home, name: str) -> None:
    assert keep_upload(home.path, ADMIN, name, b"x").path == home.data / name
    assert _names(home) == [name]


def test_a_taken_name_is_refused_unless_it_shall_be_replaced_and_then_the_old_one_is_kept(home: Home) -> None:
    keep_upload(home.path, ADMIN, "a.csv", b"old")
    with pytest.raises(UploadRefused, match="there already"):
        keep_upload(home.path, ADMIN, "a.csv", b"new")
    assert (home.data / "a.csv").read_bytes() == b"old"
    keep_upload(home.path, ADMIN, "a.csv", b"new", replace=True)
    assert (home.data / "a.csv").read_bytes() == b"new"
    assert [path.read_bytes() for path in home.data.glob("a.csv.bak.*")] == [b"old"]


@pytest.mark.parametrize(
    "name",
    [
        "../a.csv",
        "a/b.csv",
        "a.csv.meta.json",
        "a.csv.bak.1",
        "a.csv.rejected.csv",
        ".a.csv",
        "",
        "a\u202e.csv",
        "a\0.csv",
        f"{'a' * 300}.csv",
    ],
)
def test_names_that_lead_elsewhere_or_are_of_side_files_are_refused(home: Home, name: str) -> None:
    with pytest.raises(EtlError):
        keep_upload(home.path, ADMIN, name, b"x")
    assert _names(home) == []


def test_a_link_in_the_place_is_refused(home: Home, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(b"mine")
    (home.data / "a.csv").symlink_to(outside)
    with pytest.raises(EtlError):
        keep_upload(home.path, ADMIN, "a.csv", b"x", replace=True)
    assert outside.read_bytes() == b"mine"


def test_empty_and_too_large_are_refused(home: Home) -> None:
    with pytest.raises(UploadRefused, match="empty"):
        keep_upload(home.path, ADMIN, "a.csv", b"")
    with pytest.raises(UploadRefused, match="the most"):
        keep_upload(home.path, ADMIN, "a.csv", bytes(MOST_UPLOADED_BYTES + 1))


def test_what_cannot_be_recorded_is_not_done(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise AuditUnavailable("no")

    monkeypatch.setattr("etl_batch.audit.recorded_file.AuditLog.record", refuse)
    with pytest.raises(AuditUnavailable):
        keep_upload(home.path, ADMIN, "a.csv", b"x")
    assert _names(home) == []


def test_a_layout_is_saved_beside_its_file_with_its_comments(home: Home) -> None:
    home.put("a.bin", records(1))
    text = "# ours\n" + LAYOUT
    where = save_layout(home.path, ADMIN, data_root(home.path).child("a.bin"), text)
    assert where.path == home.data / "a.layout.toml"
    assert where.path.read_text() == text
    assert '"layout_saved"' in _log(home)
    save_layout(home.path, ADMIN, data_root(home.path).child("a.bin"), LAYOUT)
    assert [path.read_text() for path in home.data.glob("a.layout.toml.bak.*")] == [text]


def test_an_unsound_layout_is_not_saved_and_names_the_field(home: Home) -> None:
    home.put("a.bin", records(1))
    with pytest.raises(LayoutInvalid, match="'product'"):
        save_layout(home.path, ADMIN, data_root(home.path).child("a.bin"), LAYOUT.replace("12", "999"))
    assert _names(home) == ["a.bin"]


def test_others_may_not(home: Home) -> None:
    home.put("a.bin", records(1))
    with pytest.raises(Forbidden):
        keep_upload(home.path, EVE, "b.csv", b"x")
    with pytest.raises(Forbidden):
        save_layout(home.path, EVE, data_root(home.path).child("a.bin"), LAYOUT)

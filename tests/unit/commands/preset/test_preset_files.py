"""The files of saved readings: named plainly, beneath the home, whole or not at all, on the record."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from etl_batch.audit.log import LOG_NAME
from etl_batch.commands.preset.preset_files import (
    FOLDER,
    delete_preset,
    from_home,
    preset_file_text,
    preset_names,
    preset_place,
    read_preset,
    reading_of,
    save_preset,
)
from etl_batch.errors import (
    AuditUnavailable,
    EtlError,
    Forbidden,
    HardLink,
    NotRegular,
    PathSymlink,
    PresetExists,
    PresetInvalid,
    PresetName,
    PresetUnknown,
)
from etl_batch.permissions import ANALYST, AUDITOR, SUPER_ADMIN
from etl_batch.values import MIB, Actor
from tests.conftest import Home

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)
TEXT = 'delimiter = ";"\n'


def _folder(home: Home) -> Path:
    return home.path / FOLDER


def _log(home: Home) -> str:
    path = home.path / ".secrets" / LOG_NAME
    return path.read_text() if path.exists() else ""


def test_it_is_there_as_it_was_given_and_on_the_record(home: Home) -> None:
    text = f"# ours\n{TEXT}"
    where = save_preset(home.path, ADMIN, "bank 1", text)
    assert where.path == _folder(home) / "bank 1.toml"
    assert preset_file_text(home.path, "bank 1") == where.path.read_text() == text
    assert reading_of(home.path, "bank 1") == {"delimiter": ";"}
    assert preset_names(home.path) == ("bank 1",)
    assert '"preset_saved"' in _log(home)
    assert '"detail":{"keys":1,"os_user":"test","replaced":false}' in _log(home)
    delete_preset(home.path, ADMIN, "bank 1")
    assert preset_names(home.path) == ()
    assert '"preset_deleted"' in _log(home)


def test_a_taken_name_is_refused_unless_it_shall_be_replaced_and_then_the_old_one_is_kept(home: Home) -> None:
    save_preset(home.path, ADMIN, "bank", TEXT)
    with pytest.raises(PresetExists, match="'bank' already"):
        save_preset(home.path, ADMIN, "bank", "skip_lines = 1\n")
    assert preset_file_text(home.path, "bank") == TEXT
    save_preset(home.path, ADMIN, "bank", "skip_lines = 1\n", replace=True)
    assert reading_of(home.path, "bank") == {"skip_lines": 1}
    assert [path.read_text() for path in _folder(home).glob("bank.toml.bak.*")] == [TEXT]
    assert preset_names(home.path) == ("bank",), "what is kept is none"


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "../bank", "a/b", "/etc/passwd", ".bank", "bank.", "bank ", " bank", "-bank", "a\\b", "a\nb",
     "a\0b", "a\u202eb", "a:b", "x" * 65, "a*", "~bank", "$HOME"],
)  # fmt: skip
def test_a_name_is_no_path(home: Home, name: str) -> None:
    for do in (preset_file_text, preset_place, reading_of):
        with pytest.raises(PresetName):
            do(home.path, name)
    with pytest.raises(PresetName):
        save_preset(home.path, ADMIN, name, TEXT)
    with pytest.raises(PresetName):
        delete_preset(home.path, ADMIN, name)
    assert not _folder(home).exists()


@pytest.mark.parametrize("name", ["a", "_", "bank", "Bank für Käse", "2024-01.v2", "x" * 64, "日本"])
def test_plain_names_are_taken(home: Home, name: str) -> None:
    save_preset(home.path, ADMIN, name, TEXT)
    assert preset_names(home.path) == (name,)
    assert read_preset(home.path, unicodedata.normalize("NFD", name)).values == {"delimiter": ";"}


def test_an_unknown_one_names_those_there_are(home: Home) -> None:
    with pytest.raises(PresetUnknown, match="preset save"):
        read_preset(home.path, "bank")
    for number in range(22):
        save_preset(home.path, ADMIN, f"bank{number:02}", TEXT)
    with pytest.raises(PresetUnknown, match=r"'nank'.*give one of bank00, bank01.*bank19 and 2 more$"):
        read_preset(home.path, "nank")
    with pytest.raises(PresetUnknown, match="give one of bank00"):
        delete_preset(home.path, ADMIN, "nank")
    assert '"preset_deleted"' not in _log(home)


def test_no_link_is_followed(home: Home, tmp_path: Path) -> None:
    _folder(home).mkdir()
    (tmp_path / "elsewhere.toml").write_text(TEXT)
    (_folder(home) / "soft.toml").symlink_to(tmp_path / "elsewhere.toml")
    os.link(tmp_path / "elsewhere.toml", _folder(home) / "hard.toml")
    (_folder(home) / "folder.toml").mkdir()
    os.mkfifo(_folder(home) / "pipe.toml")
    for name, kind in {"soft": PathSymlink, "hard": HardLink, "folder": NotRegular, "pipe": NotRegular}.items():
        with pytest.raises(kind):
            read_preset(home.path, name)
        with pytest.raises(EtlError):
            delete_preset(home.path, ADMIN, name)
    for name in ("soft", "folder", "pipe"):
        with pytest.raises(EtlError):
            save_preset(home.path, ADMIN, name, TEXT, replace=True)
    assert (tmp_path / "elsewhere.toml").read_text() == TEXT


def test_a_folder_that_is_a_link_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    _folder(home).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PathSymlink):
        read_preset(home.path, "bank")
    with pytest.raises(EtlError):
        save_preset(home.path, ADMIN, "bank", TEXT)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_is_no_text_or_too_much_is_refused(home: Home) -> None:
    _folder(home).mkdir()
    (_folder(home) / "latin.toml").write_bytes('member = "ä"\n'.encode("latin-1"))
    (_folder(home) / "large.toml").write_bytes(b"#" * (MIB + 1))
    with pytest.raises(PresetInvalid, match=r"latin\.toml is not UTF-8 \(byte 10\)"):
        read_preset(home.path, "latin")
    with pytest.raises(PresetInvalid, match="more than 1,048,576 bytes"):
        read_preset(home.path, "large")
    (_folder(home) / "mark.toml").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert reading_of(home.path, "mark") == {"delimiter": ";"}


@pytest.mark.parametrize("text", ["", "# nothing\n", 'delimter = ";"\n', "x"])
def test_what_is_not_sound_is_not_saved(home: Home, text: str) -> None:
    with pytest.raises(PresetInvalid):
        save_preset(home.path, ADMIN, "bank", text)
    assert preset_names(home.path) == ()


@pytest.mark.parametrize("role", [ANALYST, AUDITOR])
def test_who_may_not_launch_may_not_change_them(home: Home, role: str) -> None:
    save_preset(home.path, ADMIN, "bank", TEXT)
    eve = Actor(name="eve", os_user="test", role=role)
    with pytest.raises(Forbidden):
        save_preset(home.path, eve, "mine", TEXT)
    with pytest.raises(Forbidden):
        delete_preset(home.path, eve, "bank")
    assert preset_names(home.path) == ("bank",)


def test_what_cannot_be_written_down_is_not_done(home: Home) -> None:
    save_preset(home.path, ADMIN, "bank", TEXT)
    log = home.path / ".secrets" / LOG_NAME
    log.unlink()
    log.mkdir()
    with pytest.raises(AuditUnavailable):
        save_preset(home.path, ADMIN, "other", TEXT)
    with pytest.raises(AuditUnavailable):
        delete_preset(home.path, ADMIN, "bank")
    assert sorted(path.name for path in _folder(home).iterdir()) == ["bank.toml"]


def test_paths_count_from_the_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.data)
    assert from_home(home.path, {"layout": "x.toml", "delimiter": ";"}) == {"layout": "data/x.toml", "delimiter": ";"}
    assert from_home(home.path, {"layout": "/more/x.toml"}) == {"layout": "/more/x.toml"}
    save_preset(home.path, ADMIN, "records", 'layout = "data/x.toml"\n')
    assert reading_of(home.path, "records") == {"layout": f"{home.path}/data/x.toml"}
    save_preset(home.path, ADMIN, "elsewhere", 'layout = "/more/x.toml"\n')
    assert reading_of(home.path, "elsewhere") == {"layout": "/more/x.toml"}

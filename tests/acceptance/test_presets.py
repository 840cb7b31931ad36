"""Saved readings, as a user keeps them: saved, listed, shown, used, sent to another home, taken away."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Command, Home

_EXPORT = "Umsätze\nKonto 17\n\nTag;Käufer;Summe\n2025-12-31;Käthe;12\n2026-01-01;Jörg;7\n"
_MODULE = ("-m", "etl_batch")
_FLAGS = ("--delimiter", ";", "--encoding", "cp1252", "--skip-lines", "3", "--header", "yes")


def test_from_saving_to_a_job_and_away(home: Home, command: Command) -> None:
    home.put("monday.txt", _EXPORT.encode("cp1252"))
    saved = command(*_MODULE, "preset", "save", "bank", *_FLAGS)
    assert (saved.code, saved.out) == (0, f"saved {home.path}/presets/bank.toml\n")
    assert command(*_MODULE, "preset", "list").out == "bank  delimiter ;, encoding cp1252, header yes, skip_lines 3\n"
    done = command(*_MODULE, "run", "-i", home.data / "monday.txt", "--preset", "bank", "--json", "--quiet")
    assert (done.code, done.err) == (0, "")
    assert (home.output / "data.csv").read_text() == "Tag,Käufer,Summe\n2025-12-31,Käthe,12\n2026-01-01,Jörg,7\n"
    assert done.json()["config"]["preset"] == "bank"
    again = command(*_MODULE, "preset", "save", "bank", "--delimiter", "|")
    assert (again.code, again.err[:23]) == (2, "error[E_PRESET_EXISTS]:")
    assert command(*_MODULE, "preset", "delete", "bank", "--json").json() == {"name": "bank"}
    gone = command(*_MODULE, "run", "-i", home.data / "monday.txt", "--preset", "bank")
    assert gone.code == 2
    assert gone.err.startswith("error[E_PRESET_UNKNOWN]: there is no saved reading 'bank'")


def test_it_is_sent_as_text_and_comes_as_it_was(home: Home, command: Command) -> None:
    command(*_MODULE, "preset", "save", "bank", *_FLAGS)
    shown = command(*_MODULE, "preset", "show", "bank")
    (home.path / "sent.toml").write_text(f"# from the branch\n{shown.out}")
    taken = command(*_MODULE, "preset", "save", "branch", "--from", home.path / "sent.toml", "--json")
    assert taken.json() == {"name": "branch", "path": f"{home.path}/presets/branch.toml"}
    assert command(*_MODULE, "preset", "show", "branch").out == f"# from the branch\n{shown.out}"
    other = command(*_MODULE, "preset", "save", "other", "--from", home.path / "sent.toml", "--delimiter", "|")
    assert other.code == 0
    found = command(*_MODULE, "preset", "show", "other", "--json").json()
    assert found["reading"] == {"delimiter": "|", "encoding": "cp1252", "header": "yes", "skip_lines": 3}


def test_it_is_saved_as_a_job_read(home: Home, command: Command) -> None:
    home.put("monday.txt", _EXPORT.encode("cp1252"))
    done = command(*_MODULE, "run", "-i", home.data / "monday.txt", *_FLAGS, "--json", "--quiet")
    saved = command(*_MODULE, "preset", "save", "as then", "--from-job", done.json()["job_id"], "--skip-lines", "2")
    assert saved.code == 0
    found = command(*_MODULE, "preset", "list", "--json").json()["presets"]
    reading = {"delimiter": ";", "encoding": "cp1252", "header": "yes", "skip_lines": 2}
    assert [(one["name"], one["problem"]) for one in found] == [("as then", None)]
    assert found[0]["reading"].items() >= reading.items()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["save", "bank"], "error[E_CONFIG]: nothing is said"),
        (["save", "bank", "--from", "/nowhere.toml"], "error[E_CONFIG]: --from /nowhere.toml cannot be read"),
        (["save", "bank", "--from", "x", "--from-job", "y"], "error[E_CONFIG]: --from and --from-job"),
        (["save", "bank", "--from-job", "y"], "error[E_JOB_UNKNOWN]: "),
        (["save", "../bank", "--delimiter", ";"], "error[E_PRESET_NAME]: "),
        (["save", "bank", "--encoding", "klingon"], "error[E_PRESET_INVALID]: "),
        (["show", "bank"], "error[E_PRESET_UNKNOWN]: "),
        (["delete", "bank"], "error[E_PRESET_UNKNOWN]: "),
    ],
)
def test_what_cannot_be_is_said(home: Home, command: Command, words: list[str], said: str) -> None:
    done = command(*_MODULE, "preset", *words)
    assert done.code == 2
    assert done.err.startswith(said)
    assert not (home.path / "presets").exists()


def test_one_that_is_not_sound_is_listed_with_what_is_wrong(home: Home, command: Command) -> None:
    command(*_MODULE, "preset", "save", "bank", *_FLAGS)
    (home.path / "presets" / "worse.toml").write_text('delimter = ";"\n')
    done = command(*_MODULE, "preset", "list")
    assert done.code == 0
    assert "worse  !! " in done.out
    assert "unknown key 'delimter'" in done.out
    found = json.loads(command(*_MODULE, "preset", "list", "--json").out)["presets"]
    assert [one["name"] for one in found] == ["bank", "worse"]
    assert found[1]["reading"] is None

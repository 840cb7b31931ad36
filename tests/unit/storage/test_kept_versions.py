"""What the name of an old version says; every name that publication gives is one."""

from __future__ import annotations

import pytest

from etl_batch.storage.kept_versions import KeptName, kept_name

AT = "2025-11-15T10:15:30+00:00"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.csv.bak.20251115T101530Z", KeptName("a.csv", ".bak.20251115T101530Z", AT)),
        ("a.csv.bak.20251115T101530Z-7", KeptName("a.csv", ".bak.20251115T101530Z-7", AT)),
        (
            "a.bak.20251115T101530Z.bak.20251115T101530Z",
            KeptName("a.bak.20251115T101530Z", ".bak.20251115T101530Z", AT),
        ),
        ("a.csv", None),
        ("a.csv.bak.20251315T101530Z", None),
        ("a.csv.bak.20251115T101530Z-0", None),
        ("a.csv.bak.20251115T101530Z.gz", None),
        (".bak.20251115T101530Z", None),
    ],
)
def test_names(name: str, found: KeptName | None) -> None:
    assert kept_name(name) == found

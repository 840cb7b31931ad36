"""Data packages beside outputs: read, and held to the profile that is published for them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from tests.conftest import PROJECT


@cache
def _profile() -> jsonschema.Draft7Validator:
    text = (PROJECT / "tests" / "data_makers" / "data_package_profile.json").read_text()
    return jsonschema.Draft7Validator(json.loads(text))


def valid(package: dict[str, Any]) -> dict[str, Any]:
    """The same, once the published profile (tables' schemas and dialects in it) has no fault to find with it."""
    assert [error.message for error in _profile().iter_errors(package)] == []
    return package


def package_beside(output: Path) -> dict[str, Any]:
    """The valid one that lies beside an output."""
    return valid(json.loads(output.with_name(f"{output.name}.datapackage.json").read_text()))


def lasting(content: bytes) -> bytes:
    """A data package without when it was made, and by which job: equal for jobs that made the same."""
    package = json.loads(content)
    del package["created"], package["etl:job_id"]
    return json.dumps(package).encode()

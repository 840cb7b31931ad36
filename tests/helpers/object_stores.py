"""An object store on this machine, moto's, in an environment of its own (`make store`)."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.processes import shared

SECRET = "a-secret-that-nobody-may-see"  # noqa: S105 - of a store that a test starts
KEYS = {
    "AWS_ACCESS_KEY_ID": "a-key",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
}
_SERVER = Path(__file__).parents[2] / ".store-venv" / "bin" / "moto_server"
_SECONDS_TO_START = 120


@dataclass(frozen=True)
class ServedStore:
    """A store with a bucket, `bkt`."""

    port: int

    @property
    def options(self) -> tuple[str, ...]:
        """As `--store-option` has them."""
        return f"endpoint_override=http://127.0.0.1:{self.port}", "region=us-east-1"

    @property
    def files(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        """The store, as another program reaches it."""
        import pyarrow.fs as pafs

        return pafs.S3FileSystem(endpoint_override=f"http://127.0.0.1:{self.port}", region="us-east-1")

    def put(self, key: str, content: bytes) -> str:
        """Put an object; returns its address."""
        with self.files.open_output_stream(f"bkt/{key}", compression=None) as stream:
            stream.write(content)
        return f"s3://bkt/{key}"

    def get(self, key: str) -> bytes:
        """What an object holds."""
        with self.files.open_input_stream(f"bkt/{key}", compression=None) as stream:
            content: bytes = stream.read()
            return content

    def keys(self, prefix: str) -> list[str]:
        """Of all objects beneath a prefix, behind it."""
        import pyarrow.fs as pafs

        selector = pafs.FileSelector(f"bkt/{prefix}".rstrip("/"), recursive=True, allow_not_found=True)
        found = self.files.get_file_info(selector)
        return sorted(one.path.removeprefix(f"bkt/{prefix}") for one in found if one.type == pafs.FileType.File)


@contextlib.contextmanager
def served_store() -> Iterator[ServedStore]:
    """Start one, whose keys are in the environment until the block ends."""
    if not _SERVER.exists():
        assert not os.environ.get("ETL_REQUIRE_STORE"), "the object store is required here: make store"
        pytest.skip("the object store is not there: make store")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = [str(_SERVER), "-H", "127.0.0.1", "-p", str(port)]
    process = shared(subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        try:
            _make_bucket(port)
            yield ServedStore(port)
        finally:
            process.kill()
            process.wait()


def _make_bucket(port: int) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS_TO_START)
            asked.request("PUT", "/bkt")
            assert asked.getresponse().status == http.HTTPStatus.OK
            asked.close()
        except (http.client.HTTPException, OSError):
            assert time.monotonic() < until, "the object store does not start"
            time.sleep(0.1)
        else:
            return

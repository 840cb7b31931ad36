"""Addresses of objects: what they may hold, which may be used, and that what may be a key is never shown."""

from __future__ import annotations

import os
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import PathCharacters, PathTraversal, StoreAddress, StoreClosed
from etl_batch.text.store_address import Address, AddressPath, is_address, path_of, store_options

NAMES = st.text(string.ascii_letters + string.digits + "-_= äé.", min_size=1, max_size=8).filter(
    lambda name: name not in {".", ".."}
)
BUCKETS = st.text(string.ascii_lowercase + string.digits, min_size=3, max_size=10)
KEYS = st.lists(NAMES, max_size=4).map("/".join)
ADDRESSES = st.builds("{}://{}/{}".format, st.sampled_from(["s3", "gs", "az"]), BUCKETS, KEYS)


@given(address=ADDRESSES)
def test_it_is_shown_as_it_was_given(address: str) -> None:
    assert is_address(address)
    assert Address.parse(address).text == address
    assert str(path_of(address.rstrip("/"))) == address.rstrip("/")
    assert str(AddressPath(address.rpartition("/")[0]) / "name") == f"{address.rpartition('/')[0]}/name"


@given(address=ADDRESSES, root=ADDRESSES)
def test_only_what_lies_beneath_a_root_may_be_used(address: str, root: str) -> None:
    names, above = address.split("/"), root.removesuffix("/").split("/")
    parsed = Address.parse(address)
    if names[: len(above)] == above and len(names) > len(above):  # each name on the way is the same, whole
        parsed.refuse_closed([root])
    else:
        with pytest.raises(StoreClosed):
            parsed.refuse_closed([root])
    with pytest.raises(StoreClosed, match="may be used: none;"):
        parsed.refuse_closed([])


def test_a_name_that_only_begins_so_lies_elsewhere() -> None:
    Address.parse("s3://bucket/in/a").refuse_closed(["s3://bucket/in"])
    for root in ("s3://bucket/i", "s3://bucket/in/a/b", "gs://bucket/in/", "s3://bucket2/in/"):
        with pytest.raises(StoreClosed):
            Address.parse("s3://bucket/in/a").refuse_closed([root])


@pytest.mark.parametrize(
    "given_address",
    [
        "s3://AK:hidden-word@bucket/key",
        "s3://hidden-word@bucket/key",
        "s3://bucket:hidden-word/key",
        "s3://bucket/key?secret_key=hidden-word",
        "s3://bucket/key#hidden-word",
    ],
)
def test_what_may_be_a_key_is_refused_and_not_shown(given_address: str) -> None:
    with pytest.raises(StoreAddress) as caught:
        Address.parse(given_address)
    assert "hidden-word" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("given_address", "error"),
    [
        ("s3://bucket/a/../b", PathTraversal),
        ("s3://bucket/..", PathTraversal),
        ("s3://bucket/a\u202eb", PathCharacters),
        ("s3://bucket/a//b", StoreAddress),
        ("s3:///b", StoreAddress),
        ("s3://B!/b", StoreAddress),
        ("ftp://bucket/b", StoreAddress),
        ("s3://bucket/" + "a" * 1025, StoreAddress),
    ],
)
def test_what_is_no_address_is_refused(given_address: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Address.parse(given_address)


def test_an_address_is_no_path_to_open() -> None:
    with pytest.raises(TypeError, match="is an address"):
        os.fspath(AddressPath("s3://bucket/a"))


def test_options_of_a_store() -> None:
    given_options = ["endpoint_override=http://127.0.0.1:9000", "region=eu-1", "scheme=https", "anonymous=true"]
    assert store_options(given_options)["endpoint_override"] == "http://127.0.0.1:9000"
    for wrong in (
        ["secret_key=hidden-word"], ["region"], ["region=a", "region=b"], ["scheme=hidden-word"],
        ["anonymous=hidden-word"], ["endpoint_override=http://a:hidden-word@host"],
    ):  # fmt: skip
        with pytest.raises(StoreAddress) as caught:
            store_options(wrong)
        assert "hidden-word" not in str(caught.value)

"""Object stores: an address that may not be used, what cannot be done there, a store that does not answer."""

from __future__ import annotations

from etl_batch.errors.base import EtlError, Refused


class StoreAddress(Refused):
    """The address of an object, or an option of its store, cannot be used, or holds what may be a key."""

    code = "E_STORE_ADDRESS"
    mend = "give s3://bucket/key, and no key or password in it: the environment has them (AWS_ACCESS_KEY_ID ...)"


class StoreClosed(Refused):
    """The address of an object lies beneath none of those that may be used."""

    code = "E_STORE_ROOTS"
    mend = "allow its prefix: set ETL_STORE_ROOTS=s3://bucket/prefix/ and start again"


class StoreUnsupported(Refused):
    """What an object store is asked for is done with files only."""

    code = "E_STORE_UNSUPPORTED"
    mend = "copy the object to HOME/data, and read it there"


class StoreFailed(EtlError):
    """An object store cannot be reached, or refuses what it is asked for."""

    code = "E_STORE"
    mend = "check its address (--store-option endpoint_override=), the keys in the environment, and what they may do"

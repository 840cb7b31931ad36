"""What is said of object stores: how they are reached, and which prefixes of them may be used."""

from __future__ import annotations

from collections.abc import Iterable

from etl_batch.light_dataclass import dataclass
from etl_batch.text.flag import option
from etl_batch.text.store_address import Address, is_address, store_options


@dataclass(frozen=True, kw_only=True)
class Stores:
    """How object stores are used."""

    store_options: tuple[str, ...] = option(
        (), "how object stores (s3://bucket/key) are reached: endpoint_override, region, scheme, anonymous, "
        "account_name; repeatable; keys come from the environment",
        name="--store-option", metavar="KEY=VALUE", place=8, repeats=True, is_asked=False,
    )  # fmt: skip
    #: beneath which objects may be used: what ETL_STORE_ROOTS says, now
    store_roots: tuple[str, ...] = ()

    def refuse_addresses(self, given: Iterable[str | None]) -> None:
        """Refuse addresses and options that cannot be used, before anything is kept of them: they may be secret.

        Args:
            given: inputs and outputs, as they were given.

        Raises:
            StoreAddress, PathTraversal, PathCharacters: one is none that can be used.
        """
        store_options(self.store_options)
        for one in given:
            if one is not None and is_address(one):
                Address.parse(one)

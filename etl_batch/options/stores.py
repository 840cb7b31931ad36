"""What is said of object stores: how they are reached, and which prefixes of them may be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from etl_batch.errors import ConfigError, StoreUnsupported
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
    overwrite: bool = option(
        False, "replace the parts of another plan, where the prefix of an object store holds some",
        place=6, is_asked=False,
    )  # fmt: skip
    #: beneath which objects may be used: what ETL_STORE_ROOTS says, now
    store_roots: tuple[str, ...] = ()

    def refuse_addresses(self, given: Iterable[str | None], outputs: Mapping[str, str | None]) -> None:
        """Refuse addresses and options that cannot be used, before anything is kept of them: they may be secret.

        Args:
            given: inputs and what else is read or written, as it was given.
            outputs: by their flags.

        Raises:
            StoreAddress, PathTraversal, PathCharacters: one is none that can be used.
            StoreUnsupported: an output is no folder of parts.
            ConfigError: there is nothing in a store that could be replaced.
        """
        store_options(self.store_options)
        for one in given:
            if one is not None and is_address(one):
                Address.parse(one)
        stored = {flag: Address.parse(one) for flag, one in outputs.items() if one is not None and is_address(one)}
        for flag, address in stored.items():
            if not address.key or not address.is_prefix:
                raise StoreUnsupported(
                    f"{flag} {address.text} names an object, and an output in a store is a folder of parts",
                    mend=f"name a prefix, which ends in '/': {flag} s3://bucket/parts/",
                )
        if self.overwrite and not stored:
            raise ConfigError(
                "--overwrite is for outputs in object stores", mend="leave it out: files are kept as .bak"
            )

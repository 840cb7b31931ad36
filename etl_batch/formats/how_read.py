"""How a text is to be read, as far as anybody said."""

from __future__ import annotations

from typing import Protocol

from etl_batch.options.input_reading import HeaderLine


class HowRead(Protocol):
    """How text is to be read: a `Dialect`, a `JobConfig`."""

    @property
    def delimiter(self) -> str | None:
        """Between cells; None: nobody gave it."""

    @property
    def encoding(self) -> str | None:
        """Of its text; None: nobody gave it."""

    @property
    def header(self) -> HeaderLine:
        """Whether its first row holds the names."""

    @property
    def names(self) -> tuple[str, ...] | None:
        """Of its columns; None: nobody gave them."""

    @property
    def skip_lines(self) -> int | None:
        """Lines above its table; None: nobody said how many."""

    @property
    def quote(self) -> str | None:
        """Around cells; empty: nothing is; None: nobody said."""

    @property
    def escape(self) -> str | None:
        """Takes the meaning of the sign behind it; empty: nothing does; None: nobody said."""

    @property
    def comment(self) -> str | None:
        """What lines begin with that are left out; empty: none are; None: nobody said."""

    @property
    def skip_footer(self) -> int:
        """Lines below its table."""

    @property
    def trim(self) -> bool:
        """Whether blanks around its cells are taken away."""

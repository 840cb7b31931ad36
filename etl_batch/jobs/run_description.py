"""What a person calls a run, and what they say of it. Pure."""

from __future__ import annotations

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass

MOST_NAME_CHARACTERS = 100
MOST_NOTE_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDescription:
    """A name and a note; both may be empty."""

    name: str = ""  #: one line
    note: str = ""  #: may have several

    def __post_init__(self) -> None:
        """Refuse what no list could show.

        Raises:
            ConfigError: it is too long, or the name is no line of text.
        """
        if len(self.name) > MOST_NAME_CHARACTERS or not (self.name.isprintable() and self.name == self.name.strip()):
            raise ConfigError(
                f"the name of a run has {len(self.name)} characters, or some that nobody sees",
                mend=f"give one line of at most {MOST_NAME_CHARACTERS} characters, without blanks around it",
            )
        if len(self.note) > MOST_NOTE_CHARACTERS:
            raise ConfigError(
                f"the note of a run has {len(self.note):,} characters", mend=f"give at most {MOST_NOTE_CHARACTERS:,}"
            )

    @property
    def searched(self) -> str:
        """What a search finds of both."""
        return f"{self.name}\n{self.note}".lower()

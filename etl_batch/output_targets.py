"""Where the outputs of a job go, settled by their names alone before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, NotRegular
from etl_batch.paths import Place, place
from etl_batch.sinks.side_names import journal_place, lock_place, refuse_long_names
from etl_batch.sources.contract import Source

_METADATA = ".meta.json"
_REJECTS = ".rejected.csv"
_SAMPLE = ".sample.parquet"
_TOTALS = ".totals.parquet"
_SPAN_SAMPLES = ".span.samples"
_COMPLETED = ".new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The places of all outputs of one job."""

    csv: Place | None
    parquet: Place | None
    parquet_is_folder: bool
    rejects: Place
    metadata: Place

    @property
    def first(self) -> Place:
        """The output that the rest is named after; the journal lies beside it."""
        return self.outputs[0]

    @property
    def outputs(self) -> tuple[Place, ...]:
        """The CSV, the Parquet, or both."""
        return tuple(one for one in (self.csv, self.parquet) if one is not None)

    @property
    def held(self) -> tuple[Place, ...]:
        """What no other job may write meanwhile; what is named after the first output is held with it."""
        return self.outputs if self.metadata == self._beside(_METADATA) else (*self.outputs, self.metadata)

    @property
    def sample(self) -> Place:
        """The sampled rows."""
        return self._beside(_SAMPLE)

    @property
    def totals(self) -> Place:
        """The exact totals of each block."""
        return self._beside(_TOTALS)

    @property
    def span_samples(self) -> Place:
        """What the sample is made of, span after span; it is gone when the job is done."""
        return self._beside(_SPAN_SAMPLES)

    @property
    def completed_metadata(self) -> Place:
        """The metadata with what is known only once all is published, until it takes their place."""
        return self.metadata.sibling(f"{self.metadata.relative.name}{_COMPLETED}")

    @property
    def all(self) -> tuple[Place, ...]:
        """Everything that is published, or written on the way there."""
        beside = (self.rejects, self.sample, self.totals, self.span_samples)
        return (*self.outputs, self.metadata, *beside, self.completed_metadata)

    def _beside(self, suffix: str) -> Place:
        return self.first.sibling(f"{self.first.relative.name}{suffix}")


def metadata_beside(target: Place) -> Place:
    """Where the metadata of a job lie whose first output this is, unless told otherwise."""
    return target.sibling(f"{target.relative.name}{_METADATA}")


def targets_of(config: JobConfig) -> Targets:
    """The places that a configuration names.

    Raises:
        Refused: a path that may not be written, or leaves no room for the names of its side files.
    """
    csv = None if config.output_csv is None else _file_place(config.output_csv, "-o", config)
    in_folder = config.output_parquet is not None and config.output_parquet.endswith("/")
    parquet = None if config.output_parquet is None else _output_place(config.output_parquet, config)
    first = csv or parquet
    if first is None:
        raise ConfigError("no output is given")
    metadata = metadata_beside(first) if config.metadata is None else _file_place(config.metadata, "--metadata", config)
    targets = Targets(
        csv=csv,
        parquet=parquet,
        parquet_is_folder=in_folder,
        rejects=first.sibling(f"{first.relative.name}{_REJECTS}"),
        metadata=metadata,
    )
    for target in targets.all:
        refuse_long_names(target)
    return targets


def refuse_clashes(targets: Targets, sources: tuple[Source, ...]) -> None:
    """Refuse outputs that would replace one another, or an input.

    Raises:
        ConfigError: two of them are the same, or one lies inside the other.
    """
    beside = [side(target) for target in targets.outputs for side in (lock_place, journal_place)]
    written = [one.path for one in (*targets.all, *beside)]
    for number, one in enumerate(written):
        for other in (*written[:number], *(source.place.path for source in sources)):
            if one == other or one in other.parents or other in one.parents:
                raise ConfigError(f"{one} would replace {other}", mend="give each output a place of its own")


def _file_place(given: str, flag: str, config: JobConfig) -> Place:
    if given.endswith("/"):
        raise ConfigError(f"{flag} {given} names a folder, where a file is meant", mend="take the '/' off its end")
    return _output_place(given, config)


def _output_place(given: str, config: JobConfig) -> Place:
    found = place(given, config.output_roots, purpose="output")
    if not found.relative.parts:
        raise NotRegular(f"{found.path} is a folder that outputs go to", mend="give a name inside it")
    return found

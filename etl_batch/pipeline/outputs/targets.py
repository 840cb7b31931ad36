"""Where the outputs of a job go, settled by their names alone before anything is written."""

from __future__ import annotations

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, NotRegular
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.claims import (
    COMPLETED_ENDING,
    METADATA_ENDING,
    PACKAGE_ENDING,
    REJECTS_ENDING,
    SAMPLE_ENDING,
    SPAN_KEYS_ENDING,
    SPAN_SAMPLES_ENDING,
    TOTALS_ENDING,
)
from etl_batch.storage.roots import Place, place
from etl_batch.storage.side_names import part_place, refuse_long_names
from etl_batch.storage.staging import staged


@dataclass(frozen=True, slots=True)
class Growing:
    """An output, or a file beside it: where it will be, and where it grows until then."""

    target: Place
    hidden: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTargets:
    """The places of one table of a job."""

    csv: Growing | None
    parquet: Growing | None
    sample: Growing
    totals: Growing
    span_samples: Place
    span_keys: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The places of all outputs of one job."""

    csv: Place | None
    parquet: Place | None
    parquet_is_folder: bool
    csv_is_folder: bool = False
    rejects: Place
    metadata: Place
    tables: tuple[str, ...] = ()  #: that have a folder each in every output; none: there is one table
    report: Place | None = None  #: where `--report` names one; else it has a name that no other job gives

    @property
    def first(self) -> Place:
        """The output that the rest is named after; the journal lies beside it."""
        return self.outputs[0]

    @property
    def outputs(self) -> tuple[Place, ...]:
        """The CSV, the Parquet, or both."""
        return tuple(output for output in (self.csv, self.parquet) if output is not None)

    def is_folder(self, target: Place) -> bool:
        """Whether one of these places is a folder of parts."""
        return target in self.folders

    @property
    def folders(self) -> tuple[Place, ...]:
        """Those outputs that are folders of parts."""
        kinds = ((self.csv, self.csv_is_folder), (self.parquet, self.parquet_is_folder))
        return tuple(output for output, is_folder in kinds if output is not None and is_folder)

    @property
    def held(self) -> tuple[Place, ...]:
        """What no other job may write meanwhile; what is named after the first output is held with it."""
        metadata = () if self.metadata == self._beside(METADATA_ENDING) else (self.metadata,)
        return (*self.outputs, *metadata, *(() if self.report is None else (self.report,)))

    @property
    def sample(self) -> Place:
        """The sampled rows."""
        return self._beside(SAMPLE_ENDING)

    @property
    def totals(self) -> Place:
        """The exact totals of each block."""
        return self._beside(TOTALS_ENDING)

    @property
    def package(self) -> Place:
        """What the outputs are, as a Data Package."""
        return self._beside(PACKAGE_ENDING)

    @property
    def span_samples(self) -> Place:
        """What the sample is made of, span after span; it is gone when the job is done."""
        return self._beside(SPAN_SAMPLES_ENDING)

    @property
    def span_keys(self) -> Place:
        """The keys of the rows, span after span, where a contract asks for some; it is gone when the job is done."""
        return self._beside(SPAN_KEYS_ENDING)

    @property
    def completed_metadata(self) -> Place:
        """The metadata with what is known only once all is published, until it takes their place."""
        return self.metadata.sibling(f"{self.metadata.relative.name}{COMPLETED_ENDING}")

    @property
    def all(self) -> tuple[Place, ...]:
        """Everything that is published together, or written on the way there; the report follows by itself."""
        beside = (self.rejects, self.sample, self.totals, self.package, self.span_samples, self.span_keys)
        of_tables = (self._span_samples_of(name) for name in self.tables)
        return (*self.outputs, self.metadata, *beside, *of_tables, self.completed_metadata)

    def of_table(self, name: str | None, job_id: str) -> TableTargets:
        """The places of one table. Of several, each has a folder in every output, and its sample beside it there.

        Args:
            name: of the table; None: the only one.
            job_id: of the job, in whose hidden files and folders it grows.
        """

        def growing(whole: Place | None, ending: str = "") -> Growing | None:
            if whole is None:
                return None
            hidden = part_place(whole, job_id)
            if name is None:
                return Growing(whole, hidden)
            return Growing(whole.child(f"{name}{ending}"), hidden.child(f"{name}{ending}"))

        def beside(alone: Place, ending: str) -> Growing:
            found = growing(alone if name is None else self.first, ending)
            if found is None:
                raise ValueError("a job has an output")
            return found

        return TableTargets(
            csv=growing(self.csv),
            parquet=growing(self.parquet),
            sample=beside(self.sample, SAMPLE_ENDING),
            totals=beside(self.totals, TOTALS_ENDING),
            span_samples=self.span_samples if name is None else self._span_samples_of(name),
            span_keys=self.span_keys,
        )

    def _span_samples_of(self, name: str) -> Place:
        return self._beside(f".{name}{SPAN_SAMPLES_ENDING}")

    def _beside(self, suffix: str) -> Place:
        return self.first.sibling(f"{self.first.relative.name}{suffix}")


def metadata_beside(target: Place) -> Place:
    """Where the metadata of a job lie whose first output this is, unless a flag says otherwise."""
    return target.sibling(f"{target.relative.name}{METADATA_ENDING}")


def targets_of(config: JobConfig) -> Targets:
    """The places that a configuration names.

    Raises:
        Refused: a path that may not be written, or leaves no room for the names of its side files.
    """
    csv = None if config.output_csv is None else _output_place(config.output_csv, config)
    parquet = None if config.output_parquet is None else _output_place(config.output_parquet, config)
    first = csv or parquet
    if first is None:
        raise ConfigError("no output is given")
    metadata = metadata_beside(first) if config.metadata is None else _file_place(config.metadata, "--metadata", config)
    targets = Targets(
        csv=csv,
        parquet=parquet,
        parquet_is_folder=is_folder_name(config.output_parquet),
        csv_is_folder=is_folder_name(config.output_csv),
        rejects=first.sibling(f"{first.relative.name}{REJECTS_ENDING}"),
        metadata=metadata,
        report=given_report(config),
    )
    for target in (*targets.all, *targets.held):
        refuse_long_names(target)
    return targets


def is_folder_name(given: str | None) -> bool:
    """Whether an output is given that is a folder of parts."""
    return given is not None and given.endswith("/")


def given_report(config: JobConfig) -> Place | None:
    """Where `--report` says that the report goes; None: nowhere.

    Raises:
        Refused: that may not be written.
    """
    return None if config.report is None else _file_place(config.report, "--report", config)


def _file_place(given: str, flag: str, config: JobConfig) -> Place:
    if given.endswith("/"):
        raise ConfigError(f"{flag} {given} names a folder, where a file is meant", mend="take the '/' off its end")
    return _output_place(given, config)


def _output_place(given: str, config: JobConfig) -> Place:
    found = place(staged(given, config.home), config.output_roots, purpose="output")
    if not found.relative.parts:
        raise NotRegular(f"{found.path} is a folder that outputs go to", mend="give a name inside it")
    return found

"""A job under a contract: how its CSV is read, whether its columns are those of the contract, and what is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from etl_batch.accumulators.contract_rules import ContractRules
from etl_batch.config import JobConfig, ProfileDepth
from etl_batch.contracts.contract import Contract, ContractField, Kind
from etl_batch.contracts.loading import contract_of
from etl_batch.contracts.patterns import whole
from etl_batch.errors import ConfigError, ContractBroken, ContractFile
from etl_batch.formats.format import Source
from etl_batch.formats.output_columns import Absent, OutputColumn, OutputColumns
from etl_batch.options.shape import SourceColumn
from etl_batch.pipeline.key_file import KeyPlan
from etl_batch.pipeline.output_shape import source_name
from etl_batch.pipeline.tables import Table
from etl_batch.storage.layout_file import layout_file_text
from etl_batch.storage.roots import place

_NO_KEYS = {"object", "array"}
_TEXT_RULES = {Kind.SHORTEST, Kind.LONGEST, Kind.PATTERN}
#: what a column may hold, by the type that the contract gives it
_GOES = {"number": {"number", "integer"}, "any": None}


def read_contract(config: JobConfig) -> Contract | None:
    """The contract of a job; None: it has none.

    Raises:
        ContractFile: it is none, or a pattern is none that RE2 reads.
        Refused: the file cannot be opened.
    """
    if config.contract is None:
        return None
    where = place(config.contract, config.input_roots)
    return sound_contract(layout_file_text(where), str(where.path))


def sound_contract(text: str, name: str) -> Contract:
    """The contract in a document, all of which can be checked.

    Raises:
        ContractFile: it is none, or a pattern is none that RE2 reads.
    """
    found = contract_of(text, name)
    for pattern in (str(rule.value) for rule in found.rules if rule.kind is Kind.PATTERN):
        _refuse_pattern(pattern, name)
    return found


def _refuse_pattern(pattern: str, name: str) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), pattern=whole(pattern))
    except pa.ArrowInvalid as error:
        raise ContractFile(f"{name}: the pattern {pattern[:60]!r} is not read: {error}") from None


def read_under(config: JobConfig, contract: Contract, names: Sequence[str], *, is_text: bool) -> JobConfig:
    """How a job reads its inputs: as its flags say, and where they say nothing, as the contract does.

    Args:
        config: of the job.
        contract: of the job.
        names: of the columns of its inputs.
        is_text: whether all inputs are CSV, whose types nothing else settles.

    Raises:
        ContractBroken: a column of the contract is not there.
    """
    missing = [one.name for one in contract.fields if one.name not in names]
    if missing:
        raise ContractBroken(
            f"column {missing[0]!r} of the contract is not there", mend=f"the columns are {', '.join(names[:100])}"
        )
    if not is_text:
        return config
    said = _named_in(config.types)
    types = ",".join(
        f"{one.name}={one.read_as}" for one in contract.fields if one.read_as is not None and one.name not in said
    )
    return replace(
        config,
        types=",".join(filter(None, (types, config.types))) or None,
        null=(*config.null, *contract.null_words),
        decimal=config.decimal or contract.decimal,
        thousands=config.thousands if config.thousands is not None else contract.thousands,
    )


def _named_in(types: str | None) -> frozenset[str]:
    """The columns that `--types` names."""
    from etl_batch.formats.csv.given_types import parse_types

    return frozenset(parse_types(types) if types else ())


def contract_rules(contract: Contract, tables: Sequence[Table]) -> tuple[ContractRules, ...]:
    """What is checked of the rows of the only table.

    Raises:
        ConfigError: there are several tables.
        ContractBroken: a column is of another type than the contract says.
    """
    if len(tables) > 1:
        raise ConfigError(
            "--contract is given, and the records become several tables",
            mend="convert them first, then each table with a contract of its own",
        )
    sources = tables[0].sources
    names = tuple(sources[0].names)
    for source in sources:
        _refuse_other_types(contract, source)
    asked = dict.fromkeys(rule.column for rule in contract.rules if rule.column is not None)
    asked |= dict.fromkeys(name for columns in contract.keys for name in columns)
    columns = tuple(OutputColumn(name, names.index(name)) for name in asked)
    row = OutputColumn("", SourceColumn.ROW)
    shapes = tuple(OutputColumns((*columns, row), source_name(source.place)) for source in sources)
    inputs = tuple(source_name(source.place) for source in sources)
    return (ContractRules(contract, shapes, sources[0].ordinal, inputs),)


def names_in_outputs(names: Sequence[str], shapes: Sequence[OutputColumns]) -> dict[str, str]:
    """By their names in the inputs, what columns are called in the outputs, those that are there.

    Args:
        names: of the columns of the first input.
        shapes: see `TablePlan`.
    """
    if not shapes:
        return {name: name for name in names}
    return {
        names[one.origin]: one.name for one in shapes[0].columns if not isinstance(one.origin, SourceColumn | Absent)
    }


def refuse_incomparable(
    contract: Contract, names: Sequence[str], shapes: Sequence[OutputColumns], config: JobConfig
) -> None:
    """Refuse a drift that is not known: it compares the profiles of the outputs' columns.

    Raises:
        ConfigError: there is no profile, or the outputs have not the column.
    """
    drifting = [rule for rule in contract.rules if rule.limits]
    if drifting and config.profile_depth is ProfileDepth.OFF:
        raise ConfigError(
            f"the contract bounds a drift ({drifting[0].text}), and nothing is learned of the columns",
            mend="ask for it: --profile light",
        )
    there = names_in_outputs(names, shapes)
    for rule in drifting:
        if rule.column not in there:
            raise ConfigError(
                f"the contract bounds a drift of column {rule.column!r}, which the outputs have not",
                mend="select it, or take the rule out of the contract",
            )


def key_plan(rules: Sequence[ContractRules]) -> KeyPlan | None:
    """Which keys the rows have; None: no rule is about keys."""
    return next((KeyPlan(one.contract.keys, one.shapes) for one in rules if one.contract.keys), None)


def _refuse_other_types(contract: Contract, source: Source) -> None:
    kinds = dict(zip(source.names, source.kinds(), strict=True))
    of_texts = {rule.column for rule in contract.rules if rule.kind in _TEXT_RULES}
    for field in contract.fields:
        is_now = kinds[field.name].type
        if not _goes(field, is_now, is_text=field.name in of_texts):
            raise ContractBroken(
                f"column {field.name!r} of {source.place.path} is {is_now}, and the contract says {field.type}",
                mend="read it otherwise (--types, --layout), or change the contract",
            )
    for name in (name for columns in contract.keys for name in columns):
        if kinds[name].type in _NO_KEYS:
            raise ContractBroken(
                f"column {name!r} of {source.place.path} is {kinds[name].type}, which makes no key",
                mend="make the key of other columns",
            )


def _goes(field: ContractField, is_now: str, *, is_text: bool) -> bool:
    if field.type == "any":
        return not is_text or is_now in {"string", "any"}
    return is_now in (_GOES.get(field.type) or {field.type})

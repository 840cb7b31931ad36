"""What a contract comes to once all rows are known: keys that come twice, keys that refer to nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl_batch.accumulators.contract_rules import ContractRules, KeptRules
from etl_batch.contracts.contract import Key
from etl_batch.contracts.drift import drift
from etl_batch.contracts.findings import MOST_EXAMPLES, Example
from etl_batch.formats.format import Source
from etl_batch.formats.opening import Mapper
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.contract_plan import names_in_outputs
from etl_batch.pipeline.key_examples import Wanted, key_values
from etl_batch.pipeline.key_file import KeyFile
from etl_batch.pipeline.last_run import last_profile
from etl_batch.pipeline.referred_keys import ReferredKeys
from etl_batch.storage.roots import Place
from etl_batch.values import Span

if TYPE_CHECKING:
    from etl_batch.pipeline.job import JobPlan
    from etl_batch.pipeline.key_search import Broken, Share
    from etl_batch.pipeline.outputs.job_outputs import JobOutputs

_BYTES_A_KEY = 400  #: that a worker takes for each it looks at, several times over
_FEWEST_KEYS = 2**14

Keys = tuple[KeyFile, int]  #: a file, and which of its choices of columns


@dataclass(frozen=True, slots=True)
class AllRows:
    """What is known of the rows of a job that are all written."""

    rules: ContractRules
    sources: Sequence[Source]  #: of the table
    spans: Sequence[Span]
    keys: KeyFile
    referred: ReferredKeys


def settle_keys(rows: AllRows, learned: KeptRules, run: Mapper, memory_bytes: int) -> None:
    """Count the rows that break rules of keys, and find the first.

    Args:
        rows: all of them.
        learned: of the contract, which learns it.
        run: in workers.
        memory_bytes: of each.
    """
    most = max(memory_bytes // _BYTES_A_KEY, _FEWEST_KEYS)
    for place, rule in enumerate(rows.rules.contract.rules):
        if rule.key is not None:
            count, first = _searched(rows, rule.key, run, most)
            learned.counts.breaches[place] = count
            learned.counts.examples[place] = list(_examples(rows, rule.key, first, run))


def settle_contract(plan: JobPlan, outputs: JobOutputs, referred: ReferredKeys, run: Mapper) -> None:
    """What the contract of a job comes to, all of whose rows are written.

    Args:
        plan: of the job.
        outputs: which hold what was learned of its rows, and learn the rest.
        referred: keys of elsewhere.
        run: in workers.
    """
    for table in outputs.tables:
        learned = next((one for one in table.learned if isinstance(one, KeptRules)), None)
        if learned is None:
            continue
        if table.keys is not None:
            rows = AllRows(learned.of, table.plan.sources, plan.spans, table.keys.file, referred)
            settle_keys(rows, learned, run, plan.config.memory_limit_bytes)
        names = names_in_outputs(table.plan.sources[0].names, table.plan.shapes)
        settle_drift(learned, names, outputs.targets.metadata, table.findings().get("column_profile"))


def settle_drift(learned: KeptRules, names: Mapping[str, str], metadata: Place, now: dict[str, Any] | None) -> None:
    """Compare the columns with those of the last run.

    Args:
        learned: of the contract, which learns it.
        names: by their names in the inputs, what columns are called in the outputs.
        metadata: where those of the last run lie, if there was one.
        now: the column profile.
    """
    rules = [(place, rule) for place, rule in enumerate(learned.of.contract.rules) if rule.limits]
    if not rules or now is None:
        return
    before = last_profile(metadata)
    for place, rule in rules:
        learned.counts.ended[place] = drift(rule.limits, names[str(rule.column)], before, now)


def _searched(rows: AllRows, key: Key, run: Mapper, most: int) -> tuple[int, list[Broken]]:
    every = rows.rules.contract.keys
    among = None
    if key.referred:
        file, columns = (rows.keys, every) if key.resource is None else rows.referred[key.resource]
        among = (file, columns.index(key.referred))
    return broken_rows((rows.keys, every.index(key.columns)), among, run, most)


def broken_rows(own: Keys, among: Keys | None, run: Mapper, most: int) -> tuple[int, list[Broken]]:
    """How many rows break a rule of keys, and the first of them.

    Args:
        own: their keys.
        among: the keys that there are; None: no key may come twice.
        run: in workers.
        most: so many keys are looked at together.
    """
    from etl_batch.pipeline.key_search import Search, rows_that_break

    count, first = 0, []
    shares = _shares([own] if among is None else [own, among], most)
    while shares:
        found = list(run(rows_that_break, [Search(*own, share, among) for share in shares]))
        for each in found:
            if each is not None:
                count += each[0]
                first += each[1]
        shares = [half for share, each in zip(shares, found, strict=True) if each is None for half in share.halves()]
    return count, sorted(first)[:MOST_EXAMPLES]


def _shares(asked: Sequence[Keys], most: int) -> list[Share]:
    """All hashes, cut where so many keys are together."""
    import numpy as np

    from etl_batch.accumulators.key_entries import BUCKETS, blocks
    from etl_batch.pipeline.key_search import Share

    sizes = np.zeros(BUCKETS, dtype=np.int64)
    for file, key in asked:
        descriptor = file.opened()
        try:
            for block in blocks(descriptor, file.offset):
                if block.key == key:
                    sizes += np.diff(block.starts)
        finally:
            os.close(descriptor)
    shares, first, here = [], 0, 0
    for bucket, size in enumerate(sizes.tolist()):
        if here and here + size > most:
            shares.append(Share(first, bucket, most=most))
            first, here = bucket, 0
        here += size
    return [*shares, Share(first, BUCKETS, most=most)] if here else shares


def _examples(rows: AllRows, key: Key, first: Sequence[Broken], run: Mapper) -> Iterator[Example]:
    """Of each row its key, and of one that comes twice where it was before."""
    from etl_batch.accumulators.key_entries import PLACE_BITS

    places = [(place >> PLACE_BITS, place & (2**PLACE_BITS - 1)) for place, _ in first]
    values = key_values(_wanted(rows, key.columns, places), run)
    for (source, row), (_, earlier), value in zip(places, first, values, strict=True):
        if key.referred:
            yield source, row, value
            continue
        of, number = earlier >> PLACE_BITS, earlier & (2**PLACE_BITS - 1)
        file = f" of {rows.rules.inputs[of]}" if of != source else ""
        yield source, row, f"{value}, as row {number}{file}"


def _wanted(rows: AllRows, columns: tuple[str, ...], places: Sequence[tuple[int, int]]) -> list[Wanted]:
    found = []
    for source, row in places:
        own = rows.sources[source]
        mine = (one for one in rows.spans if one.source == own.ordinal)
        (span,) = (one for one in mine if one.first_row < row <= one.first_row + one.rows)
        found.append(Wanted(own, span, rows.rules.shapes[source], columns, row))
    return found

"""Contracts: read, checked, and what follows."""

from __future__ import annotations

from tests.mutants.fault import Fault

_LOADING = "tests/unit/contracts/test_loading.py"
_DRAFT, _INFERRING = "tests/unit/contracts/test_draft.py", "tests/unit/contracts/test_inferring.py"
_RULES = "tests/property/contracts/test_row_rules.py"
_JOBS = "tests/acceptance/test_contract.py"
_KEYS, _KEY_JOBS = "tests/unit/contracts/test_key_loading.py", "tests/acceptance/test_contract_keys.py"
_SEARCH = "tests/property/pipeline/test_key_search.py"
_DRIFT = "tests/unit/contracts/test_drift.py"
_HASHES = "tests/property/kernels/test_keyed_hash.py"

FAULTS = (
    Fault("etl_batch.kernels.keyed_hash.hash_values", "left >= _WORD", "left > _WORD", _HASHES),
    Fault("etl_batch.contracts.key_loading._primary", "if name not in there", "if name in there", _KEYS),
    Fault("etl_batch.contracts.key_loading.key_rules", "keys > MOST_KEYS", "keys > 10 * MOST_KEYS", _KEYS),
    Fault("etl_batch.contracts.key_loading._columns", "len(set(found)) < len(found)", "False", _KEYS),
    Fault("etl_batch.contracts.drift._is_beyond", "what == _NULLS", "what != _NULLS", _DRIFT),
    Fault("etl_batch.contracts.drift._is_beyond", "change > (", "change >= (", _DRIFT),
    Fault("etl_batch.contracts.drift.drift", "other is None or", "other is not None and", _DRIFT),
    Fault("etl_batch.contracts.inferring._differs_in_each_row", '== "exact"', "is not None", _INFERRING),
    Fault("etl_batch.accumulators.key_entries._hashes", " + 0.0", "", _SEARCH),
    Fault("etl_batch.accumulators.key_entries._wide", "numbers < 0", "numbers < -1", _SEARCH),
    Fault("etl_batch.accumulators.key_entries._block", "table = table.drop_null()", "pass", _SEARCH),
    Fault("etl_batch.accumulators.key_entries._block", "hashes[0] if len(hashes) == 1", "hashes[0] if hashes", _SEARCH),
    Fault("etl_batch.pipeline.key_search._Known.close", "self.count, self.first", "_, _", _SEARCH),
    Fault("etl_batch.pipeline.key_search._Known.learn", "(order[leads] >= here)", "True", _SEARCH),
    Fault("etl_batch.pipeline.key_search.Share.halves", "self.remainder + self.divisor", "self.remainder", _SEARCH),
    Fault("etl_batch.pipeline.contract_end._shares", "first, here = bucket, 0", "first, here = bucket + 1, 0", _SEARCH),
    Fault(
        "etl_batch.pipeline.outputs.restore._right_of_table",
        "own[: read_back.right(part_place(targets.span_keys, job_id), marks)]",
        "own",
        f"{_KEY_JOBS}::test_keys_that_somebody_changed_are_made_again",
    ),
    Fault(
        "etl_batch.pipeline.span_worker.SpanWorker.format",
        "self._keys_of(kept,",
        "self._keys_of(as_read,",
        f"{_KEY_JOBS}::test_rows_set_aside_have_no_keys",
    ),
    Fault("etl_batch.contracts.draft._field", "not _is_blank(value)", "value is not None", _DRAFT),
    Fault("etl_batch.contracts.draft._is_blank", "value is False", "value == 0", _DRAFT),
    Fault("etl_batch.contracts.draft._shown", 'and word[0] != "["', "", _DRAFT),
    Fault("etl_batch.contracts.inferring._field", "rows and not", "not", _INFERRING),
    Fault("etl_batch.contracts.inferring._all_words", '== column["distinct"]', '<= column["distinct"]', _INFERRING),
    Fault("etl_batch.contracts.bounds._number", "_MOST_DIGITS or", "_MOST_DIGITS * 10 or", _LOADING),
    Fault("etl_batch.contracts.json_place.At.count", "self.value < 0", "False", _LOADING),
    Fault("etl_batch.contracts.loading._refuse_match", "said != [_FIELDS_MATCH]", "not said", _LOADING),
    Fault("etl_batch.contracts.patterns.why_not", '"[" in', '"[[" in', _LOADING),
    Fault("etl_batch.contracts.readings._truth", "len(listed) != 1", "not listed", _LOADING),
    Fault("etl_batch.contracts.contract.Rule.breach", "is null", "is not null", _LOADING),
    Fault("etl_batch.contracts.row_rules.breaches", "pc.and_(there,", "pc.or_(pc.invert(there),", _RULES),
    Fault("etl_batch.contracts.row_rules._within", "(limit < least) ==", "(limit > least) ==", _RULES),
    Fault("etl_batch.contracts.checking.checked", "any_of[rule.column] | broken", "broken", _JOBS),
    Fault("etl_batch.contracts.findings.Counts.merge", "sorted([*one, *its])", "[*one, *its]", _RULES),
    Fault("etl_batch.contracts.findings._at_the_end", "kept < rule.value", "kept <= rule.value", _RULES),
    Fault(
        "etl_batch.pipeline.span_worker.SpanWorker.format",
        "len(batch.rejected) > refused_before and",
        "batch.rejected and",
        f"{_JOBS}::test_a_row_is_set_aside_in_strict_too",
    ),
    Fault(
        "etl_batch.pipeline.outputs.start._resumed",
        "refuse_other_contract(interrupted.header, plan)",
        "pass",
        f"{_JOBS}::test_a_job_goes_on_to_the_same_under_the_same_contract_alone",
    ),
    Fault(
        "etl_batch.commands.command_console.Console._dry_verdict",
        "ContractBroken | None",
        "None",
        "tests/acceptance/test_contract_keys.py::test_a_check_says_what_is_broken_and_nothing_of_rows_set_aside",
    ),
)

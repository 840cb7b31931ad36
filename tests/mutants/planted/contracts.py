"""Contracts: read, checked, and what follows."""

from __future__ import annotations

from tests.mutants.fault import Fault

_LOADING = "tests/unit/contracts/test_loading.py"
_DRAFT, _INFERRING = "tests/unit/contracts/test_draft.py", "tests/unit/contracts/test_inferring.py"
_RULES = "tests/property/contracts/test_row_rules.py"
_JOBS = "tests/acceptance/test_contract.py"

FAULTS = (
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
)

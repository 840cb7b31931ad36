"""Fields of records: numbers as characters, and what stands for null."""

from __future__ import annotations

from tests.mutants.fault import Fault

_KINDS = "tests/property/formats/binary/test_record_fields.py::test_random_records_of_each_type"
_WHOLE, _DECIMAL, _FLOAT, _STR = (f"{_KINDS}[{kind}]" for kind in ("i16", "decimal", "f64", "str"))
_PACKED, _ZONED = (f"{_KINDS}[{kind}]" for kind in ("packed", "zoned"))
_PICTURED = "tests/unit/formats/binary/test_pictured.py"
_BEYOND = "tests/property/formats/test_beyond_digits.py"
_KEPT = "tests/acceptance/test_beyond_pictures.py"
_NUMERALS = "tests/unit/layouts/test_numerals.py"
_JOBS = "tests/acceptance/test_numbers_as_text.py"
_DATES, _DATE_KEYS = "tests/property/formats/binary/test_written_dates.py", "tests/unit/layouts/test_written_dates.py"
_DATE_JOBS, _PROPOSALS = "tests/acceptance/test_written_dates.py", "tests/unit/formats/csv/test_proposals.py"

FAULTS = (
    Fault(
        "etl_batch.kernels.written_moment.write_moment", "since + (number", "since - since % U(100) + (number", _DATES
    ),
    Fault("etl_batch.kernels.record_moments.read_digit_moments", "ok and number == U(0)", "ok", _DATES),
    Fault("etl_batch.kernels.record_moments.read_text_moments", "ok and is_text", "ok", _DATES),
    Fault("etl_batch.kernels.record_moments._moment", "while end > at and", "while False and", _DATES),
    Fault(
        "etl_batch.formats.binary.record_times.decode_written",
        "Kind.TIMESTAMP if written.form.has_zone",
        "Kind.TIMESTAMP if True",
        _DATE_JOBS,
    ),
    Fault("etl_batch.formats.binary.record_times._from_digits", "bad.copy()", "0 * bad", _DATES),
    Fault(
        "etl_batch.formats.binary.unsaid_years.refuse_unsaid_years",
        "is not None:",
        "is not None and False:",
        _DATE_JOBS,
    ),
    Fault("etl_batch.formats.date_programs._coded", '"little"', '"big"', "tests/unit/formats/test_date_programs.py"),
    Fault("etl_batch.layouts.padding._of_date", "if written.stored:", "if False:", _DATES),
    Fault("etl_batch.layouts.written_dates.with_dates", "field.digits < (written", "0 > (written", _DATE_KEYS),
    Fault("etl_batch.layouts.written_dates.written_in", "text != text.strip()", "False", _DATE_KEYS),
    Fault("etl_batch.layouts.written_dates._nulls", 'null == ""', "False", _DATE_KEYS),
    Fault("etl_batch.layouts.unsaid_years._years", "(date.year - first) % 100", "date.year % 100", _DATE_KEYS),
    Fault(
        "etl_batch.formats.csv.proposals.rule_of_type",
        ", century=said.century",
        "",
        "tests/unit/formats/csv/test_proposals.py",
    ),
    Fault("etl_batch.kernels.text_numbers._quick", "digits <= _QUICK_DIGITS", "True", _DECIMAL),
    Fault("etl_batch.kernels.text_numbers._quick", "_blanks_end(at, end, blanks) == end", "True", _WHOLE),
    Fault("etl_batch.kernels.text_numbers._settled", "decimals <= scale", "True", _DECIMAL),
    Fault("etl_batch.kernels.text_numbers._as_ascii", "MINUS in (first, last)", "first == MINUS", _WHOLE),
    Fault("etl_batch.kernels.text_numbers._careful", "scale if is_said else U(0)", "scale", _DECIMAL),
    Fault("etl_batch.kernels.text_numbers._careful", "bits != _INFINITE", "True", _FLOAT),
    Fault("etl_batch.kernels.null_fills.flag_filled", "_is_all(start, width, byte)", "True", _STR),
    Fault("etl_batch.kernels.null_fills.flag_characters", "_is_all(start + count", "_is_all(start + width", _WHOLE),
    Fault("etl_batch.formats.binary.record_pictured.narrow_valid", " | bad", "", _WHOLE),
    Fault("etl_batch.formats.binary.record_pictured.wide_valid", " | bad", "", _DECIMAL),
    Fault("etl_batch.formats.binary.record_nulls._characters", "nulls.append(field.null)", "pass", _WHOLE),
    Fault("etl_batch.formats.binary.unit_columns._is_plain", "field.text or field.nulls or ", "", _JOBS),
    Fault("etl_batch.layouts.nulls._with_blank_null", "BLANK in field.nulls", "False", _NUMERALS),
    Fault("etl_batch.layouts.layout.Field.digits", "max(self.scale - 1, 0)", "0", _NUMERALS),
    Fault("etl_batch.kernels.record_digits.decode_packed", "sign < U(10)", "sign < U(9)", _PACKED),
    Fault("etl_batch.kernels.record_digits._not_decimal", "(word >> U(2)) | (word >> U(1))", "(word >> U(2))", _PACKED),
    Fault("etl_batch.kernels.record_digits.decode_packed", "wrong |= not_decimal", "pass", _PACKED),
    Fault("etl_batch.kernels.record_digits.decode_zoned", "not is_leading and not is_apart", "not is_leading", _ZONED),
    Fault("etl_batch.kernels.record_digits.decode_zoned", "wrong |= first_marked", "wrong &= first_marked", _ZONED),
    Fault("etl_batch.kernels.record_digits._store_signed", "U(low == U(0))", "U(0)", _PACKED),
    Fault("etl_batch.formats.binary.record_pictured._integers_of", "beyond.any()", "False", _PICTURED),
    Fault("etl_batch.formats.beyond_digits.how_many_beyond", "values < -most", "values <= -most", _BEYOND),
    Fault("etl_batch.formats.beyond_digits.how_many_beyond", "beyond & (column.valid != 0)", "beyond", _BEYOND),
    Fault("etl_batch.accumulators.beyond_pictures.CountedBeyond.merge", "ours + theirs", "theirs", _KEPT),
    Fault("etl_batch.pipeline.picture_plan.counted_pictures", "names.index(name) in places", "True", _KEPT),
    Fault("etl_batch.formats.binary.record_pictured.decode_pictured", "field.within_digits and ", "", _PICTURED),
    Fault("etl_batch.formats.binary.record_pictured.decode_pictured", "-(-least // factor)", "least", _PICTURED),
    Fault("etl_batch.formats.binary.record_pictured._with_zeros", "null * int", "null + 0 * int", _DECIMAL),
    Fault("etl_batch.formats.binary.records.Records._odd_numbers", "(words << bits) >> bits", "words", _PICTURED),
    Fault("etl_batch.layouts.layout.Field.comes_out", "self.whole_digits - self.scale", "self.whole_digits", _PICTURED),
    Fault("etl_batch.layouts.copybook.held._number", "usage is Usage.PACKED", "True", _PICTURED),
    Fault("etl_batch.layouts.copybook.offsets._Placing._number", "(2 if picture.signed else 1)", "1", _PICTURED),
    Fault("etl_batch.text.encodings._code_page", "not in _CODE_PAGES", "in _CODE_PAGES", _PICTURED),
)

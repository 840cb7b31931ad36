"""Rules without I/O, each seen by the tests of its own room."""

from __future__ import annotations

from tests.mutants.fault import Fault

_UNIT, _PROPERTY = "tests/unit", "tests/property"

FAULTS = (
    Fault("etl_batch.estimate.limbs.nearest_floats", "| any_below)", ")", f"{_PROPERTY}/estimate/test_limbs.py"),
    Fault("etl_batch.estimate.limbs.nearest_floats", ">= _SMALLEST)", ">= 0)", f"{_PROPERTY}/estimate/test_limbs.py"),
    Fault(
        "etl_batch.estimate.arrow_values.truths",
        "values & there",
        "values",
        f"{_PROPERTY}/estimate/test_arrow_values.py",
    ),
    Fault(
        "etl_batch.estimate.arrow_values.text_array",
        ", dtype=np.bool_)",
        ")",
        f"{_PROPERTY}/estimate/test_arrow_values.py",
    ),
    Fault("etl_batch.estimate.strata._nearest", "by_size[rank] != at", "True", f"{_UNIT}/estimate/test_strata.py"),
    Fault(
        "etl_batch.estimate.strata.strata_of",
        "own.mean, used.mean",
        "used.mean, own.mean",
        f"{_UNIT}/estimate/test_strata.py",
    ),
    Fault(
        "etl_batch.estimate.where_tokens.number_of",
        "> _LONGEST_EXPONENT",
        "> 10**9",
        f"{_UNIT}/estimate/test_where_tokens.py",
    ),
    Fault(
        "etl_batch.estimate.where_conditions._groups",
        "yield (condition.value, *condition.options)",
        "yield (condition.value,)",
        f"{_UNIT}/estimate/test_where_conditions.py",
    ),
    Fault("etl_batch.layouts.nulls._float_null", '== "f32"', '== "f16"', f"{_PROPERTY}/layouts/test_nulls.py"),
    Fault(
        "etl_batch.layouts.nulls.stored_null",
        "// 2 - 1) if signed",
        "// 2) if signed",
        f"{_PROPERTY}/layouts/test_nulls.py",
    ),
    Fault(
        "etl_batch.layouts.nulls._scaled_null",
        "scaled.adjusted() >= field.digits",
        "scaled.adjusted() > field.digits",
        f"{_PROPERTY}/layouts/test_nulls.py",
    ),
    Fault(
        "etl_batch.layouts.toml_values.whole",
        "is_whole_number(value)",
        "isinstance(value, int)",
        f"{_UNIT}/layouts/test_toml_values.py",
    ),
    Fault(
        "etl_batch.layouts.file_names.layout_name",
        "(own_layout_name(name), SHARED_LAYOUT)",
        "(SHARED_LAYOUT, own_layout_name(name))",
        f"{_UNIT}/layouts/test_file_names.py",
    ),
    Fault("etl_batch.text.encodings._NO_FILES", '"charmap", ', "", f"{_UNIT}/text/test_encodings.py"),
    Fault("etl_batch.machine.deaths.death", "(code != 0 and any(", "(any(", f"{_UNIT}/machine/test_deaths.py"),
    Fault("etl_batch.machine.series.halved", "points[len(pairs) * 2 :]", "()", f"{_PROPERTY}/machine/test_series.py"),
    Fault("etl_batch.machine.series._mean", " and math.isfinite(value)", "", f"{_PROPERTY}/machine/test_series.py"),
    Fault("etl_batch.report.run_facts.phase_bars", "at += share", "at = share", f"{_UNIT}/report/test_run_facts.py"),
    Fault(
        "etl_batch.report.verification.verification_of",
        "shlex.quote(str(outputs[0].path))",
        "outputs[0].path",
        f"{_UNIT}/report/test_verification.py",
    ),
    Fault(
        "etl_batch.report.scale.round_up",
        "step * power >= value",
        "step * power > value",
        f"{_UNIT}/report/test_scale.py",
    ),
    Fault("etl_batch.sampling.plan.budget_of", ", most, rows)", ", most)", f"{_UNIT}/sampling/test_plan.py"),
    Fault(
        "etl_batch.sampling.plan.SamplePlan.key",
        "_mixed(self.seed & _BITS)",
        "_mixed(7)",
        f"{_UNIT}/sampling/test_plan.py",
    ),
    Fault(
        "etl_batch.sampling.sample_plan._problem",
        "for source in sources:",
        "for source in sources[:1]:",
        f"{_UNIT}/sampling/test_sample_plan.py",
    ),
    Fault(
        "etl_batch.sampling.strata_totals.StrataTotals.merged",
        "names[places] = part.names",
        "names[: part.strata] = part.names",
        f"{_PROPERTY}/sampling/test_strata_totals.py",
    ),
    Fault(
        "etl_batch.sampling.strata_totals.StrataTotals.places_of",
        "self.strata - 1)\n        return",
        "0)\n        return",
        f"{_PROPERTY}/sampling/test_strata_totals.py",
    ),
    Fault(
        "etl_batch.sampling.estimates._samples",
        "sampled = drawn.in_sample & ~certain",
        "sampled = drawn.in_sample",
        f"{_UNIT}/sampling/test_finish.py",
    ),
    Fault(
        "etl_batch.sampling.sample_file.sample_file",
        "np.maximum(drawn.drawn, 1)",
        "1",
        f"{_UNIT}/sampling/test_finish.py",
    ),
    Fault("etl_batch.sampling.finish.finished", " or state.totals.has_other", "", f"{_UNIT}/sampling/test_finish.py"),
    Fault(
        "etl_batch.audit.chain.has_code",
        "line[:at] + line[stop + 1 :]",
        "line[:at]",
        f"{_PROPERTY}/audit/test_chain.py",
    ),
    Fault(
        "etl_batch.audit.chain._short",
        "MOST_CHARACTERS - len(CUT)",
        "MOST_CHARACTERS",
        f"{_PROPERTY}/audit/test_chain.py",
    ),
    Fault(
        "etl_batch.audit.tail.unpack_tail",
        "_code(note[:stop], key)",
        "_code(note[: _TAIL.size], key)",
        f"{_PROPERTY}/audit/test_tail.py",
    ),
    Fault(
        "etl_batch.audit.line_order._of_file",
        "kept, end, is_whole = joined[:first], start, True",
        'kept, end, is_whole = b"", start, True',
        f"{_UNIT}/audit/test_line_order.py",
    ),
    Fault(
        "etl_batch.pipeline.plan.plan_spans",
        "spans[-1].part + 1 if",
        "spans[-1].part if",
        f"{_UNIT}/pipeline/test_plan.py",
    ),
    Fault(
        "etl_batch.pipeline.plan.notes_on", " or source.leftover() is not None", "", f"{_UNIT}/pipeline/test_plan.py"
    ),
    Fault("etl_batch.permissions.may", "frozenset())", "_EVERYTHING)", f"{_UNIT}/test_permissions.py"),
    Fault(
        "etl_batch.config.JobConfig._refuse_sampling_options",
        "0 < self.sample_frac <= 1",
        "0 < self.sample_frac",
        f"{_UNIT}/test_config.py",
    ),
    Fault(
        "etl_batch.environment.home_folder",
        'given or os.environ.get("ETL_HOME")',
        'os.environ.get("ETL_HOME") or given',
        f"{_UNIT}/test_environment.py",
    ),
    Fault(
        "etl_batch.commands.estimate_text._table",
        "-abs(stratum.total)",
        "-stratum.total",
        f"{_UNIT}/commands/test_estimate_text.py",
    ),
    Fault(
        "etl_batch.commands.estimate_text._range",
        "max(rows.ci_low, 0)",
        "rows.ci_low",
        f"{_UNIT}/commands/test_estimate_text.py",
    ),
    Fault(
        "etl_batch.commands.jobs.text._by",
        "shown(event.actor, 40)",
        "event.actor",
        f"{_UNIT}/commands/jobs/test_text.py",
    ),
    Fault(
        "etl_batch.commands.jobs.text.rows_of",
        "job.progress.rows if job.rows_in is None else job.rows_in",
        "job.progress.rows",
        f"{_UNIT}/commands/jobs/test_text.py",
    ),
    Fault(
        "etl_batch.file_estimate.wanted_columns.wanted_columns",
        "dict.fromkeys(question.measures)",
        "question.measures",
        f"{_UNIT}/file_estimate/test_wanted_columns.py",
    ),
    Fault(
        "etl_batch.text.plain_values.plain",
        "not math.isfinite(value)",
        "math.isnan(value)",
        f"{_UNIT}/pipeline/outputs/test_metadata.py",
    ),
    Fault(
        "etl_batch.text.plain_values.plain",
        "in_utf8(str(value))",
        "str(value)",
        f"{_UNIT}/pipeline/outputs/test_metadata.py",
    ),
    Fault("etl_batch.jobs.view_of_row._seconds", "max(running, 0.0)", "running", f"{_UNIT}/jobs/test_view_of_row.py"),
    Fault("etl_batch.jobs.run_profile.profile_of", " or points", "", f"{_UNIT}/jobs/test_run_profile.py"),
    Fault("etl_batch.formats.units.pages.Pages.touch", "(stops - 1)", "stops", f"{_UNIT}/formats/units/test_pages.py"),
    Fault(
        "etl_batch.formats.units.read_ahead.in_order",
        "waiting.popleft().result()\n        while",
        "waiting.pop().result()\n        while",
        f"{_UNIT}/formats/units/test_read_ahead.py",
    ),
    Fault(
        "etl_batch.formats.units.unit_strata.coded",
        "np.where(there, places, len(values))",
        "places",
        f"{_UNIT}/formats/units/test_unit_strata.py",
    ),
    Fault(
        "etl_batch.formats.csv.problem_text._at_a_byte",
        "int(bad[START]) + error.start",
        "error.start",
        f"{_UNIT}/formats/csv/test_problem_text.py",
    ),
    Fault(
        "etl_batch.text.typed_options.read_measures",
        'if "" in names:',
        "if not names:",
        f"{_UNIT}/text/test_typed_options.py",
    ),
    Fault(
        "etl_batch.text.flag.FieldFlag.options",
        "if self.flag.short else (self.option,)",
        "",
        f"{_UNIT}/text/test_flag.py",
    ),
    Fault(
        "etl_batch.layouts.raw_records.RawRecords.position", "self.start + ", "", f"{_UNIT}/layouts/test_raw_records.py"
    ),
    Fault("etl_batch.text.first_rows.cut", "<= MOST", "< MOST", f"{_UNIT}/text/test_first_rows.py"),
    Fault(
        "etl_batch.light_dataclass._value",
        "if {one.name} is _MISSING else {one.name}",
        "",
        f"{_UNIT}/test_light_dataclass.py",
    ),
    Fault(
        "etl_batch.light_dataclass._add_methods",
        'if name not in own or name == "__hash__":',
        "if True:",
        f"{_UNIT}/test_light_dataclass.py",
    ),
    Fault(
        "etl_batch.light_dataclass._hash",
        "(one.compare if one.hash is None else one.hash)",
        "True",
        f"{_UNIT}/test_light_dataclass.py",
    ),
    Fault(
        "etl_batch.light_dataclass._eq",
        "other.__class__ is not self.__class__",
        "False",
        f"{_UNIT}/test_light_dataclass.py",
    ),
    Fault(
        "etl_batch.report.compiled_templates.CompiledTemplates.load_bytecode",
        "if sha256(code).digest() == digest:",
        "if code:",
        f"{_UNIT}/report/test_compiled_templates.py",
    ),
    Fault(
        "etl_batch.report.compiled_templates.CompiledTemplates.get_source_checksum",
        "{self._state}",
        "",
        f"{_UNIT}/report/test_compiled_templates.py",
    ),
)

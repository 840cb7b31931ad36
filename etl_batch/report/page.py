"""The report of a job as one HTML page: no script, nothing from outside, light and dark. Pure rendering."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl_batch.config import JobConfig
from etl_batch.report.column_view import profile_views
from etl_batch.report.contract_view import MOST_RULES, rule_views, rules_in_short
from etl_batch.report.escaping import NOT_ESCAPED
from etl_batch.report.estimate_view import MOST_STRATA, flags, view_of
from etl_batch.report.forest_plot import forest_of
from etl_batch.report.profile_chart import profile_chart_of
from etl_batch.report.reading_view import MOST_READINGS, reading_views
from etl_batch.report.run_facts import design_of, options_of, phase_bars
from etl_batch.report.table_counts import counts_of
from etl_batch.report.verdict import judgement_of
from etl_batch.report.verification import verification_of
from etl_batch.text import number_text
from etl_batch.text.shown_text import shown
from etl_batch.values import JobResult

if TYPE_CHECKING:
    from jinja2 import Template

_PAGE, _PARTS = "report.html.j2", ("report_charts.html.j2", "report.css")
_TEMPLATES = Path(__file__).parent / "templates"
#: without `optimized`: else what filters of ours make of constants would be part of what is compiled, and kept
_OPTIONS: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "optimized": False}
_MOST_FILES = 100  #: inputs, outputs and tables listed by themselves
_MOST_WARNINGS = 50
_MOST_MEASURES = 20
_SCIENCE = (
    "“Quantum-inspired” names where the idea comes from: amplitude estimation, which answers from few looks at the "
    "data. What runs here is classical stratified sampling with square-root allocation on an ordinary computer: "
    "there is no quantum speed-up, and the error of an estimate shrinks as 1/√n with its n sampled rows."
)


def render_html(result: JobResult, config: JobConfig) -> str:
    """The whole page. Equal results give equal bytes; no clock, no disk."""
    measures = [view_of(estimate) for estimate in result.estimates]
    verdict, readings = judgement_of(result), reading_views(result.inputs)
    tables = counts_of(result.tables, result.rows_in)
    warnings = [
        *result.warnings,
        *(f"{estimate.measure}: {text}" for estimate in result.estimates for text in estimate.warnings),
    ]
    return load_templates().render(
        result=result,
        science=_SCIENCE,
        verdict=verdict,
        measures=[(measure, forest_of(measure)) for measure in measures[:_MOST_MEASURES]],
        measures_left_out=max(len(measures) - _MOST_MEASURES, 0),
        most_strata=MOST_STRATA,
        design=design_of(result, config),
        chart=profile_chart_of(result.profile, result.phases),
        bars=phase_bars(result.phases),
        options=options_of(config),
        banner="" if config.escapes else NOT_ESCAPED,
        inputs=result.inputs[:_MOST_FILES],
        outputs=result.outputs[:_MOST_FILES],
        input_bytes=sum(file.bytes for file in result.inputs),
        warnings=list(dict.fromkeys(warnings))[:_MOST_WARNINGS],
        warnings_left_out=max(len(dict.fromkeys(warnings)) - _MOST_WARNINGS, 0),
        tables=tables[:_MOST_FILES],
        tables_left_out=max(len(tables) - _MOST_FILES, 0),
        profiles=profile_views(result),
        rules=rule_views(result.contract)[:MOST_RULES],
        rules_in_short=rules_in_short(result.contract) if result.contract else "",
        readings=readings[:MOST_READINGS],
        readings_left_out=max(len(readings) - MOST_READINGS, 0),
        notes=result.notes[:_MOST_WARNINGS],
        notes_left_out=max(len(result.notes) - _MOST_WARNINGS, 0),
        verification=verification_of(result.outputs, has_sample=bool(result.estimates)),
    )


@cache
def load_templates() -> Template:
    """The page's template and what it includes, compiled once for all processes."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from etl_batch.report.compiled_templates import CompiledTemplates

    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(_template),
        undefined=StrictUndefined,
        bytecode_cache=CompiledTemplates(_TEMPLATES / "__pycache__", repr(_OPTIONS)),
        **_OPTIONS,
    )
    environment.filters |= {
        "shown": shown,
        "count": number_text.count,
        "counted": number_text.counted,
        "amount": number_text.amount,
        "exact_amount": number_text.exact_amount,
        "flags": flags,
        "percent": number_text.percent,
        "data_size": number_text.data_size,
        "duration": number_text.duration,
        "digits": number_text.amount_of_digits,
        "rate": number_text.rate,
    }
    for name in _PARTS:
        environment.get_template(name)
    return environment.get_template(_PAGE)


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")

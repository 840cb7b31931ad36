"""The rules of the contract of a run, and which rows broke them, as a tab of its page."""

from __future__ import annotations

import streamlit as st

from etl_batch.errors import ContractBroken, rebuilt_error
from etl_batch.jobs.job_view import JobView
from etl_batch.report.contract_view import rules_in_short
from etl_batch.ui.contract_table import rules_table
from etl_batch.ui.errors import lines_of
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table

_COLUMNS = (
    Column(name="name", title="Column"),
    Column(name="rows", title="Rows that break any of its rules", kind="count"),
)


def has_rules(job: JobView) -> bool:
    """Whether there was a contract that something is known of."""
    return bool((job.metadata or {}).get("contract")) or job.error_code == ContractBroken.code


def show_rules(_: PageContext, job: JobView) -> None:
    """Show each rule and what it came to; of a job that was refused, what it said."""
    found = (job.metadata or {}).get("contract")
    if not found:
        _show_refusal(job)
        return
    st.markdown(rules_in_short(found))
    show_table(rules_table(found), key="run_rules", alt="The rules of the contract", file_name="rules")
    if found["columns"]:
        table = Table(_COLUMNS, found["columns"])
        show_table(table, key="run_rule_columns", alt="Rows that break any rule of a column", file_name="columns")


def _show_refusal(job: JobView) -> None:
    """What was broken, line by line, as the job said it."""
    first, *lines = lines_of(rebuilt_error(ContractBroken.code, job.error_message or ""))
    st.markdown(plain(first, 400))
    st.markdown("\n".join(f"- {plain(line, 400)}" for line in lines))

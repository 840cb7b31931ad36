"""Questions to an output: what is asked is not understood, or cannot be answered safely."""

from __future__ import annotations

from etl_batch.errors.base import Refused


class QueryInvalid(Refused):
    """The question is no single SELECT over the table `data`, or DuckDB cannot answer it."""

    code = "E_QUERY"
    mend = "ask the table called data by one SELECT, such as: select product, sum(value) from data group by product"


class SqlUnavailable(Refused):
    """SQL cannot be asked here: DuckDB is missing, or the kernel cannot shut in the process that would run it."""

    code = "E_SQL_UNAVAILABLE"
    mend = "use a Linux kernel from 5.13 on with Landlock switched on (a container may forbid it)"

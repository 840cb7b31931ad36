"""What the rows of an answer are made into."""

from __future__ import annotations

from enum import StrEnum


class AnswerForm(StrEnum):
    """One of them."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    CELLS = "cells"  #: texts, for a page

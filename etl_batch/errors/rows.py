"""Rows: broken, too many of them, too few for a sample, or not adding up."""

from __future__ import annotations

from etl_batch.errors.base import EXIT_REFUSED, EtlError, Refused


class BadRow(Refused):
    """A row is broken: a value that its type does not allow, or the wrong number of cells."""

    code = "E_ROW"
    mend = "mend the row, or set bad rows aside with --on-bad-row quarantine"


class NoGoodRow(EtlError):
    """Rows were read, and every one of them is bad; the old outputs are as they were."""

    code = "E_NO_GOOD_ROW"
    exit_code = EXIT_REFUSED
    mend = "look at the reasons: most often delimiter, types, encoding or layout are not those of the file"


class TooManyBadRows(EtlError):
    """More rows are bad than --max-bad-rows allows; the old outputs are as they were."""

    code = "E_TOO_MANY_BAD_ROWS"
    exit_code = EXIT_REFUSED
    mend = "look at the reasons and mend the input, or allow more with --max-bad-rows"


class TrailerMismatch(Refused):
    """A first or last record says another number of records, total or date than the records of its file have."""

    code = "E_TRAILER_MISMATCH"
    mend = "the file is not whole, or not as it was written: copy it again, or ask for it from where it came"


class RowsDoNotAddUp(EtlError):
    """The rows written and the rows set aside are not the rows read; nothing was published."""

    code = "E_ROWS_DO_NOT_ADD_UP"


class SampleTooSmall(EtlError):
    """By a rare chance the sample cannot be drawn: fewer rows were kept than it takes; nothing was published."""

    code = "E_SAMPLE"
    mend = "start again with another --seed"


class ContractFile(Refused):
    """A data contract is no Table Schema, or asks for what is not checked."""

    code = "E_CONTRACT_FILE"
    mend = "mend it there; the manual lists what a contract may ask for"


class ContractBroken(Refused):
    """Rows break rules of the contract whose breach is an error; nothing was published."""

    code = "E_CONTRACT"
    mend = (
        "mend the rows; a rule of single values sets them aside where its severity is reject, one of all rows can warn"
    )
    page_mend = (
        "mend the rows, or let the rule set them aside (one of all rows: warn); its table is on the page Launch, "
        "beneath the inputs"
    )

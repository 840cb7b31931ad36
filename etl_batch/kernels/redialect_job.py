"""The fields of a job for `redialect.rewrite_rows`. Loads no Numba."""

from __future__ import annotations

#: all of them uint64
(
    AT,  #: address of lines in our own dialect, each with its line feed
    STOP,  #: address behind them
    OUT,  #: address of the room for what is written, twice as long and SLACK_BYTES; set to where it ends
    DELIMITER,  #: between cells
    DECIMAL,  #: of numbers
    MARKED,  #: address of a byte for each column: 1 where its cells are numbers with a decimal mark
    CLASSES,  #: address of 256 bytes: bits of what is below
    COUNTS,  #: what the apostrophes are added to; see `cell_text.write_text`; 0: nothing is escaped
    TABLE,  #: address of 65,536 codes of two bytes, by character; 0: UTF-8 is written
    IS_ASCII,  #: 1 where the first 128 characters have the codes that they have in ASCII
    PAIRS,  #: 1 where rows end with CR and LF
    REFUSED,  #: address of room for a line of REFUSED_WORDS numbers (uint32) a row: row, column, character
    ROWS_REFUSED,  #: rows with a character that the table lacks, of which nothing is written; added to
) = range(13)
JOB_FIELDS = 13
REFUSED_WORDS = 3
SLACK_BYTES = 64
LACKING = 0xFFFF  #: in the table
MORE, ENDS, REACHES = 1, 2, 4  #: the rule holds behind it, too; a piece of a text ends with it; see `REACHING`

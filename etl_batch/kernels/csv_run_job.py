"""The fields of a job for `csv_runs.take_rows`. Loads no Numba."""

from __future__ import annotations

#: all of them uint64
(
    AT,  #: address of a row's start; set to where the rows that were taken end
    LAST,  #: address: the rows end behind the first line feed outside quotes that lies here or later
    STOP,  #: the end of the file, where the last row may lack its line feed
    DELIMITER,  #: between cells
    COLUMNS,  #: cells that every row must have
    STARTS,  #: address of a list with `list_room` entries
    MARKS,  #: address of another one
    ROOM,  #: entries of each
    OUT,  #: address of the room for what is written, set to where it ends; 0: nothing is written
    COUNTS,  #: what the apostrophes are added to; see `cell_text.write_text`; 0: nothing is escaped
    BASE,  #: address from which places count
    ROW_STARTS,  #: address of where each row begins, uint32, and where the next one would; 0: nobody asks
    CAPACITY,  #: rows that there is room for
    ROWS,  #: how many were taken; added to
    QUOTED,  #: set to 1 where there are quotes
    CR_LF,  #: lines that end with CR and LF; added to
    LF_ALONE,  #: lines that end with LF alone; added to
    BROKEN,  #: set to 1 where a row is broken, of the run that begins at `AT`; of that run nothing is taken
    READ,  #: address of the code of `csv_cells.read_run`; 0: no values are read
    TABLE,  #: see there
    BAD,  #: see there
    BAD_ROWS,  #: see there
    CLASSIFY,  #: address of the code of `cell_looks.classify_run`; 0: nobody asks what cells look like
    CLASSES,  #: see there
    RUN_ROWS,  #: of the run that is being taken
    RUN_STOP,  #: address behind it
    CHOOSE,  #: address of the code of `csv_chosen.write_chosen`; 0: all columns are written, as they stand
    CHOSEN,  #: see there
    CHOSEN_COLUMNS,  #: see there
    MARKED,  #: cells of the run that are marked; only where there is a choice
    IS_UTF8,  #: 1: whoever decoded it made it UTF-8, so that nobody needs to look; 0: it is to be seen whether it is
    NOTE_FACTS,  #: address of the code of `cell_facts.note_cells`; 0: nobody asks what the columns hold
    FACTS,  #: see there
    FACTS_SCRATCH,  #: see there
) = range(34)
JOB_FIELDS = 34

RUN_BYTES = 4 * 1024  #: of a run of rows: they and the list of their cells stay in the nearest cache
LIST_SLACK = 2 * 64 + 2  #: a block of cells beyond those of a run, and as many that are written to be overwritten


def list_room(columns: int) -> int:
    """Entries that a list needs, where rows have so many columns."""
    return RUN_BYTES + columns + LIST_SLACK

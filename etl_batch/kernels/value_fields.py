"""What is counted of the values of a column, as the kernel keeps it. Loads no Numba."""

from __future__ import annotations

MOST_EXACT = 1024  #: different values that are counted each by itself
SLOTS = 2 * MOST_EXACT  #: of the table of them
#: fields of a slot: the hash, how often the value is (0: the slot is free), and a row where it stands
HASH, COUNT, ROW = range(3)
VALUE_FIELDS = 3
REGISTER_BITS = 14  #: of a hash, that name its register; the standard error is 0.8 %
KEPT = 5  #: values of the smallest hashes
BIN_BITS = 19  #: first bits of a float that name its bin: sign, exponent and seven more
#: fields of what is counted of a column: different values so far, MOST_EXACT + 1 for all beyond; how bins are told, the
#: first of them, how many ticks a day has, how many bins there are; and the addresses of the registers, of the table,
#: of the values kept, and of the bins
USED, HOW, FIRST_BIN, TICKS, BINS, REGISTERS_AT, TABLE_AT, KEPT_AT, BINS_AT = range(9)
STATE_FIELDS = 9
NO_BINS, BY_SIZE, BY_DAYS = range(3)
BLOCK_ROWS, STRIP_ROWS = 256, 4096  #: that are hashed together; and that are counted of one column after the other
SEEN_TEXTS = 256  #: that are known by their bytes: of a power of two
#: words that the kernel needs: hashes, rows and numbers of a block, and of each text seen its address and its hash
COUNT_SCRATCH = 3 * BLOCK_ROWS + 2 * SEEN_TEXTS

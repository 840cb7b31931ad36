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
#: fields of the state: different values so far, MOST_EXACT + 1 for all beyond; how bins are told; the first of them;
#: and how many ticks a day has
USED, HOW, FIRST_BIN, TICKS = range(4)
STATE_FIELDS = 4
NO_BINS, BY_SIZE, BY_DAYS = range(3)

"""The fields of what is learned of a column, as the kernels keep it. Loads no Numba."""

from __future__ import annotations

#: all of them words of 64 bits; numbers stand as they are, of floats in the order of whole numbers (`number_facts`)
(
    VALUES,  #: how many are not null
    LEAST,  #: of numbers; of those of 128 bits and of whole numbers beyond 63 bits the low word
    LEAST_HIGH,  #: the high word; of cells: the least whole number beyond 63 bits
    MOST,
    MOST_HIGH,
    ODD,  #: numbers that are not finite, which are in nothing else
    LIMBS_AT,  #: address of the limbs of the sum
    SHORTEST,  #: of texts, in characters; of raw bytes in bytes
    LONGEST,
    FIRST_AT,  #: of the text that is first by its bytes: where it lies; 0: there is none
    FIRST_BYTES,
    FIRST_KEY,  #: its first eight bytes, the first the highest
    LAST_AT,  #: the same of the last one
    LAST_BYTES,
    LAST_KEY,
    FIRST_MORE,  #: of the first text the eight bytes behind those of its key
    LAST_MORE,
    SEEN,  #: of cells: what they look like, bits of `Class`; TEXT where they are not numbers of one kind
) = range(18)
FACT_FIELDS = 18

BLOCK_ROWS = 256  #: that are looked at together: of records of 64 bytes they stay in the nearest cache
DOUBLED = 1 << 63  #: in the bytes of a text that lies between quotes of a CSV: quotes within are doubled
SCRATCH = BLOCK_ROWS  #: words that the kernels need for numbers side by side

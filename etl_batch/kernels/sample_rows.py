"""What the sample needs of a span's rows, a block at a time, while the block lies in the processor's cache.

Of each block: which strata its rows belong to, the sums of their measures, and which of them may be in the sample.
`stratum_codes`, `measures` and `pick_rows` do the same one after the other, for columns of any kind and any width.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import columns
from etl_batch.kernels.columns import Kind
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import float_bits, float_from_bits, load, store
from etl_batch.kernels.measures import add_float, add_to, any_reaches, is_null, is_signed, measure_at, whole_at
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.pick_rows import is_large, list_row, priority
from etl_batch.kernels.short_keys import DONE, code_rows

#: fields of the sums of a measure: where its limbs are, how many each stratum has, where the largest values are, and
#: how many values are not finite
LIMBS_AT, LIMBS, MOST_AT, ODD_AT = range(4)
#: fields of the lottery: the key, the id of the first row, the address of the ids, how many rows can be listed, and
#: whether any is to be
LOTTERY_KEY, FIRST_ID, IDS, ROOM, PICKS = range(5)
#: fields of what was done: the row it stopped at, the rows listed; and whether there were more than there is room for
STOPPED, LISTED, TOO_MANY = range(3)

FLOAT_LIMBS = 68  #: of floats of any exponent, and of what two thousand million of them add up to
_BLOCK_ROWS = U(1024)
_DONE = U(DONE)
_LIMBS_AT, _LIMBS, _MOST_AT, _ODD_AT = U(LIMBS_AT), U(LIMBS), U(MOST_AT), U(ODD_AT)
_LOTTERY_KEY, _FIRST_ID, _IDS, _ROOM, _PICKS = U(LOTTERY_KEY), U(FIRST_ID), U(IDS), U(ROOM), U(PICKS)
_STOPPED, _LISTED, _TOO_MANY = U(STOPPED), U(LISTED), U(TOO_MANY)
_I32, _I64, _F32, _F64 = U(Kind.I32), U(Kind.I64), U(Kind.F32), U(Kind.F64)
_DECIMAL_128 = U(Kind.DECIMAL_128)
_COLUMN_KIND, _COLUMN_ADDRESS, _COLUMN_STRIDE = U(columns.KIND), U(columns.ADDRESS), U(columns.STRIDE)
_COLUMN_EXTRA, _COLUMN_VALID = U(columns.EXTRA), U(columns.VALID)
_LOW_BITS, _LIMB = U(0xFFFFFFFF), U(32)
_NOT_FINITE = U(0x7FF)
_NO_SIGN = U(2**63 - 1)
_ONE_LIMB = U(1)


@inlined
def _add_whole(limbs: np.uint64, count: np.uint64, kind: np.uint64, at: np.uint64) -> None:
    """Add a whole number or a decimal; its own kind says how many limbs it has."""
    whole = whole_at(kind, at)
    if count == _ONE_LIMB:
        add_to(limbs, np.int64(whole))
        return
    add_to(limbs, np.int64(whole & _LOW_BITS))
    if kind == _DECIMAL_128:
        high = load(at + U(8), np.uint64)
        add_to(limbs + U(8), np.int64(whole >> _LIMB))
        add_to(limbs + U(16), np.int64(high & _LOW_BITS))
        add_to(limbs + U(24), np.int64(high) >> np.int64(32))
    elif is_signed(kind):
        add_to(limbs + U(8), np.int64(whole) >> np.int64(32))
    else:
        add_to(limbs + U(8), np.int64(whole >> _LIMB))


@inlined
def _add_block(
    how: tuple[np.uint64, ...], at: np.uint64, bounds: tuple[np.uint64, np.uint64], codes: np.ndarray, sums: np.ndarray
) -> np.float64:
    """Add up the values of some rows; `how` is kind, extra, stride, valid. Returns the largest, signs taken off."""
    kind, extra, stride, valid = how
    row, stop = bounds
    limbs_at, count, most_at, odd_at = sums[_LIMBS_AT], sums[_LIMBS], sums[_MOST_AT], sums[_ODD_AT]
    line = count * U(8)
    largest = U(0)  # as bits without a sign, which are in the order of the floats
    at += row * stride
    while row < stop:
        here, its_row = at, row
        at += stride
        row += U(1)
        if is_null(valid, its_row):
            continue
        code = U(codes[its_row])
        value = measure_at(kind, extra, here)
        if kind in (_F64, _F32):
            bits = float_bits(value)
            if (bits >> U(52)) & _NOT_FINITE == _NOT_FINITE:
                add_to(odd_at + code * U(8), 1)
                continue
            add_float(limbs_at + code * line, bits)
        else:
            _add_whole(limbs_at + code * line, count, kind, here)
        largest = max(largest, float_bits(value) & _NO_SIGN)
        if value > load(most_at + code * U(8), np.float64):
            store(most_at + code * U(8), value)
    return float_from_bits(largest)


@inlined
def _add_rows(
    column: np.ndarray, bounds: tuple[np.uint64, np.uint64], codes: np.ndarray, sums: np.ndarray
) -> np.float64:
    """`_add_block` with a loop of its own for what most columns are."""
    kind, at, stride = column[_COLUMN_KIND], column[_COLUMN_ADDRESS], column[_COLUMN_STRIDE]
    extra, valid = column[_COLUMN_EXTRA], column[_COLUMN_VALID]
    if kind == _F64 and valid == U(0):
        return _add_block((_F64, U(0), stride, U(0)), at, bounds, codes, sums)
    if kind == _I32 and valid == U(0):
        return _add_block((_I32, U(0), stride, U(0)), at, bounds, codes, sums)
    if kind == _I64 and valid == U(0):
        return _add_block((_I64, U(0), stride, U(0)), at, bounds, codes, sums)
    return _add_block((kind, extra, stride, valid), at, bounds, codes, sums)


@inlined
def _list_rows(
    lottery: np.ndarray, bounds: tuple[np.uint64, np.uint64], codes: np.ndarray, limits: np.ndarray,
    some_large: bool, large: tuple[np.ndarray, ...], listed: tuple[np.ndarray, ...], done: np.ndarray,
) -> None:  # fmt: skip
    """See `pick_rows`."""
    row, stop = bounds
    key, first, ids, room = lottery[_LOTTERY_KEY], lottery[_FIRST_ID], lottery[_IDS], lottery[_ROOM]
    measures, thresholds, ties = large
    picked, values = listed
    count = done[_LISTED]
    while row < stop:
        row_id = load(ids + row * U(8), np.uint64) if ids != U(0) else first + row
        order = priority(key, row_id)
        within = order <= limits[U(codes[row])]
        if within or (some_large and is_large(measures, row, row_id, thresholds, ties)):
            if count == room:
                done[_TOO_MANY] = U(1)
                break
            list_row(count, (row, row_id, order), measures, picked, values)
            count += U(1)
        row += U(1)
    done[_LISTED] = count


@inlined
def sample_block(
    strata_column: np.ndarray, bounds: tuple[np.uint64, np.uint64], strata: np.ndarray, slots: np.ndarray,
    found: np.ndarray, codes: np.ndarray, measures: np.ndarray, sums: np.ndarray, lottery: np.ndarray,
    limits: np.ndarray, thresholds: np.ndarray, ties: np.ndarray, picked: np.ndarray, values: np.ndarray,
    done: np.ndarray,
) -> np.uint64:  # fmt: skip
    """See `sample_rows`, of which this is one block."""
    row = bounds[0]
    stop, why = code_rows(strata_column, bounds, strata, slots, found, codes)
    some_large = False
    for number in range(len(measures)):
        measure = U(number)
        if len(sums) != 0:
            some_large |= _add_rows(measures[measure], (row, stop), codes, sums[measure]) >= thresholds[measure]
        elif lottery[_PICKS] != U(0):
            some_large |= any_reaches(measures[measure], row, stop - row, thresholds[measure])
    if lottery[_PICKS] != U(0) and done[_TOO_MANY] == U(0):
        large = (measures, thresholds, ties)
        _list_rows(lottery, (row, stop), codes, limits, some_large, large, (picked, values), done)
    done[_STOPPED] = stop
    return why


@kernel(
    "uint64(uint64[::1], uint64, uint64[:, ::1], uint32[::1], uint64[::1], uint32[::1], uint64[:, ::1], "
    "uint64[:, ::1], uint64[::1], uint64[::1], float64[::1], uint64[::1], uint64[:, ::1], float64[:, ::1], uint64[::1])"
)
def sample_rows(
    strata_column: np.ndarray, rows: np.uint64, strata: np.ndarray, slots: np.ndarray,
    found: np.ndarray, codes: np.ndarray, measures: np.ndarray, sums: np.ndarray, lottery: np.ndarray,
    limits: np.ndarray, thresholds: np.ndarray, ties: np.ndarray, picked: np.ndarray, values: np.ndarray,
    done: np.ndarray,
) -> np.uint64:  # fmt: skip
    """Tell rows' strata, add up their measures, and list those that may be drawn.

    A key is the bytes as they stand, padding and all; so two keys may have one name.

    Args:
        strata_column: shape (6,), as `stratum_codes.code_strata` takes it; a fixed key has 1 to LONGEST_KEY bytes.
        rows: how many.
        strata: shape (room, KEY_FIELDS): those found so far, rows of this span only; more are put behind them.
        slots: shape (a power of two, larger than room,): see `short_keys.fill_slots`.
        found: shape (1,): how many strata there are; added to.
        codes: shape (rows,): set to the number of each row's stratum.
        measures: shape (measures, LINE_WORDS): lines of `columns.describe`.
        sums: shape (measures or 0, 4): where to add up, see LIMBS_AT; 0: nowhere.
        lottery: shape (5,): see LOTTERY_KEY.
        limits: shape (room,): the largest priority of each stratum that may still be drawn.
        thresholds: shape (measures,), as `pick_rows` takes them.
        ties: shape (measures,), as well.
        picked: shape (ROOM of the lottery, 3): set as `pick_rows` does.
        values: shape (ROOM of the lottery, measures), as well.
        done: shape (3,): see STOPPED; where to begin, and what has been done by then.

    Returns:
        Why it stopped: see `short_keys.DONE`. What was done up to there holds; called again, it goes on from there.
    """
    while done[_STOPPED] < rows:
        stop = min(done[_STOPPED] + _BLOCK_ROWS, rows)
        why = sample_block(
            strata_column, (done[_STOPPED], stop), strata, slots, found, codes, measures, sums, lottery, limits,
            thresholds, ties, picked, values, done,
        )  # fmt: skip
        if why != _DONE:
            return why
    return _DONE

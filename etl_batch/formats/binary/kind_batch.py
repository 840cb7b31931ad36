"""The rows of a span that are of one type: picked from among the others, with what they carry of them."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.binary.arranged import Arranged, LaidOut
from etl_batch.formats.binary.kind_carrying import Carrying, OfKind
from etl_batch.formats.binary.kind_records import KindRecords
from etl_batch.formats.binary.kinds_walk import Before
from etl_batch.formats.binary.laid_out_batch import LaidOutBatch
from etl_batch.formats.binary.record_kinds import UNKNOWN, kinds_of
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.layout import Layout
from etl_batch.values import Span


def batch_of(of: OfKind, span: Span, every: KindRecords, before: Before) -> LaidOutBatch:
    """The rows of a span.

    Args:
        of: which they are.
        span: of the file.
        every: all of its records.
        before: which records hold where it begins.
    """
    found = kinds_of(of.types, every, span.first_row, of.count)
    own = np.flatnonzero(found.kinds == of.kind)
    if of.kind == UNKNOWN:
        bad = {place: found.problem(place) for place in own.tolist()}
        return LaidOutBatch(of.layout, span, LaidOut(Arranged(_none_of(of.layout), own[:0], bad), every.lying))
    laid = every.arranged(own, of.types[of.kind].layout)
    bad = {int(own[place]): reason for place, reason in laid.reasons.items()}
    matrix, orphans = Carrying(of, every, span.first_row, found.kinds, before).with_carried(laid)
    own = own[laid.places]
    bad |= {int(own[row]): reason for row, reason in orphans.items()}
    kept = np.delete(np.arange(len(own)), list(orphans))
    rows = Records(matrix[kept] if orphans else matrix) if len(kept) else _none_of(of.layout)
    return LaidOutBatch(of.layout, span, LaidOut(Arranged(rows, own[kept], bad), every.lying))


def _none_of(layout: Layout) -> Records:
    return Records(np.empty((0, layout.record_size), np.uint8))

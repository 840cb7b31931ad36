"""Arrow arrays as columns for the CSV kernel, and as rows of text where they are set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl_batch.formats.arrow.leaves import leaf_column, text_column
from etl_batch.formats.arrow.nested_json import json_values
from etl_batch.formats.arrow.schema import normalised
from etl_batch.kernels.columns import Column

if TYPE_CHECKING:
    import pyarrow as pa


def arrow_column(array: pa.Array) -> Column:
    """An array of any supported type as a column; a nested one as JSON.

    Only rows in which `arrow_checks.bad_rows` finds nothing: the kernel does not look.

    Raises:
        FormatUnsupported: the type is not supported.
        OutOfMemory: the text of a nested column would be longer than 2 GiB.
    """
    import pyarrow as pa

    kind = normalised(array.type)
    if array.type != kind:
        array = array.cast(kind, safe=False)
    if not pa.types.is_nested(kind):
        return leaf_column(array)
    null = array.is_null().to_pylist()
    values = json_values(array)
    return text_column([None if is_null else text.encode() for text, is_null in zip(values, null, strict=True)])

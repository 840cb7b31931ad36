"""Whether what an Arrow file says of its arrays can be so: looked at before anything follows their offsets.

Arrow's own full validation looks at values too, and would refuse a whole record batch for one of them; which row has it
is told later (`checks.bad_rows`). So only where things lie is looked at here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from etl_batch.errors import FormatCorrupt
from etl_batch.formats.arrow.checks import list_items, list_offsets

if TYPE_CHECKING:
    import pyarrow as pa

_BYTES_OF = {
    "is_string": "binary",
    "is_binary": "binary",
    "is_large_string": "large_binary",
    "is_large_binary": "large_binary",
    "is_string_view": "binary_view",
    "is_binary_view": "binary_view",
}


def refuse_unsound(array: pa.Array, where: str) -> None:
    """Refuse an array whose offsets or places point outside of it, nested arrays included.

    Args:
        array: of any supported type.
        where: for messages.

    Raises:
        FormatCorrupt: it is such an array.
        ArrowInvalid: Arrow says the same.
    """
    import pyarrow as pa

    is_a, kind = pa.types, array.type
    array.validate()
    if isinstance(kind, pa.BaseExtensionType):
        refuse_unsound(array.storage, where)
    elif is_a.is_dictionary(kind):
        _refuse_far_places(array, where)
    elif is_a.is_struct(kind):
        for place in range(kind.num_fields):
            refuse_unsound(array.field(place), where)
    elif is_a.is_nested(kind):
        _refuse_far_items(array, where)
    else:
        for name, plain in _BYTES_OF.items():
            if getattr(is_a, name)(kind):
                its = getattr(pa, plain)()
                same = pa.Array.from_buffers(its, len(array), array.buffers(), array.null_count, array.offset)
                same.validate(full=True)


def _refuse_far_places(array: pa.Array, where: str) -> None:
    import pyarrow.compute as pc

    indices, dictionary = array.indices, array.dictionary
    refuse_unsound(indices, where)
    refuse_unsound(dictionary, where)
    reach = pc.min_max(indices).as_py()
    if reach["min"] is not None and not (reach["min"] >= 0 and reach["max"] < len(dictionary)):
        raise FormatCorrupt(f"{where}: a value is none of the {len(dictionary)} in its dictionary")


def _refuse_far_items(array: pa.Array, where: str) -> None:
    """Lists and maps, before anybody takes their items."""
    import pyarrow as pa

    if not pa.types.is_fixed_size_list(array.type):
        offsets = list_offsets(array)
        whole = array.keys if pa.types.is_map(array.type) else array.values
        if offsets[0] < 0 or offsets[-1] > len(whole) or (np.diff(offsets) < 0).any():
            raise FormatCorrupt(f"{where}: a list lies outside of its items")
    if pa.types.is_map(array.type) and array.keys.null_count:
        raise FormatCorrupt(f"{where}: a key of a map is null")
    refuse_unsound(list_items(array), where)

"""The shape of a job's outputs: their columns, and how each input has them."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.formats.format import Opened
from etl_batch.formats.output_columns import OutputColumns, output_columns
from etl_batch.formats.unpacked import Unpacked
from etl_batch.options.shape import OutputShape
from etl_batch.storage.roots import Place


def shapes_of(inputs: Sequence[Opened], shape: OutputShape) -> tuple[OutputColumns, ...]:
    """How each input has the columns of the outputs; none where they are those of the inputs.

    Raises:
        ConfigError: what is asked for does not go with the columns that there are.
    """
    if not shape.is_reshaped:
        return ()
    columns = output_columns(inputs[0].names, shape)
    return tuple(OutputColumns(columns, source_name(one.place)) for one in inputs)


def output_names(names: Sequence[str], shape: OutputShape) -> tuple[str, ...]:
    """What the outputs' columns are called, from the names of the inputs'.

    Raises:
        ConfigError: what is asked for does not go with the columns that there are.
    """
    return tuple(column.name for column in output_columns(names, shape)) if shape.is_reshaped else tuple(names)


def source_name(where: Place) -> str:
    """What an input is called in the outputs: beneath its root, for where that lies is nobody's business there."""
    name = str(where.relative)
    return f"{name}/{where.member}" if isinstance(where, Unpacked) and where.member is not None else name

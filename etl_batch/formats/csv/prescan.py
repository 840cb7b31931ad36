"""The pass that only checks CSV inputs, where `csv_inputs.is_one_pass` says that it takes one: in parallel.

Whether a piece begins inside quotes is decided by the parity of the quotes before it: pieces that have any are checked
once those before them are counted. That holds until the first broken quote: from there on, the rest of the file is
checked once more, piece after piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from etl_batch.formats.csv.check import check, look
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.pieces import Checked, FirstLook, Piece
from etl_batch.formats.csv.problem_text import bad_row, rows_of
from etl_batch.formats.opening import Mapper
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Prescan:
    """How CSV inputs are checked."""

    run: Mapper
    piece_bytes: int
    quarantine: bool  #: list every bad row, instead of stopping at the first
    checked: Callable[[int, int], None]  #: called with the bytes and the rows of each piece

    def __call__(self, files: Sequence[CsvFile]) -> list[list[Checked]]:
        """The pieces of every file, in order, those without rows left out.

        Raises:
            BadRow, FormatMagic: of the first broken row, unless bad rows are to be listed.
        """
        plans = [self._pieces(file) for file in files]
        looks = self.run(look, [piece for plan in plans for piece in plan])
        known: list[list[Checked | Piece]] = []
        nothing_open = True
        for plan in plans:
            known.append(self._known(plan, looks, nothing_open=nothing_open))
            nothing_open = nothing_open and all(isinstance(piece, Checked) for piece in known[-1])
        later = self.run(check, [piece for pieces in known for piece in pieces if isinstance(piece, Piece)])
        found = [self._settled(file, pieces, later) for file, pieces in zip(files, known, strict=True)]
        for file, checked in zip(files, found, strict=True):
            if checked and checked[-1].broken_quotes:
                self._go_on(file, checked)
        return [[piece for piece in checked if piece.rows] for checked in found]

    def _known(self, plan: Sequence[Piece], looks: Iterator[FirstLook], *, nothing_open: bool) -> list[Checked | Piece]:
        """The pieces of a file after the first look: checked, or to be checked now that it is known what they begin in.

        Where nothing before it is open, a bad row is the first one, and refused at once.
        """
        inside = False
        known: list[Checked | Piece] = []
        sound: list[Checked] = []
        for piece in plan:
            found = next(looks)
            if found.checked is None or inside:
                known.append(replace(piece, inside=inside))
                nothing_open = False
            else:
                if nothing_open and len(found.checked.bad) and not self.quarantine:
                    raise bad_row(piece.file, rows_of(sound), found.checked)
                known.append(found.checked)
                sound.append(found.checked)
                self.checked(piece.stop - piece.start, found.checked.rows)
            inside ^= found.odd_quotes
        return known

    def _settled(self, file: CsvFile, pieces: Sequence[Checked | Piece], later: Iterator[Checked]) -> list[Checked]:
        """The pieces of a file up to the first broken quote, behind which nobody knows where rows begin."""
        found: list[Checked] = []
        for piece in pieces:
            checked = next(later) if isinstance(piece, Piece) else piece
            if found and found[-1].broken_quotes:
                continue
            if len(checked.bad) and not self.quarantine:
                raise bad_row(file, rows_of(found), checked)
            found.append(checked)
            if isinstance(piece, Piece):
                self.checked(piece.stop - piece.start, checked.rows)
        return found

    def _go_on(self, file: CsvFile, found: list[Checked]) -> None:
        """Check the rest of a file behind its first broken quote, each piece from where the one before ended."""
        while (start := found[-1].stop) < file.size:
            piece = self._piece(file, start, at_row=True)
            found += self.run(check, [piece])
            self.checked(found[-1].stop - start, found[-1].rows)

    def _pieces(self, file: CsvFile) -> list[Piece]:
        starts = range(file.data_start, file.size, self.piece_bytes)
        return [self._piece(file, at, at_row=at == file.data_start) for at in starts]

    def _piece(self, file: CsvFile, start: int, *, at_row: bool) -> Piece:
        stop = min(start + self.piece_bytes, file.size)
        return Piece(file, start, stop, at_row=at_row, first_only=not self.quarantine)

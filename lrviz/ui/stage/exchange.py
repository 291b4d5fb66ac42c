"""What page and stage have told each other: payloads one way, each with its edition, and edits the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lrviz.ui.stage.board import Board, Merger
from lrviz.ui.stage.edit import Edit

EDITIONS = 8
"""How many payloads an edit may be behind; a stage that is further behind has missed seconds, not milliseconds."""

Pack = Callable[[Board, int, int], bytes]
"""The payload of a board, an edition, and a count of edits."""


@dataclass
class _Edition:
    sent: Board
    """What the payload said."""
    shown: Board
    """What the stage shows: the same, with the edits since."""


@dataclass
class Exchange:
    """One visitor's talk between page and stage.

    A payload is renewed only where the page has something to say that the stage does not show already. Until then its
    bytes stay the same, which costs nothing to send again.
    """

    edition: int = 0
    payload: bytes = b""
    count: int = 0
    """The edits taken, as the stage counts them."""
    _editions: dict[int, _Edition] = field(default_factory=dict)
    _taken: Edit | None = None
    _refused: bool = False

    def take(self, sent: object, board: Board) -> tuple[Board, Edit | None, tuple[str, ...]]:
        """The board with what the stage sent; the edit, where there is a new one; and what was not legal about it."""
        edit = Edit.read(sent)
        at = self._editions.get(edit.edition) if edit else None
        if edit is None or at is None or edit == self._taken:
            return board, None, ()
        self._taken = edit
        # A stage that counts anew has been drawn anew, from the payload.
        merger = Merger(edit, at.shown if edit.count > self.count else at.sent)
        merged = merger.into(board)
        at.shown = merger.into(merger.base)
        self.count = edit.count
        self._refused |= not merger.all_done
        return merged, edit, tuple(merger.problems)

    def give(self, board: Board, pack: Pack, mounted: bool) -> bytes:
        """The payload for a board. mounted: whether the stage is still there; a new one shows what the payload says."""
        at = self._editions.get(self.edition)
        shown = at and (at.shown if mounted else at.sent)
        if board != shown or self._refused:
            self.edition += 1
            self._refused = False
            self._editions[self.edition] = _Edition(board, board)
            self._editions.pop(self.edition - EDITIONS, None)
            self.payload = pack(board, self.edition, self.count)
        return self.payload

"""Anchors: every tied piece of a dialogue gets a name, and the name of its other end."""

from collections.abc import Iterator

from toolweave.reporting.pieces import Piece
from toolweave.reporting.shown import ShownDialogue, ShownMessage


def anchored(shown: ShownDialogue, name: str) -> ShownDialogue:
    """The dialogue with names that begin with ``name``, and that are its own on a page."""
    ends: dict[str, list[str]] = {}
    for number, piece in enumerate(_tied(shown)):
        for tie in piece.ties:
            ends.setdefault(tie, []).append(f"{name}p{number}")
    names = _Names(name, ends)
    return shown._replace(
        steps=[
            step._replace(messages=[names.message(message) for message in step.messages])
            for step in shown.steps
        ]
    )


def _tied(shown: ShownDialogue) -> Iterator[Piece]:
    """The tied pieces in the order of the page."""
    for step in shown.steps:
        for message in step.messages:
            yield from (piece for piece in message.text if piece.ties)
            for call in message.calls:
                yield from (one.value for one in call.arguments if one.value.ties)


class _Names:
    """Gives names out in the order of the page."""

    def __init__(self, name: str, ends: dict[str, list[str]]) -> None:
        self._name, self._ends, self._number = name, ends, 0

    def message(self, message: ShownMessage) -> ShownMessage:
        """The message with its pieces named."""
        return message._replace(
            text=[self._piece(piece) for piece in message.text],
            calls=[
                call._replace(
                    arguments=[one._replace(value=self._piece(one.value)) for one in call.arguments]
                )
                for call in message.calls
            ],
        )

    def _piece(self, piece: Piece) -> Piece:
        if not piece.ties:
            return piece
        own = f"{self._name}p{self._number}"
        self._number += 1
        others = (end for tie in piece.ties for end in self._ends[tie] if end != own)
        return piece._replace(anchor=own, target=next(others, own))

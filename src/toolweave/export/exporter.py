"""What an exporter is: it takes conversations or refuses them, and says how its files are used."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol

from toolweave.export.conversation import Conversation
from toolweave.export.refusal import Refused

Part = Literal["train", "validation"]
BOTH: Final[tuple[Part, ...]] = ("train", "validation")


class Taken(NamedTuple):
    """A dialogue was written: in so many rows, with what its reader should be told.

    Each note is a sentence that counts dialogues when ``12 dialogues`` is put before it.
    """

    rows: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What an exporter writes: where to, under which name, split or whole.

    ``single_calls`` leaves out dialogues whose assistant makes several calls in one message.
    """

    folder: Path
    name: str
    split: bool = False
    single_calls: bool = False


class Exporter(Protocol):
    """Writes conversations for one consumer.

    Other packages offer theirs as an entry point in the group ``toolweave.exporters``: a callable
    that takes an Order.
    """

    @property
    def files(self) -> dict[str, dict[Part, str]]:
        """The files with rows, by name of the data set and part."""
        ...

    @property
    def usage(self) -> str:
        """How the files are used, in Markdown, for the data set's card."""
        ...

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that a split has to leave something for."""
        ...

    def add(self, conversation: Conversation, part: Part) -> Taken | Refused:
        """Write one conversation, or say why this consumer cannot express it."""
        ...

    def finish(self) -> None:
        """Write what describes the rows, when all of them are there."""
        ...

    def close(self) -> None:
        """Close every file, whatever happened; calling it again does nothing."""
        ...

"""What an export holds and leaves out, counted while it is written."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from toolweave.export.by_hand import Idle
from toolweave.export.conversation import Conversation
from toolweave.export.exporter import Part, Taken

# A token of English text and JSON has about so many characters.
_CHARACTERS: Final = 4
# Different names are listed up to so many; masked names could otherwise grow without bound.
_NAMES: Final = 10_000


@dataclass(slots=True)
class PartTally:
    """Sums over the dialogues of one part."""

    dialogues: int = 0
    rows: int = 0
    turns: int = 0
    calls: int = 0
    learnt: int = 0
    context: int = 0
    characters: int = 0

    @property
    def tokens(self) -> int:
        """About how many tokens the messages have, four characters each."""
        return self.characters // _CHARACTERS

    def add(self, conversation: Conversation, rows: int) -> None:
        """One more dialogue."""
        self.dialogues += 1
        self.rows += rows
        for message in conversation.dialogue.messages:
            self.characters += len(message.content)
            self.turns += message.role == "user"
            for call in message.tool_calls:
                self.calls += 1
                self.characters += len(call.name) + len(str(call.arguments))
            if message.role == "assistant":
                self.learnt += message.train
                self.context += not message.train


@dataclass(slots=True)
class Tally:
    """Everything read: kept or skipped. ``kept + skipped == read`` always holds.

    ``idle`` are the verdicts by hand that did nothing.
    """

    read: int = 0
    parts: dict[Part, PartTally] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    motifs: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    tools: set[str] = field(default_factory=set)
    unproven: int = 0
    idle: Idle = field(default_factory=Idle)

    @property
    def kept(self) -> int:
        """Dialogues that were written."""
        return sum(part.dialogues for part in self.parts.values())

    @property
    def skipped(self) -> int:
        """Records that were left out."""
        return self.reasons.total()

    @property
    def rows(self) -> int:
        """Rows that were written; a dialogue may take several."""
        return sum(part.rows for part in self.parts.values())

    def take(self, conversation: Conversation, part: Part, taken: Taken) -> None:
        """Count a dialogue that was written."""
        self.parts.setdefault(part, PartTally()).add(conversation, taken.rows)
        self.notes.update(taken.notes)
        dialogue = conversation.dialogue
        self.domains[dialogue.domain or "none named"] += 1
        self.motifs[dialogue.plan.motif] += 1
        self.models[dialogue.provenance.model] += 1
        self.unproven += dialogue.checks.proof != "passed"
        if len(self.tools) < _NAMES:
            self.tools.update(shown.tool.name for shown in dialogue.tools)

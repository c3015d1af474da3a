"""One export: dialogues read one by one, written or refused, and described at the end."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.hand_verdict import HandVerdict
from toolweave.core.verdict import Verdict
from toolweave.export.by_hand import KEPT_BY_HAND, Hands, dropped, given, outranks
from toolweave.export.card import card
from toolweave.export.conversation import converse
from toolweave.export.exporter import Exporter, Order, Taken
from toolweave.export.exporters import exporter
from toolweave.export.masks import Masks, masks
from toolweave.export.reading import Line, find, read
from toolweave.export.refusal import Refused
from toolweave.export.splitting import Split
from toolweave.export.tally import Tally
from toolweave.schema.types import json_bytes

SKIPPED: Final = "skipped.jsonl"
Listener = Callable[[Tally, float], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to export: ``run`` is a run folder, a file of dialogues, or ``-``.

    Turns that ``verdicts`` call faulty are written as context. What a person decided outranks them:
    a drop leaves a record out, a keep has it learnt whole; neither touches the proof. Unless
    ``by_hand`` holds such decisions they are those that lie beside the dialogues, with ``()`` none.
    """

    run: str
    to: str
    out: Path
    split: Split = field(default_factory=Split)
    licence: str = "unknown"
    name: str = ""
    single_calls: bool = False
    verdicts: Sequence[Verdict] = ()
    by_hand: Sequence[HandVerdict] | None = None


def export(wish: Wish, listener: Listener | None = None) -> Tally:
    """Write the dialogues of a run for one consumer into a new folder: all of it or nothing.

    ``listener`` hears of every record, with the share of the file that has been read (0 where its
    size is not known). What is left out stands in ``skipped.jsonl`` with its reason.

    Raises:
        InputError: the run or the verdicts by hand beside it cannot be read, the folder holds
            files already, nothing is left to write, or the split leaves one part empty.
    """
    make = exporter(wish.to)
    source = find(wish.run)
    tally = Tally()
    hands = Hands(given(wish.by_hand, source))
    with _folder(wish.out) as folder:
        name = _plain(wish.name or source.name)
        order = Order(folder, name, wish.split.share is not None, wish.single_calls)
        made = make(order)
        taking = _Taking(made, wish.split, tally, masks(wish.verdicts), hands)
        try:
            with (folder / SKIPPED).open("wb") as skipped:
                for line in read(source):
                    taking.take(line, skipped)
                    if listener is not None:
                        listener(tally, line.end / source.size if source.size else 0.0)
            tally.idle = hands.idle()
            _see_all_parts(wish, made, tally)
            made.finish()
        finally:
            made.close()
        text = card(wish.to, order, made, tally, wish.licence, source.recipe, wish.split)
        (folder / "README.md").write_text(text, "utf-8")
    return tally


@dataclass(frozen=True, slots=True)
class _Taking:
    """Where records go, and how they are counted."""

    made: Exporter
    split: Split
    tally: Tally
    masks: Masks
    hands: Hands

    def take(self, line: Line, skipped: IO[bytes]) -> None:
        """Write one record, or note why not."""
        self.tally.read += 1
        refused = self._written(line)
        if refused is None:
            return
        self.tally.reasons[refused.reason] += 1
        entry = {"line": line.number, "reason": refused.reason, "problem": refused.problem}
        if isinstance(line.record, Dialogue):
            entry["id"] = line.record.id
        skipped.write(json_bytes(entry) + b"\n")

    def _written(self, line: Line) -> Refused | None:
        record, decided = line.record, self.hands.on(line)
        if isinstance(record, Refused):
            return record
        if decided is not None and decided.decision == "drop":
            return dropped(decided)
        dialogue, note = self.masks.on(record)
        if outranks(decided, dialogue, record):
            dialogue, note = record, KEPT_BY_HAND
        conversation = converse(dialogue)
        if isinstance(conversation, Refused):
            return conversation
        part = self.made.parts[0] if self.split.share is None else self.split.part(record)
        taken = self.made.add(conversation, part)
        if isinstance(taken, Taken):
            if note:
                self.tally.notes[note] += 1
            self.tally.take(conversation, part, taken)
            return None
        return taken


def _see_all_parts(wish: Wish, made: Exporter, tally: Tally) -> None:
    if not tally.kept:
        reasons = ", ".join(f"{name} {count}" for name, count in tally.reasons.most_common(5))
        raise InputError(
            f"nothing is left to write: {tally.skipped} of {tally.read} left out ({reasons})",
            file=wish.run,
            mend="another consumer may take them",
        )
    for part in made.parts:
        if wish.split.share is not None and part not in tally.parts:
            raise InputError(
                f"--split {wish.split.share} leaves nothing for {part}: all {tally.kept} dialogues "
                "fall into one part, for a plan is never in both",
                file=wish.run,
                mend="another --split or --seed, or more plans",
            )


def _plain(name: str) -> str:
    """The name with nothing but letters, digits, ``.``, ``_`` and ``-``: it goes into files."""
    kept = "".join(char if char.isascii() and char.isalnum() else "_" for char in name)
    return kept.strip("_")[:64] or "toolweave"


@contextmanager
def _folder(out: Path) -> Iterator[Path]:
    """A folder beside the wanted one, which takes its name when everything went well."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("holds files already", file=str(out), mend="name another folder")
    out = out.resolve()
    fresh = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        fresh.mkdir(parents=True)
    except OSError as error:
        raise InputError(
            f"cannot be made: {error.strerror}", file=str(out), mend="name another folder"
        ) from error
    try:
        yield fresh
        if out.exists():
            out.rmdir()
        fresh.rename(out)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise

"""Checking a file of dialogues, ours or from elsewhere, record by record."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from toolweave.checks.renaming import unmasked
from toolweave.checks.words import Words
from toolweave.configs.policy import Policy
from toolweave.configs.wording import words
from toolweave.core.dialogue import Dialogue
from toolweave.core.finding import Finding
from toolweave.core.plan import Plan
from toolweave.core.tool import Tool, Toolset
from toolweave.evaluation.auditing import audit, messages_of
from toolweave.evaluation.foreign import prove_foreign
from toolweave.evaluation.loading import LoadedDialogue, load_dialogues
from toolweave.evaluation.planned import prove_planned
from toolweave.evaluation.proof import prove
from toolweave.toolgraph.readers import load_tools


class Checked(NamedTuple):
    """One record of a file: its place (``line 3``), its id if it has one, and what is wrong."""

    place: str
    id: str
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return all(finding.severity != "error" for finding in self.findings)


def check(
    source: Path | str | Dialogue,
    tools: Toolset | Path | str | Sequence[Path | str] | None = None,
    lexicon: str = "",
    plan: Plan | None = None,
    policy: Policy | None = None,
) -> Iterator[Checked]:
    """Proves a dialogue, or every one of a file (``-`` for standard input), one after another.

    Args:
        source: a dialogue, or a ``.json`` or JSON-lines file of ours or of OpenAI messages.
        tools: the tools that dialogues from elsewhere were made with, where they bring none.
        lexicon: path of the lexicon that dialogues of ours were worded with, where it is not one
            that ships: what a record names itself is not read.
        plan: the plan that dialogues from elsewhere should follow; it needs ``tools``. Dialogues of
            ours are proved against the plan that they bring.
        policy: rules that every dialogue is held against besides.

    Example:
        >>> import toolweave
        >>> [record.clean for record in toolweave.check("dialogues.jsonl")]  # doctest: +SKIP
        [True, True]

    Raises:
        InputError: the file or the tools cannot be read.
    """
    known = words(lexicon) if lexicon else None
    if isinstance(source, Dialogue):
        found = prove(source, known)
        if policy is not None:
            found += _audited(LoadedDialogue("", dialogue=source), (), policy)
        yield Checked("", source.id, tuple(found))
        return
    given = load_tools(tools) if tools is not None else None
    named = "" if str(source) == "-" else str(source)
    for loaded in load_dialogues(source):
        found = _findings(loaded, given, known, plan)
        if policy is not None and loaded.problem is None:
            found += _audited(loaded, given.tools if given else (), policy)
        where = ", ".join(part for part in (named, loaded.place) if part)
        findings = (finding.model_copy(update={"file": finding.file or where}) for finding in found)
        yield Checked(loaded.place, loaded.id, tuple(findings))


def _findings(
    loaded: LoadedDialogue, given: Toolset | None, known: Words | None, plan: Plan | None
) -> list[Finding]:
    if loaded.problem is not None:
        return [loaded.problem]
    if loaded.dialogue is not None:
        return prove(loaded.dialogue, known)
    messages = loaded.messages or ()
    tools = loaded.tools or (given.tools if given else None)
    if plan is not None and tools is not None:
        lexicon = given.lexicon if given else ""
        return [*loaded.flaws, *prove_planned(messages, plan, tools, lexicon, known)]
    return [*loaded.flaws, *prove_foreign(messages, tools)]


def _audited(loaded: LoadedDialogue, given: Sequence[Tool], policy: Policy) -> list[Finding]:
    # A policy names tools as they are called.
    dialogue = unmasked(loaded.dialogue) if loaded.dialogue is not None else None
    if dialogue is None:
        return audit(loaded.messages or (), policy, loaded.tools or given)
    return audit(messages_of(dialogue), policy, [shown.tool for shown in dialogue.tools])

"""The plots of a report, out of the figures of a file."""

from collections import Counter
from collections.abc import Iterator, Sequence

from toolweave.evaluation.figures import FileFigures
from toolweave.evaluation.structure import GroupFigures
from toolweave.reporting.plots import Bar, Plot, bars, columns
from toolweave.reporting.sankey import sankey


def plots_of(file: FileFigures) -> Iterator[Plot]:
    """Turns, calls, motifs, patterns, failures, edits, diversity, domains, origins of arguments."""
    held = file.structure
    total = held.dialogues or 1
    for title, found in (
        ("Turns per dialogue", held.by_turns),
        ("Calls per dialogue", held.by_calls),
    ):
        shown = [Bar(str(b.number), b.dialogues, f"{b.dialogues:,}") for b in found]
        yield columns(title, shown)
    for title, groups in (("Motifs", held.motifs), ("Patterns", held.patterns)):
        if groups:
            yield bars(title, _groups(groups), total, "Shares of dialogues.")
    yield _failures(file, total)
    if held.edits:
        edits = [Bar(e.kind, e.dialogues, _of(e.dialogues, total), 7) for e in held.edits]
        note = f"{held.edited:,} of {total:,} dialogues were made out of others."
        yield bars("Refinement", edits, total, note)
    yield from _diversity(file)
    if len(held.domains) > 1:
        yield bars("Domains", _groups(held.domains), None, "Shares of dialogues.")
    if file.origins:
        yield sankey(file.origins)


def _groups(groups: Sequence[GroupFigures]) -> list[Bar]:
    return [Bar(g.name, g.dialogues, f"{g.dialogues:,} ({g.share:.0%})") for g in groups]


def _failures(file: FileFigures, total: int) -> Plot:
    """Kinds of planned mistakes, and errors that tools declare taken together by code."""
    counts = Counter({one.kind: one.dialogues for one in file.structure.failures})
    shown = [Bar(kind, n, _of(n, total), 3) for kind, n in counts.most_common()]
    note = "Dialogues with a call that failed so." if shown else "No call failed."
    return bars("Failures", shown, None, note)


def _of(number: int, total: int) -> str:
    return f"{number:,} ({number / total:.1%})"


def _diversity(file: FileFigures) -> Iterator[Plot]:
    """Shares of different runs of three tokens, and how alike utterances are."""
    for title, field, note in (
        ("Distinct-3", "distinct_3", "Higher is more varied; masked: values taken out."),
        ("Self-BLEU", "self_bleu", "Lower is more varied; masked: values taken out."),
    ):
        shown = [
            Bar(f"{voice.voice}, {kind}", value, f"{value:.3f}", hue)
            for voice in file.diversity.voices
            for kind, text, hue in (("plain", voice.plain, 0), ("masked", voice.masked, 4))
            for value in (getattr(text, field),)
        ]
        yield bars(title, shown, 1.0, note)

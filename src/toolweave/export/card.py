"""The data set's card: YAML front matter, figures, what is left out, how to use it, the recipe."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from toolweave.export.exporter import Exporter, Order
from toolweave.export.splitting import Split
from toolweave.export.tally import PartTally, Tally
from toolweave.schema.text import one_line

_SIZES: Final = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
)
_HEAD: Final = ("part", "dialogues", "rows", "turns", "calls", "learnt", "context", "tokens")
# Addresses of servers and files belong to whoever ran it, not to the data.
_PRIVATE: Final = frozenset({"base_url"})
_FOLDERS: Final = re.compile(r"(?<![\w:/.])(?:/[^/\s'\",\]}]+)+/(?=[^/\s'\",\]}])")
_MOST_DOMAINS: Final = 40


def card(
    to: str,
    order: Order,
    made: Exporter,
    tally: Tally,
    licence: str,
    recipe: str,
    split: Split,
) -> str:
    """The card in Markdown. Names that came from the dialogues cannot act in it."""
    sections = (
        f"---\n{yaml.safe_dump(_front(order, made, tally, licence), sort_keys=False)}---\n",
        f"# {order.name}\n",
        f"Tool-calling dialogues for `{to}`, made by ToolWeave. Every argument of a call has a "
        f"known source: a user's words, an earlier result, a default or the clock; "
        f"{_proof(tally)}.\n",
        "## Figures\n",
        _table(_HEAD, _figures(tally)),
        "*learnt* and *context* count messages of the assistant; tokens are about a quarter of the "
        "characters of messages and calls.\n",
        _named(tally),
        _split(split),
        *_remarks(tally),
        "## Use\n",
        made.usage,
        *_recipe(recipe),
    )
    return "\n".join(section for section in sections if section)


def _front(order: Order, made: Exporter, tally: Tally, licence: str) -> dict[str, Any]:
    size = next((name for limit, name in _SIZES if tally.rows < limit), "n>1M")
    configs = [
        {
            "config_name": prefix or "default",
            "data_files": [{"split": part, "path": file} for part, file in sorted(parts.items())],
        }
        for prefix, parts in sorted(made.files.items())
    ]
    return {
        "license": licence,
        "language": ["en"],
        "pretty_name": order.name,
        "task_categories": ["text-generation"],
        "tags": ["tool-calling", "function-calling", "multi-turn", "synthetic", "toolweave"],
        "size_categories": [size],
        "configs": configs,
    }


def _proof(tally: Tally) -> str:
    if tally.unproven:
        return f"{tally.unproven} of {tally.kept} dialogues were made without the proof of that"
    return "every dialogue passed a proof of that which asks no model"


def _figures(tally: Tally) -> Iterator[tuple[str, ...]]:
    for name, part in sorted(tally.parts.items()):
        yield (name, *map(str, _sums(part)))


def _sums(part: PartTally) -> tuple[int, ...]:
    return (
        part.dialogues, part.rows, part.turns, part.calls, part.learnt, part.context, part.tokens,
    )  # fmt: skip


def _named(tally: Tally) -> str:
    domains = tally.domains.most_common(_MOST_DOMAINS)
    more = len(tally.domains) - len(domains)
    rows = [
        ("tools", str(len(tally.tools))),
        ("domains", _counts(dict(domains)) + (f" and {more} more" if more > 0 else "")),
        ("motifs", _counts(tally.motifs)),
        ("worded by", _counts(tally.models)),
    ]
    return _table(("", ""), rows)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _split(split: Split) -> str:
    if split.share is None:
        return ""
    return (
        f"The parts are split by plan ({split.share} for training, seed {split.seed}): all "
        "dialogues of a plan are in one part.\n"
    )


def _remarks(tally: Tally) -> Iterator[str]:
    yield f"{tally.read} records were read, {tally.kept} are here, {tally.skipped} are left out.\n"
    for note, count in sorted(tally.notes.items()):
        yield f"* {count} of them {note}.\n"
    if tally.reasons:
        rows = [(reason, str(count)) for reason, count in tally.reasons.most_common()]
        yield "## Left out\n"
        yield _table(("reason", "records"), rows)
        yield "`skipped.jsonl` names every one of them.\n"


def _recipe(recipe: str) -> Iterator[str]:
    """The run's configuration in a fence that no line of it closes."""
    if not recipe:
        return
    lines = (_FOLDERS.sub("", line) for line in recipe.splitlines())
    kept = [line for line in lines if line.split(":")[0].strip() not in _PRIVATE]
    fence = "`" * max(3, 1 + max((len(run) for line in kept for run in _ticks(line)), default=0))
    yield "## Recipe\n"
    yield "\n".join((f"{fence}yaml", *kept, fence, ""))


def _ticks(line: str) -> list[str]:
    return "".join(char if char == "`" else " " for char in line).split()


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Text without what Markdown or HTML would act on."""
    plain = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace("|", "&#124;")
    return "".join(f"\\{char}" if char in "[]()`*!\\" else char for char in plain)

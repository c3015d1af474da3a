"""Proposing from a domain pack: which of its drafts each stage brings, without a model."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from toolweave.core.domain import DomainPack
from toolweave.core.model import JsonObject
from toolweave.core.seeding import rng
from toolweave.core.tool import Tool
from toolweave.toolgraph.synthesis.drafts import Draft, Drafts
from toolweave.toolgraph.synthesis.reasons import Decision, StageName

_ENTRY: Final = ("finding", "making")
_RECORDS: Final = ("making", "reading", "finding")


class PackProposer:
    """Proposes the drafts of a pack, stage by stage.

    Args:
        pack: the domain pack, already checked.
        seed: decides among drafts that would serve a stage equally well.
    """

    def __init__(self, pack: DomainPack, seed: int) -> None:
        self.drafts = Drafts(pack)
        self.name = f"pack/{pack.domain}"
        self._kinds = list(pack.entities)
        self._proposed: set[tuple[StageName, str]] = set()
        order = list(self.drafts.all)
        rng(seed, "grow", pack.domain).shuffle(order)
        self._chance = {draft.name: place for place, draft in enumerate(order)}
        self._ranks: dict[StageName, Callable[[Draft, Counter[str]], tuple[int, ...] | None]] = {
            "seed_generation": self._seed,
            "entity_expansion": self._expansion,
            "schema_enrichment": self._enrichment,
            "connection_discovery": self._connection,
            "pattern_expansion": self._pattern,
        }

    async def propose(
        self, stage: StageName, count: int, pool: Sequence[Tool], refused: Sequence[Decision]
    ) -> Sequence[JsonObject]:
        """The next drafts for the stage; drafts that were refused are not proposed again."""
        held = {tool.name for tool in pool}
        deepening = stage == "schema_enrichment"
        covered = Counter(draft.kind for draft in self.drafts.all if draft.name in held)
        chosen: list[Draft] = []
        while len(chosen) < count:
            ranked = [
                (rank, self._chance[draft.name], draft)
                for draft in self.drafts.all
                if (draft.name in held) == deepening
                and draft not in chosen
                and (stage, draft.name) not in self._proposed
                and (rank := self._ranks[stage](draft, covered)) is not None
            ]
            if not ranked:
                break
            best = min(ranked, key=lambda entry: entry[:2])[2]
            chosen.append(best)
            covered[best.kind] += 1
        self._proposed.update((stage, draft.name) for draft in chosen)
        plain = stage in ("seed_generation", "entity_expansion")
        make = self.drafts.plain if plain else self.drafts.full
        return [make(draft).dump() for draft in chosen]

    def _seed(self, draft: Draft, covered: Counter[str]) -> tuple[int, ...] | None:
        """Where one starts: finding and making the first kinds of things."""
        if draft.role not in _ENTRY:
            return None
        return (self._kinds.index(draft.kind), _ENTRY.index(draft.role))

    def _expansion(self, draft: Draft, covered: Counter[str]) -> tuple[int, ...] | None:
        """Every kind of thing gets its tools, the ones with fewest first."""
        if draft.role not in _RECORDS:
            return None
        return (covered[draft.kind], _RECORDS.index(draft.role), self._kinds.index(draft.kind))

    def _enrichment(self, draft: Draft, covered: Counter[str]) -> tuple[int, ...] | None:
        """The tools with most to gain."""
        depth = self.drafts.depth(draft)
        return (-depth,) if depth else None

    def _connection(self, draft: Draft, covered: Counter[str]) -> tuple[int, ...] | None:
        """What is done with things and needs other things, spread over the kinds."""
        if draft.role != "operation":
            return None
        return (covered[draft.kind], -self.drafts.references(draft))

    def _pattern(self, draft: Draft, covered: Counter[str]) -> tuple[int, ...] | None:
        """Other ways to find and read, then whatever is left."""
        kind = 0 if draft.role == "variant" else 1
        return (kind, -self.drafts.references(draft), covered[draft.kind])

"""Growing a domain's tools from its name: with its pack, with a model, with what is online."""

from dataclasses import dataclass

from toolweave.configs.packs import domain_name, load_pack
from toolweave.configs.shipping import shipped
from toolweave.core.domain import DomainPack
from toolweave.core.errors import InputError
from toolweave.llm.generator import Generator
from toolweave.toolgraph.synthesis.asking import ModelProposer
from toolweave.toolgraph.synthesis.context import DomainContext, joined, packed
from toolweave.toolgraph.synthesis.curriculum import Proposer, Synthesis, synthesize
from toolweave.toolgraph.synthesis.duplicates import Similarity
from toolweave.toolgraph.synthesis.growing import PackProposer
from toolweave.toolgraph.synthesis.reasons import PAPER, Stage
from toolweave.toolgraph.synthesis.wikimedia import Wikimedia


@dataclass(frozen=True)
class Growth:
    """What is to be grown, and with what.

    Attributes:
        domain: the domain's name, or the path of a domain pack.
        similarity: compares two descriptions, for finding duplicates.
        generator: a model; None grows from the pack.
        online: the client that looks the domain up; None stays offline.
        stages: how many tools each stage brings.
        seed: decides among what would serve equally well.
    """

    domain: str
    similarity: Similarity
    generator: Generator | None = None
    online: Wikimedia | None = None
    stages: tuple[Stage, ...] = PAPER
    seed: int = 0


async def grow(growth: Growth) -> Synthesis:
    """The domain's tools and what became of every candidate.

    Raises:
        InputError: the domain has no pack and no model is there to do without, or the pack or its
            name cannot be used.
        ServerError: what was to be looked up online cannot be reached.
        GenerationError: the model gave no acceptable answer.
    """
    pack = _pack(growth)
    proposer: Proposer
    if growth.generator is not None:
        context = await domain_context(growth.domain, pack, growth.online)
        proposer = ModelProposer(growth.generator, context, growth.seed)
    else:
        pack = pack or load_pack(growth.domain)
        proposer = PackProposer(pack, growth.seed)
    domain = pack.domain if pack is not None else _plain_name(growth.domain)
    return await synthesize(
        domain,
        proposer,
        growth.similarity,
        stages=growth.stages,
        seed=growth.seed,
        lexicon=domain if shipped("lexicons", domain) else "",
    )


async def domain_context(
    domain: str, pack: DomainPack | None, online: Wikimedia | None
) -> DomainContext:
    """What is known of a domain: its pack's words, then what is online, or its name alone."""
    known = packed(pack) if pack is not None else DomainContext(title=domain, source="its name")
    if online is None:
        return known
    found = await online.context(known.title, pack.wikidata if pack is not None else "")
    return joined(known, found)


def staged(counts: str) -> tuple[Stage, ...]:
    """The paper's stages with other counts, as in ``8/8/5/8/5``.

    Raises:
        InputError: there are not five whole numbers.
    """
    parts = counts.replace(",", "/").split("/")
    numbers = [int(part) for part in parts if part.strip().isdigit()]
    if len(numbers) != len(PAPER) or len(parts) != len(PAPER) or max(numbers) > 1000:
        names = ", ".join(stage.name for stage in PAPER)
        raise InputError(f"not five counts: {counts!r:.60}", mend=f"one each for {names}")
    if not any(numbers):
        raise InputError("every stage has the count 0", mend="ask for a tool")
    return tuple(Stage(name=one.name, count=n) for one, n in zip(PAPER, numbers, strict=True))


def _pack(growth: Growth) -> DomainPack | None:
    """The domain's pack; with a model a domain may do without one."""
    if growth.generator is None or shipped("domains", domain_name(growth.domain)):
        # Says which packs there are, if there is none.
        return load_pack(growth.domain)
    is_file = growth.domain.endswith((".yaml", ".yml", ".json"))
    return load_pack(growth.domain) if is_file else None


def _plain_name(domain: str) -> str:
    kept = "".join(char if char.isalnum() else " " for char in domain[:80])
    name = domain_name(kept)
    if not name:
        raise InputError(f"{domain[:80]!r} is no name of a domain", mend="use letters")
    return name

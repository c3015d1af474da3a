"""``toolweave schema``: the JSON Schema of a file format, for editors and other programs."""

from typing import Annotated, Literal

import typer

Kind = Literal[
    "plan", "run", "tools", "dialogue", "domain", "graph", "goal", "pipeline", "policy", "refine",
    "verdict", "by_hand", "trial",
]  # fmt: skip
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(
    kind: Annotated[Kind, typer.Argument(help="Which file format.", show_default=False)],
) -> None:
    """Print the JSON Schema of a file format."""
    import json

    from toolweave.configs.pipeline import PipelineConfig
    from toolweave.configs.policy import Policy
    from toolweave.configs.refining import RefineConfig
    from toolweave.configs.run import RunConfig
    from toolweave.core.dialogue import Dialogue
    from toolweave.core.domain import DomainPack
    from toolweave.core.goal import Goal
    from toolweave.core.graph import ToolGraph
    from toolweave.core.hand_verdict import HandVerdict
    from toolweave.core.model import Record
    from toolweave.core.plan import Plan
    from toolweave.core.score import Trial
    from toolweave.core.tool import Toolset
    from toolweave.core.verdict import Verdict

    models: dict[str, type[Record]] = {
        "plan": Plan,
        "run": RunConfig,
        "tools": Toolset,
        "dialogue": Dialogue,
        "domain": DomainPack,
        "graph": ToolGraph,
        "goal": Goal,
        "pipeline": PipelineConfig,
        "policy": Policy,
        "refine": RefineConfig,
        "verdict": Verdict,
        "by_hand": HandVerdict,
        "trial": Trial,
    }
    made = models[kind].model_json_schema()
    made["title"] = f"ToolWeave {kind}, format version 1"
    typer.echo(json.dumps({"$schema": DIALECT, **made}, indent=2, ensure_ascii=False))

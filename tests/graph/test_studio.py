"""What langgraph.json names is the machine, and a plan's name and a seed start it."""

import asyncio
import importlib.util
import json
from pathlib import Path

from toolweave.runs.simulation import simulate

ROOT = Path(__file__).parents[2]


def test_the_named_machine_plays_the_dialogue_that_simulate_gives() -> None:
    named = json.loads((ROOT / "langgraph.json").read_text())["graphs"]["toolweave"]
    file, _, name = named.partition(":")
    spec = importlib.util.spec_from_file_location("opened_by_studio", ROOT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    wish = {"plan": "tourism_city_break", "seed": 3}
    state = asyncio.run(getattr(module, name)().ainvoke(wish))
    made = simulate("tourism_city_break", seed=3)
    assert [message["content"] for message in state["messages"]] == [
        message.content for message in made.messages
    ]

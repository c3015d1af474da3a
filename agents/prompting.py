"""The prompts of the agents."""

from pathlib import Path
from typing import Final

from toolweave.llm.prompting import Prompts

PROMPTS: Final = Prompts(Path(__file__).parent / "prompts")

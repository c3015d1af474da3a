"""The prompts about tools: growing them, linking them, saying what they return."""

from pathlib import Path
from typing import Final

from toolweave.llm.prompting import Prompts

PROMPTS: Final = Prompts(Path(__file__).parent / "prompts")

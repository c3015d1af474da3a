"""What a studio is started with."""

from pydantic import Field

from toolweave.configs.run import ModelSettings
from toolweave.service.settings import Access


class StudioSettings(Access):
    """Everything about a studio but its key.

    Attributes:
        runs: run folders or files of dialogues, as they are to be opened.
        model: who words live simulations.
    """

    port: int = Field(default=8090, ge=0, le=65535)
    runs: tuple[str, ...] = ()
    model: ModelSettings = ModelSettings()

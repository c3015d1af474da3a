"""Settled configurations: their digest and their text, the same for every kind of run file."""

from typing import Any

import orjson
import yaml

from toolweave.core.model import Record
from toolweave.core.seeding import token


class Settled(Record):
    """A run file's configuration."""

    def _digest_without(self, *names: str, pace: set[str]) -> str:
        """A digest of everything but who does the work, the model's ``pace`` and these sections."""
        exclude: dict[str, Any] = {
            **dict.fromkeys(("concurrency", "executor", "workers", *names), True),
            "model": pace,
            "checks": {"max_failures"},
        }
        kept = self.model_dump(mode="json", exclude=exclude)
        return token(0, orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode(), length=16)

    def text(self) -> str:
        """The configuration as YAML, every default spelled out."""
        text: str = yaml.safe_dump(
            self.model_dump(mode="json"), sort_keys=False, allow_unicode=True
        )
        return text

"""The base of every record on disk: frozen, and closed against unknown keys."""

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

FORMAT_VERSION: Literal[1] = 1

JsonValue: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None
JsonObject: TypeAlias = dict[str, Any]


class Record(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def dump(self) -> JsonObject:
        """The JSON form that files hold; defaults are left out, so that it stays short."""
        return self.model_dump(mode="json", exclude_defaults=True)

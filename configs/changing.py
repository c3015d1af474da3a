"""Settings given in place of a run file's own, each by one name wherever the file holds it."""

from collections.abc import Mapping
from typing import Final, TypeVar

from toolweave.configs.settled import Settled
from toolweave.schema.records import build

SettledT = TypeVar("SettledT", bound=Settled)
# Where a file holds what goes by another name or lies in a section; all else lies at its top.
SECTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "model": ("model", "name"),
    "base_url": ("model", "base_url"),
    "cache": ("model", "cache"),
    "max_calls": ("budget", "max_calls"),
    "max_tokens": ("budget", "max_tokens"),
    "max_cost": ("budget", "max_cost"),
    "count": ("plans", "count"),
}


def changed(config: SettledT, changes: Mapping[str, object], file: str = "") -> SettledT:
    """The configuration with the changes in it; what is None or empty changes nothing.

    Raises:
        InputError: a value is out of bounds, or the file has no such setting.
    """
    data = config.model_dump(mode="json")
    for name, value in changes.items():
        if value in (None, ""):
            continue
        section, key = SECTIONS.get(name, ("", name))
        (data.setdefault(section, {}) if section else data)[key] = value
    return build(type(config), data, file=file)

"""The exporters by the names of their consumers: ours, and those that other packages bring."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Final, cast

from toolweave.core.errors import InputError
from toolweave.export.axolotl import Axolotl
from toolweave.export.bfcl import Bfcl
from toolweave.export.exporter import Exporter, Order
from toolweave.export.llamafactory import LlamaFactory
from toolweave.export.openai import OpenAI
from toolweave.export.parquet import Parquet
from toolweave.export.trl import Trl
from toolweave.schema.records import suggestion

GROUP: Final = "toolweave.exporters"
Maker = Callable[[Order], Exporter]

EXPORTERS: Final[Mapping[str, Maker]] = {
    "openai": OpenAI,
    "trl": Trl,
    "llamafactory": LlamaFactory,
    "axolotl": Axolotl,
    "parquet": Parquet,
    "bfcl": Bfcl,
}


def exporter(name: str) -> Maker:
    """The maker of the exporter of that name; ours cannot be replaced.

    Raises:
        InputError: there is none, or the package that brings it cannot be imported.
    """
    if name in EXPORTERS:
        return EXPORTERS[name]
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in found:
        known = [*EXPORTERS, *found]
        raise InputError(f"no exporter {name!r}", mend=suggestion(name, known))
    try:
        return cast("Maker", found[name].load())
    except (ImportError, AttributeError) as error:
        raise InputError(
            f"the exporter {name!r} cannot be loaded: {error}", mend="reinstall its package"
        ) from error

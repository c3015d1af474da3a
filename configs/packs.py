"""Domain packs: finding the one that is meant."""

from functools import lru_cache
from pathlib import Path

from toolweave.configs.pack_check import problems
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.domain import DomainPack
from toolweave.core.errors import InputError
from toolweave.schema.documents import read_document
from toolweave.schema.records import build, input_error, nearest


def domain_name(name: str) -> str:
    """A domain's name as files carry it: ``E-commerce`` is ``ecommerce``, spaces are ``_``."""
    return "_".join(name.casefold().replace("-", "").split())


@lru_cache(maxsize=64)
def load_pack(name: str) -> DomainPack:
    """A domain pack by the domain's name ("Real Estate", ``real_estate``) or by path.

    Raises:
        InputError: there is none, or what it says does not hold together.
    """
    path = shipped("domains", domain_name(name)) or Path(name)
    if not path.is_file():
        known = shipped_names("domains")
        near = nearest(domain_name(name), known)
        mend = f"did you mean {near!r}? " if near else ""
        raise InputError(
            f"no domain pack {name!r}", mend=f"{mend}shipped: {', '.join(known)}; or give a path"
        )
    pack = build(DomainPack, read_document(path), file=str(path))
    for problem in problems(pack):
        raise input_error(problem, file=str(path), mend="mend the pack")
    return pack

"""References inside one document, followed by ``referencing``, which has nothing to fetch with."""

from collections.abc import Mapping
from typing import Any, Final

from referencing import Registry, Resource
from referencing.exceptions import Unresolvable

from toolweave.core.errors import SchemaError

_CHAIN: Final = 20


class References:
    """Finds what the references of one document name."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        resource = Resource.opaque(document)
        registry: Registry[Any] = Registry().with_resource("", resource)
        self._resolver = registry.resolver()

    def find(self, ref: str) -> object:
        """What a local reference names. Raises SchemaError where there is nothing."""
        if not ref.startswith("#"):
            raise SchemaError(
                f"$ref {ref!r:.100} leads out of the document, and nothing is fetched"
            )
        try:
            return self._resolver.lookup(ref).contents
        except (Unresolvable, ValueError, TypeError, LookupError) as error:
            raise SchemaError(f"$ref {ref!r:.100} does not resolve") from error

    def resolved(self, value: object) -> Mapping[str, Any]:
        """An object of the format, its own references followed; what stands beside them wins.

        Raises:
            SchemaError: a reference does not resolve, runs in a circle, or leads to no object.
        """
        beside: dict[str, Any] = {}
        for _ in range(_CHAIN):
            if not isinstance(value, Mapping):
                raise SchemaError(f"not an object but {value!r:.60}")
            if not isinstance(value.get("$ref"), str):
                return {**value, **beside}
            extra = {key: held for key, held in value.items() if key != "$ref"}
            beside = {**extra, **beside}
            value = self.find(value["$ref"])
        raise SchemaError("a $ref leads back to itself")

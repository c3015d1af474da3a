"""A back end for bfcl-eval that answers the way the simulated world of one dialogue did."""

import copy
import json
from typing import Any


class Replay:
    """Answers recorded calls, and keeps a public list of what was changed.

    A class per toolset derives from it, with a method per tool and ``_tools``: per tool its
    ``parameters`` in order, the ``required`` ones, their ``defaults``, and whether it ``changes``
    anything. bfcl-eval compares the public attributes after every turn: a change that was missed,
    made twice, or made with other arguments is told apart; reading more than needed does no harm.
    """

    _tools: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - derived classes set it, none changes it

    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []
        self._calls: list[dict[str, Any]] = []
        self._answered: dict[str, int] = {}

    def _load_scenario(self, scenario: dict[str, Any], long_context: bool = False) -> None:
        """Take the recorded calls: each with ``tool``, ``arguments``, ``result``, ``changes``."""
        self._calls = scenario.get("calls", [])
        self.changes = []
        self._answered = {}

    def _replay(self, tool: str, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The recorded result of that call, or an error as a tool would return it."""
        known = self._tools[tool]
        names = known["parameters"]
        if len(given) > len(names):
            return {"error": f"{tool} takes {len(names)} arguments"}
        arguments = {**dict(zip(names, given, strict=False)), **named}
        for name in arguments:
            if name not in names:
                return {"error": f"{tool} has no parameter {name}"}
        missing = [name for name in known["required"] if name not in arguments]
        if missing:
            return {"error": f"{tool} needs {', '.join(missing)}"}
        key = self._key(tool, arguments)
        recorded = [
            call for call in self._calls if self._key(call["tool"], call["arguments"]) == key
        ]
        if not recorded:
            if known["changes"]:
                self._change(tool, arguments)
            return {"error": "nothing is found for these arguments"}
        turn = self._answered.get(key, 0)
        self._answered[key] = turn + 1
        call = recorded[min(turn, len(recorded) - 1)]
        if call["changes"]:
            self._change(tool, call["arguments"])
        return copy.deepcopy(call["result"])

    def _change(self, tool: str, arguments: dict[str, Any]) -> None:
        """Independent changes may be made in any order, so they are kept sorted."""
        self.changes.append({"tool": tool, "arguments": arguments})
        self.changes.sort(key=lambda change: json.dumps(change, sort_keys=True, default=str))

    def _key(self, tool: str, arguments: dict[str, Any]) -> str:
        """Equal for calls that mean the same: defaults are filled in, case and marks ignored."""
        whole = {**self._tools[tool]["defaults"], **arguments}
        return json.dumps([tool, _folded(whole)], sort_keys=True, default=str)


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(char for char in value.casefold() if char.isalnum()) or value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(key): _folded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_folded(item) for item in value]
    return value

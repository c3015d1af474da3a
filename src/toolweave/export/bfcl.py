"""BFCL: an evaluation set of multi-turn questions that bfcl-eval's own checker scores."""

import json
import shutil
from pathlib import Path
from typing import IO, Final

from toolweave.core.model import JsonObject
from toolweave.export.bfcl_entry import question, truth, turns_of
from toolweave.export.bfcl_toolsets import PACKAGE, BfclToolset, BfclToolsets
from toolweave.export.conversation import Conversation
from toolweave.export.exporter import Order, Part, Taken
from toolweave.export.refusal import Refused
from toolweave.export.usage import usage
from toolweave.schema.types import json_bytes

CATEGORY: Final = "multi_turn_toolweave"
QUESTIONS: Final = f"BFCL_v4_{CATEGORY}.json"
ANSWERS: Final = f"possible_answer/{QUESTIONS}"
DOCS: Final = "multi_turn_func_doc"
_BACKEND: Final = Path(__file__).with_name("backend")
_MAIN: Final = f'''"""bfcl-eval with this folder's category: python -m {PACKAGE} evaluate --help."""

import os

os.environ.setdefault("BFCL_PROJECT_ROOT", os.getcwd())

from {PACKAGE}.register import register

register()

from bfcl_eval.__main__ import cli

cli()
'''


class Bfcl:
    """Question file, answer file, function documents and back ends."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.files: dict[str, dict[Part, str]] = {"": {"validation": QUESTIONS}}
        self.usage = usage("bfcl")
        self.parts: tuple[Part, ...] = ("validation",)
        self._toolsets = BfclToolsets()
        self._count = 0
        self._raw = order.folder / f"{QUESTIONS}.raw"
        (order.folder / ANSWERS).parent.mkdir()
        self._questions: IO[bytes] = self._raw.open("wb")
        self._answers: IO[bytes] = (order.folder / ANSWERS).open("wb")

    def add(self, conversation: Conversation, part: Part) -> Taken | Refused:
        """Write the dialogue as one entry, unless the checker could not score it."""
        if self.order.split and part == "train":
            return Refused("training_part", "the split gives its plan to the training part")
        if self.order.single_calls and conversation.parallel:
            return Refused("parallel_calls", "a message of the assistant makes several calls")
        turns = turns_of(conversation)
        if isinstance(turns, Refused):
            return turns
        dialogue = conversation.dialogue
        shown = {tool.tool.name for tool in dialogue.tools}
        called = {true.call.name for turn in turns for true in turn.calls}
        if unknown := sorted(called - shown):
            return Refused("unknown_tool", f"{unknown[0]!r} is called and not shown")
        tools = tuple(tool.tool for tool in dialogue.tools)
        toolset = self._toolsets.place(dialogue.domain, tools)
        if isinstance(toolset, Refused):
            return toolset
        calls = truth(turns, toolset)
        if isinstance(calls, Refused):
            return calls
        identity = f"{CATEGORY}_{self._count}"
        self._count += 1
        entry = question(identity, turns, toolset, conversation)
        self._questions.write(json_bytes(entry) + b"\n")
        self._answers.write(json_bytes({"id": identity, "ground_truth": calls}) + b"\n")
        return Taken()

    def finish(self) -> None:
        """Write documents and back ends, and hide from every question the tools it does not show.

        bfcl-eval shows all functions of a class; those named under a turn that never comes are
        held back for good.
        """
        self.close()
        known = {toolset.name: set(toolset.tools) for toolset in self._toolsets.all}
        with self._raw.open("rb") as raw, (self.order.folder / QUESTIONS).open("wb") as out:
            for line in raw:
                entry = json.loads(line)
                shown = set(entry.pop("shown"))
                hidden = sorted(known[entry["involved_classes"][0]] - shown)
                if hidden:
                    entry["missed_function"][str(len(entry["question"]))] = hidden
                if not entry["missed_function"]:
                    del entry["missed_function"]
                out.write(json_bytes(entry) + b"\n")
        self._raw.unlink()
        self._write_backends()

    def _write_backends(self) -> None:
        package = self.order.folder / PACKAGE
        docs = self.order.folder / DOCS
        package.mkdir()
        docs.mkdir()
        for name in ("replay.py", "register.py"):
            shutil.copyfile(_BACKEND / name, package / name)
        (package / "__init__.py").write_text('"""Back ends for bfcl-eval."""\n', "utf-8")
        (package / "__main__.py").write_text(_MAIN, "utf-8")
        classes: JsonObject = {}
        for toolset in self._toolsets.all:
            classes[toolset.name] = toolset.module
            self._write_toolset(toolset, package, docs)
        (package / "classes.json").write_bytes(json_bytes(classes, indent=True) + b"\n")

    def _write_toolset(self, toolset: BfclToolset, package: Path, docs: Path) -> None:
        (package / f"{toolset.module}.py").write_text(toolset.source(), "utf-8")
        (package / f"{toolset.module}.json").write_bytes(json_bytes(toolset.backing(), indent=True))
        lines = b"".join(json_bytes(doc) + b"\n" for doc in toolset.docs())
        (docs / f"{toolset.module}.json").write_bytes(lines)

    def close(self) -> None:
        """Close the files."""
        self._questions.close()
        self._answers.close()

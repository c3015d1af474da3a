"""The paper's plan notation (ToolWeave, App. J.3) translated into our own plan data."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolweave.core.model import FORMAT_VERSION, JsonObject
from toolweave.schema.records import input_error, joined, suggestion

_USER = "$user_provided_$"
_SELECT_FIRST = {"kind": "first"}
_TOP_KEYS = ("source", "goal", "tools", "steps", "id", "domain")
_STEP_KEYS: dict[str, tuple[str, ...]] = {
    "USER_UTTERANCE": ("utterance", "provided_params"),
    "ASSISTANT_CLARIFICATION": ("parameter_names",),
    "USER_RESPONSE_TO_CLARIFICATION": ("provides_params",),
    "CALL_TOOL": ("tool", "parameters"),
    "ASSISTANT_RESPONSE_TOOL": ("summarizes_tools", "outputs"),
}
_ALIASES = {"provides_params": "provided_params"}


def is_paper_plan(data: object) -> bool:
    """Whether the document is in the paper's notation: steps at the top, without segments."""
    return isinstance(data, Mapping) and "steps" in data and "segments" not in data


def paper_plan(data: Mapping[str, object], *, name: str, file: str = "") -> JsonObject:
    """The plan data that a document in the paper's notation means; ``name`` becomes its id.

    A segment starts at each user utterance. Calls get the ids c1, c2, … in order, and ``$tool.x``
    means the latest earlier call of that tool. A slot is named for the argument it first serves, be
    that call still to come. Raises InputError naming the place.
    """
    _refuse_unknown(data, _TOP_KEYS, file, "")
    steps = data.get("steps")
    if not isinstance(steps, list) or not steps:
        raise input_error("there are no steps", file=file, place="steps", mend="add steps")
    work = _Translation(file, [_normal(step, index, file) for index, step in enumerate(steps)])
    plan: JsonObject = {
        "version": FORMAT_VERSION,
        "id": data.get("id", name),
        "goal": data.get("goal", ""),
        "tools": data.get("tools", ""),
        "segments": work.segments(),
    }
    return plan | ({"domain": data["domain"]} if "domain" in data else {})


@dataclass(frozen=True)
class _Step:
    """One step of the document: its place, its act and its other keys."""

    index: int
    act: str
    keys: Mapping[str, object]

    @property
    def place(self) -> str:
        return joined("steps", self.index)


def _normal(step: object, index: int, file: str) -> _Step:
    """The step with its keys in one spelling, and checked for unknown ones."""
    place = joined("steps", index)
    if not isinstance(step, Mapping):
        raise input_error(f"not a step but {step!r:.60}", file=file, place=place)
    keys = {str(key).strip().lower().replace(" ", "_"): value for key, value in step.items()}
    act, _, tool = (part.strip() for part in str(keys.pop("act", "")).partition(":"))
    if act not in _STEP_KEYS:
        mend = suggestion(act, sorted(_STEP_KEYS))
        raise input_error(f"act {act[:60]!r} is unknown", file=file, place=place, mend=mend)
    keys.pop("step", None)
    if tool:
        keys.setdefault("tool", tool)
    keys = {_ALIASES.get(key, key): value for key, value in keys.items()}
    _refuse_unknown(keys, [_ALIASES.get(key, key) for key in _STEP_KEYS[act]], file, place)
    return _Step(index, act, keys)


def _refuse_unknown(data: Mapping[str, object], known: Sequence[str], file: str, at: str) -> None:
    for key in data:
        if key not in known:
            mend = suggestion(str(key), known)
            raise input_error(f"unknown key {key!r}", file=file, place=joined(at, key), mend=mend)


@dataclass
class _Translation:
    """Carries what has been said and called so far from step to step."""

    file: str
    steps: list[_Step]
    planned: dict[int, str] = field(default_factory=dict)
    uses: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)
    slots: dict[str, str] = field(default_factory=dict)
    tools: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        calling = [step for step in self.steps if step.act == "CALL_TOOL"]
        self.tools = frozenset(self.text(step, "tool") for step in calling)
        for number, step in enumerate(calling, 1):
            call = self.planned[step.index] = f"c{number}"
            for name, reference in self.pairs(step, "parameters"):
                if reference.startswith(_USER):
                    _, path = self.split(name, joined(step.place, "parameters", name))
                    stated = reference.removeprefix(_USER)
                    self.uses.setdefault(stated, []).append((step.index, f"{call}.{path}"))

    def segments(self) -> list[JsonObject]:
        found: list[JsonObject] = []
        for step in self.steps:
            if step.act == "USER_UTTERANCE":
                utterance = self.text(step, "utterance", optional=True)
                found.append({"subgoal": utterance, "steps": []})
            elif not found:
                mend = "begin with a USER_UTTERANCE"
                problem = f"{step.act} stands before any USER_UTTERANCE"
                raise input_error(problem, file=self.file, place=step.place, mend=mend)
            found[-1]["steps"].append(_TRANSLATE[step.act](self, step))
        return found

    def request(self, step: _Step) -> JsonObject:
        intent = self.text(step, "utterance", optional=True)
        return {"act": "user_request", "intent": intent, "provides": self.provides(step)}

    def clarification(self, step: _Step) -> JsonObject:
        asks = [self.slot(name, step) for _, name in self.texts(step, "parameter_names")]
        return {"act": "assistant_clarification", "asks": asks}

    def answer(self, step: _Step) -> JsonObject:
        return {"act": "user_clarification_response", "provides": self.provides(step)}

    def call(self, step: _Step) -> JsonObject:
        tool, call = self.text(step, "tool"), self.planned[step.index]
        arguments: JsonObject = {}
        for name, reference in self.pairs(step, "parameters"):
            place = joined(step.place, "parameters", name)
            owner, path = self.split(name, place)
            if owner != tool:
                mend = f"name parameters of {tool!r}"
                problem = f"{name!r} is no parameter of the tool called here"
                raise input_error(problem, file=self.file, place=place, mend=mend)
            arguments[path] = self.binding(reference, place, f"{call}.{path}")
        self.latest[tool] = call
        planned = {"id": call, "tool": tool, "arguments": arguments}
        return {"act": "tool_invocation", "calls": [planned]}

    def response(self, step: _Step) -> JsonObject:
        summarizes = [
            self.done(tool, joined(step.place, "summarizes_tools", index))
            for index, tool in self.texts(step, "summarizes_tools")
        ]
        reports = []
        for index, output in self.texts(step, "outputs"):
            place = joined(step.place, "outputs", index)
            tool, path = self.split(output.removeprefix("$"), place)
            reports.append(f"{self.done(tool, place)}.{path}")
        return {"act": "assistant_response", "summarizes": summarizes, "reports": reports}

    def provides(self, step: _Step) -> list[JsonObject]:
        found: list[JsonObject] = []
        for name, reference in self.pairs(step, "provided_params"):
            place = joined(step.place, "provided_params", name)
            if not reference.startswith(_USER):
                mend = f"write {_USER}{name}"
                problem = f"{reference[:80]!r} is not what a user provides"
                raise input_error(problem, file=self.file, place=place, mend=mend)
            found.append({"slot": self.slot(reference.removeprefix(_USER), step)})
        return found

    def binding(self, reference: str, place: str, argument: str) -> JsonObject:
        if reference.startswith(_USER):
            slot = self.slots.get(reference.removeprefix(_USER), argument)
            return {"source": "user", "slot": slot}
        if not reference.startswith("$"):
            mend = f"write {_USER}tool.parameter or $tool.output"
            problem = f"{reference[:80]!r} is not a reference"
            raise input_error(problem, file=self.file, place=place, mend=mend)
        tool, path = self.split(reference[1:], place)
        bound: JsonObject = {"source": "tool_output", "call": self.done(tool, place), "path": path}
        return bound | ({"select": _SELECT_FIRST} if "[]" in path else {})

    def slot(self, name: str, step: _Step) -> str:
        """The slot of a value asked for or stated here: the argument of the next call to use it."""
        uses = self.uses.get(name, [])
        following = bisect_right(uses, (step.index, ""))
        self.slots[name] = uses[following][1] if following < len(uses) else name
        return self.slots[name]

    def done(self, tool: str, place: str) -> str:
        """The latest call of the tool."""
        if tool not in self.latest:
            mend = "refer to a tool called before" if tool in self.tools else ""
            known = mend or suggestion(tool, sorted(self.tools))
            problem = f"tool {tool!r} has not been called by then"
            raise input_error(problem, file=self.file, place=place, mend=known)
        return self.latest[tool]

    def split(self, name: str, place: str) -> tuple[str, str]:
        """Tool and path of ``tool.path``; a tool's own name may hold dots."""
        fits = [tool for tool in self.tools if name.startswith(f"{tool}.")]
        tool = max(fits, key=len) if fits else name.partition(".")[0]
        path = name[len(tool) + 1 :]
        if not path or not re.fullmatch(r"\S.*", tool):
            mend = "write tool.parameter"
            raise input_error(
                f"{name[:80]!r} names no value", file=self.file, place=place, mend=mend
            )
        return tool, path

    def text(self, step: _Step, key: str, *, optional: bool = False) -> str:
        value = step.keys.get(key)
        if isinstance(value, str) and value:
            return value
        if optional and value in (None, ""):
            return ""
        place = joined(step.place, key)
        raise input_error("this should be text", file=self.file, place=place, mend="write it")

    def texts(self, step: _Step, key: str) -> Iterator[tuple[int, str]]:
        values = step.keys.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            place = joined(step.place, key)
            raise input_error("this should be a list of names", file=self.file, place=place)
        yield from enumerate(values)

    def pairs(self, step: _Step, key: str) -> Iterator[tuple[str, str]]:
        values = step.keys.get(key, {})
        if not isinstance(values, Mapping):
            place = joined(step.place, key)
            raise input_error("this should map names to references", file=self.file, place=place)
        for name, reference in values.items():
            if not isinstance(reference, str):
                place = joined(step.place, key, str(name))
                mend = f"write {_USER}{name} or $tool.output"
                problem = f"{reference!r:.60} is not a reference"
                raise input_error(problem, file=self.file, place=place, mend=mend)
            yield str(name), reference


_TRANSLATE: dict[str, Callable[[_Translation, _Step], JsonObject]] = {
    "USER_UTTERANCE": _Translation.request,
    "ASSISTANT_CLARIFICATION": _Translation.clarification,
    "USER_RESPONSE_TO_CLARIFICATION": _Translation.answer,
    "CALL_TOOL": _Translation.call,
    "ASSISTANT_RESPONSE_TOOL": _Translation.response,
}

"""Plan readers: our own YAML and JSON, and the paper's notation, told apart by their content."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from toolweave.configs import shipped
from toolweave.core.errors import InputError
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.planners.paper import is_paper_plan, paper_plan
from toolweave.schema.documents import STDIN, file_name, read_document, read_records
from toolweave.schema.records import build, input_error, nearest
from toolweave.toolgraph.readers import load_tools

_LINES = (".jsonl", ".ndjson")


class LoadedPlan(NamedTuple):
    """A plan, the tools it is about, and the file it came from (``-`` for standard input)."""

    plan: Plan
    toolset: Toolset
    path: Path


def load_plan(path: Path | str, toolset: Toolset | None = None, chosen: str = "") -> LoadedPlan:
    """The plan in a YAML or JSON file, in our form or the paper's, with its tools.

    A path that is no file may be the name of a shipped plan. Of the plans of a JSON-lines file the
    one is read that is ``chosen`` by its id or, from 1, by its number.
    ``toolset`` overrides the plan's own ``tools``, which is a file relative to the plan's or the
    name of a shipped toolset. Raises InputError naming file, place, problem and mend.
    """
    file = Path(path)
    if str(file) != STDIN and not _exists(file):
        file = shipped("plans", str(path)) or file
    if is_lines(file) or (chosen and str(file) == STDIN):
        return _chosen(file, toolset, chosen)
    plan = read_plan(read_document(str(file)), file=str(file), name=_name(file))
    if chosen not in ("", "1", plan.id):
        raise _unchosen(file_name(file), [plan.id], chosen)
    return LoadedPlan(plan, toolset or tools_of(plan, file), file)


def load_plans(path: Path | str, toolset: Toolset | None = None) -> Iterator[LoadedPlan]:
    """The plans of a JSON-lines file one by one; another file yields its single plan."""
    file = Path(path)
    if not is_lines(file):
        yield load_plan(path, toolset)
        return
    known: dict[str, Toolset] = {}
    for plan in _plans(file):
        tools = toolset or known.get(plan.tools)
        if tools is None:
            tools = known[plan.tools] = tools_of(plan, file)
        yield LoadedPlan(plan, tools, file)


def is_lines(file: Path) -> bool:
    """Whether a file of that name holds one plan per line."""
    return file.suffix.lower() in _LINES


def _plans(file: Path) -> Iterator[Plan]:
    """The plans of a JSON-lines file, without their tools."""
    for line, data in read_records(file):
        yield read_plan(data, file=f"{file_name(file)}, line {line}", name=f"{_name(file)}-{line}")


def _chosen(file: Path, toolset: Toolset | None, chosen: str) -> LoadedPlan:
    """One of the plans of a JSON-lines file: the chosen one, or the only one."""
    plans: dict[str, Plan] = {}
    for plan in _plans(file):
        plans.setdefault(plan.id, plan)
    named = list(plans)
    if not chosen and len(plans) == 1:
        found = named[0]
    elif chosen in plans:
        found = chosen
    elif chosen.isdecimal() and 0 < int(chosen) <= len(named):
        found = named[int(chosen) - 1]
    else:
        raise _unchosen(file_name(file), named, chosen)
    return LoadedPlan(plans[found], toolset or tools_of(plans[found], file), file)


def _unchosen(file: str, named: Sequence[str], chosen: str) -> InputError:
    """Why it is not clear which plan is meant."""
    if not named:
        return input_error("there are no plans in it", file=file, mend="run toolweave plan")
    if not chosen:
        mend = f"choose one by its id or number, with --id: {named[0]!r}, or 1 to {len(named)}"
        return input_error(f"it holds {len(named)} plans", file=file, mend=mend)
    of = f"none of its {len(named)} plans" if len(named) > 1 else "no plan in it"
    near = nearest(chosen, named)
    mend = f"did you mean {near!r}?" if near else f"give an id, or a number from 1 to {len(named)}"
    return input_error(f"{of} is {chosen!r}", file=file, mend=mend)


def read_plan(data: object, *, file: str = "", name: str = "plan") -> Plan:
    """The plan that data already read describes; ``name`` is the id where the form has none."""
    if not isinstance(data, Mapping):
        mend = "write a plan with version: 1 and segments"
        raise input_error(f"no plan here, but a {type(data).__name__}", file=file, mend=mend)
    if is_paper_plan(data):
        data = paper_plan(data, name=name, file=file)
    return build(Plan, data, file=file)


def tools_of(plan: Plan, file: Path) -> Toolset:
    """The toolset that the plan in ``file`` names."""
    if not plan.tools:
        mend = "add tools: FILE to the plan, or give the tools beside it"
        raise input_error("the plan names no tools", file=str(file), place="tools", mend=mend)
    base = Path() if str(file) == STDIN else file.parent
    named = base / plan.tools
    found = named if _exists(named) and not _endless(named) else shipped("tools", plan.tools)
    if found is None:
        problem = f"{plan.tools!r} is neither a file beside the plan nor a shipped toolset"
        raise input_error(problem, file=str(file), place="tools", mend="check the path")
    return load_tools(found)


def _name(file: Path) -> str:
    return "plan" if str(file) == STDIN else file.stem


def _endless(path: Path) -> bool:
    """Whether reading might never end: a plan from elsewhere may name a pipe or a device."""
    return not (path.is_file() or path.is_dir())


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False

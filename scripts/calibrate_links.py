"""Fit the weights by which links are scored to links that people drew: ``scripts/calibration``."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from toolweave.configs.shipping import shipped  # noqa: E402
from toolweave.core.tool import Tool  # noqa: E402
from toolweave.llm.embedding import Embedder, make_embedder  # noqa: E402
from toolweave.schema.paths import Each, Key, parse  # noqa: E402
from toolweave.toolgraph.linking.columns import Numbers, Places  # noqa: E402
from toolweave.toolgraph.linking.comparison import Comparison  # noqa: E402
from toolweave.toolgraph.linking.features import FEATURES, features  # noqa: E402
from toolweave.toolgraph.readers import load_tools  # noqa: E402

LABELS: Final = Path(__file__).parent / "calibration"
WEIGHTS: Final = ROOT / "src" / "toolweave" / "toolgraph" / "linking" / "weights.json"
# How strongly a weight is drawn towards 0.
_PULL: Final = 0.5
_ROUNDS: Final = 40
# The labelled tools have few optional parameters, and those are of the kind that users choose.
_FIXED: Final = {
    "target_filter": -1.2,
    # What logic says and the labelled tools hardly show.
    "opposed": -3.0,
    "id_as_measure": -4.0,
    "new_own_id": -8.0,
    "told_again": -4.5,
}
# Weights that would reward what can only speak against a link, or the other way round, stay 0.
_AGAINST: Final = frozenset(
    {"same_name_of_other", "other_id", "id_and_other", "sense_far", "converted", "source_told",
     "source_record_time", "source_echo", "source_written_text", "source_deletes", "target_chosen",
     "told_again", "target_filter", "source_count", "named_otherwise",
     "other_measure", "place_of_other", "opposed", "id_as_measure", "new_own_id"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """Some tools and which of their pairs are links; pairs that could be argued about are out."""

    name: str
    rows: Numbers
    linked: Numbers
    outputs: Places
    parameters: Places


def main(arguments: list[str] | None = None) -> int:
    """Fit, show how well each world is predicted by the others, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--wrong", type=int, default=0, help="show so many of the worst mistakes")
    given = parser.parse_args(arguments)
    weights: dict[str, dict[str, float]] = {}
    for choice in ("lexical", "minilm"):
        embedder = make_embedder(choice)
        loaded = [(name, world(name, tools, entry, embedder)) for name, tools, entry in worlds()]
        found = [one for _, (one, _) in loaded]
        print(f"{choice}: {sum(len(one.rows) for one in found)} pairs, "
              f"{int(sum(one.linked.sum() for one in found))} links")  # fmt: skip
        for held in found:
            # The world of all shipped toolsets would tell of each of them.
            others = [
                one
                for one in found
                if one is not held
                and (held.name in ("functions", "services", "synonyms") or one.name != "together")
            ]
            _report(held, predict(fitted(others), held.rows))
        whole = fitted(found)
        key = "semantic" if embedder.semantic else "lexical"
        weights[key] = {name: round(float(w), 4) for name, w in zip(FEATURES, whole, strict=True)}
        for _, (one, compared) in loaded:
            _mistakes(one, compared, predict(whole, one.rows), given.wrong)
    given.out.write_text(json.dumps(weights, indent=1) + "\n")
    return 0


def worlds() -> Iterator[tuple[str, Sequence[Tool], Mapping[str, Any]]]:
    """Every labelled set of tools: its name, its tools and its labels.

    The shipped toolsets come once more as one, so that strangers with alike fields are seen too.
    """
    found = list(_sets())
    yield from found
    shipped_sets = [(name, tools, entry) for name, tools, entry in found if "tools" in entry]
    yield "together", [tool for _, tools, _ in shipped_sets for tool in tools], {
        "links": {to: given for _, _, one in shipped_sets for to, given in one["links"].items()},
        "either": {
            to: sources for _, _, one in shipped_sets
            for to, sources in one.get("either", {}).items()
        },
        "home": {tool.name: name for name, tools, _ in shipped_sets for tool in tools},
    }  # fmt: skip


def _sets() -> Iterator[tuple[str, Sequence[Tool], Mapping[str, Any]]]:
    for file in sorted(LABELS.glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text("utf-8")):
            if "functions" in entry:
                yield file.stem, [_tool(*one) for one in entry["functions"].items()], entry
            else:
                path = shipped("tools", entry["tools"])
                yield entry["tools"], load_tools(path).tools, entry


def world(
    name: str, tools: Sequence[Tool], entry: Mapping[str, Any], embedder: Embedder
) -> tuple[World, Comparison]:
    """The features and labels of every pair whose types agree."""
    compared = Comparison(tools, embedder)
    outputs, parameters = (
        side.ravel().astype(np.int64)
        for side in np.meshgrid(
            np.arange(len(compared.outputs)), np.arange(len(compared.parameters)), indexing="ij"
        )
    )
    kept = compared.fits(outputs, parameters) > 0
    outputs, parameters = outputs[kept], parameters[kept]
    linked, argued = _pairs(entry, "links"), _pairs(entry, "either")
    names = [_named(compared, int(o), int(i)) for o, i in zip(outputs, parameters, strict=True)]
    for pair in (linked | argued) - set(names):
        if pair in linked:
            print(f"{name}: {pair[0]} -> {pair[1]} is no pair of these tools", file=sys.stderr)
    firm = np.array([pair not in argued or pair in linked for pair in names])
    firm &= ~_strangers_of_one_name(entry, compared, outputs, parameters)
    labels = np.array([pair in linked for pair in names], np.float32)
    outputs, parameters = outputs[firm], parameters[firm]
    rows = features(compared, outputs, parameters)
    return World(name, rows, labels[firm], outputs, parameters), compared


def _strangers_of_one_name(
    entry: Mapping[str, Any], compared: Comparison, outputs: Places, parameters: Places
) -> Any:
    """Fields of one name in tools of different sets: a city is a city, a line may be another."""
    home = entry.get("home")
    if home is None:
        return np.zeros(len(outputs), bool)
    homes = np.array([hash(home[tool.name]) for tool in compared.tools])
    apart = homes[compared.outputs.tool[outputs]] != homes[compared.parameters.tool[parameters]]
    return apart & (compared.outputs.full[outputs] == compared.parameters.full[parameters])


def fitted(found: Sequence[World]) -> Numbers:
    """Weights of a logistic regression in which every world counts alike (Newton's method)."""
    rows = np.concatenate([one.rows for one in found]).astype(np.float64)
    linked = np.concatenate([one.linked for one in found])
    mean = np.mean([len(one.rows) for one in found])
    share = np.concatenate([np.full(len(one.rows), mean / len(one.rows)) for one in found])
    live = np.array([name not in _FIXED for name in FEATURES])
    fixed = np.array([_FIXED.get(name, 0.0) for name in FEATURES])
    for _ in range(len(FEATURES)):
        weights = fixed.copy()
        weights[live] = _newton(rows[:, live], linked, share, rows @ fixed)
        wrong = [
            at for at, name in enumerate(FEATURES)
            if at and live[at] and (weights[at] > 0 if name in _AGAINST else weights[at] < 0)
        ]  # fmt: skip
        wrong = [at for at in wrong if FEATURES[at] in _AGAINST or FEATURES[at] in _FOR]
        if not wrong:
            break
        live[wrong] = False
    return weights.astype(np.float32)


_EITHER_WAY: Final = frozenset(
    {
        *("constant", "overlaps", "unlisted", "other_owner_acts", "copied_into_new"),
        *("copied_same", "target_wide", "wide_and_text", "named_alike"),
    }
)
_FOR: Final = frozenset(FEATURES) - _AGAINST - _EITHER_WAY


def _newton(rows: Any, linked: Any, share: Any, offset: Any) -> Any:
    weights = np.zeros(rows.shape[1])
    pull = np.full(rows.shape[1], _PULL)
    pull[0] = 1e-3
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights + offset, -30, 30)))
        slope = rows.T @ (share * (linked - chance)) - pull * weights
        curve = (rows * (share * chance * (1 - chance))[:, None]).T @ rows + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def predict(weights: Numbers, rows: Numbers) -> Numbers:
    """The chance that each pair is a link."""
    chances: Numbers = 1 / (1 + np.exp(-(rows @ weights)))
    return chances


def _report(one: World, chances: Numbers) -> None:
    """Recall of links among the first k sources of their parameter, and precision by threshold."""
    ranks = []
    for at in np.flatnonzero(one.linked):
        rivals = one.parameters == one.parameters[at]
        ranks.append(1 + int((chances[rivals] > chances[at]).sum()))
    recall = " ".join(f"@{k} {np.mean(np.array(ranks) <= k):.2f}" for k in (1, 5, 10))
    lines = []
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6):
        accepted = chances >= threshold
        right = float(one.linked[accepted].sum())
        lines.append(
            f"{threshold}: {right / max(1, accepted.sum()):.2f}/{right / one.linked.sum():.2f}"
        )
    print(f"  {one.name:20} {int(one.linked.sum()):4} links, recall {recall}"
          f"; precision/recall {', '.join(lines)}")  # fmt: skip


def _mistakes(one: World, compared: Comparison, chances: Numbers, count: int) -> None:
    order = np.argsort(-np.abs(one.linked - chances))[:count]
    for at in order:
        source, target = _named(compared, int(one.outputs[at]), int(one.parameters[at]))
        label = "is" if one.linked[at] else "no"
        print(f"    {one.name}: {chances[at]:.2f} {label}  {source} -> {target}")


def _named(compared: Comparison, output: int, parameter: int) -> tuple[str, str]:
    out, into = compared.outputs.fields[output], compared.parameters.fields[parameter]
    tools = compared.tools
    return f"{tools[out.tool].name}.{out.path}", f"{tools[into.tool].name}.{into.path}"


def _pairs(entry: Mapping[str, Any], key: str) -> set[tuple[str, str]]:
    found = {(s, target) for target, sources in entry.get(key, {}).items() for s in sources}
    for group in entry.get("groups", ()) if key == "links" else ():
        found |= {
            (source, target)
            for source in group["from"]
            for target in group["to"]
            if source.split(".")[0] != target.split(".")[0]
        }
    return found


def _tool(name: str, about: Mapping[str, Any]) -> Tool:
    return Tool(
        name=name,
        description=about["about"],
        parameters=_object(about["in"]),
        results=_object(about["out"]),
    )


def _object(fields: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """A schema with these paths, each a type, a description and, if listed, its values."""
    root: dict[str, Any] = {}
    for path, (kind, description, *choices) in fields.items():
        here = root
        for part in parse(path):
            if isinstance(part, Key):
                here.setdefault("type", "object")
                here = here.setdefault("properties", {}).setdefault(part.name, {})
            elif isinstance(part, Each):
                here.setdefault("type", "array")
                here = here.setdefault("items", {})
        here.update({"type": kind, **({"description": description} if description else {})})
        here.update({"enum": choices[0]} if choices else {})
    root.setdefault("type", "object")
    if root["type"] == "object":
        root.setdefault("required", list(root.get("properties", {})))
    return root


if __name__ == "__main__":
    sys.exit(main())

"""Domain packs: the shipped ones hold together, and a bad one is refused with the reason."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolweave.checks.effects import effect_of
from toolweave.configs.pack_check import described
from toolweave.configs.packs import domain_name, load_pack
from toolweave.configs.shipping import shipped_names
from toolweave.configs.vocabulary import vocabulary
from toolweave.configs.wording import load_lexicon
from toolweave.core.errors import InputError
from toolweave.core.tool import Toolset
from toolweave.schema.documents import read_document
from toolweave.toolgraph.readers import check_toolset
from toolweave.toolgraph.synthesis.drafts import Drafts

PAPER = [
    "Agriculture", "Customer Support", "Cybersecurity", "E-commerce", "Education", "Energy",
    "Film Industry", "Human Resources", "Insurance", "Legal Services", "Logistics",
    "Manufacturing", "Marketing", "Online Banking", "Real Estate", "Retail", "Supply Chain",
    "Telecommunications", "Tourism", "Transportation",
]  # fmt: skip
NAMES = shipped_names("domains")


def test_every_domain_of_the_paper_has_a_pack() -> None:
    assert sorted(domain_name(title) for title in PAPER) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_is_as_rich_as_a_domain_needs(name: str) -> None:
    pack = load_pack(name)
    assert pack.domain == name
    assert 6 <= len(pack.entities) <= 10
    assert len(pack.summary.split()) >= 40
    assert sum(len(entity.rules) for entity in pack.entities.values()) >= 2
    assert sum(entity.lifecycle is not None for entity in pack.entities.values()) >= 3
    assert len(pack.situations) >= 5
    assert all(meaning.schema.get("description") for meaning in vocabulary(pack).values())


@pytest.mark.parametrize("name", NAMES)
def test_every_draft_of_a_pack_is_a_valid_tool(name: str) -> None:
    drafts = Drafts(load_pack(name))
    for make in (drafts.plain, drafts.full):
        tools = tuple(make(draft) for draft in drafts.all)
        check_toolset(Toolset(version=1, tools=tools))
        assert all(effect_of(tool).kind == draft.effect.kind
                   for tool, draft in zip(tools, drafts.all, strict=True))  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_domains_lexicon_words_what_its_tools_take_and_do(name: str) -> None:
    pack, lexicon = load_pack(name), load_lexicon(name)
    drafts = Drafts(pack)
    taken = {one for draft in drafts.all for one in (*draft.takes, *draft.optional)}
    assert not {one for one in taken if one not in lexicon.fields or not lexicon.fields[one].asks}
    tools = {one.tool for entity in pack.entities.values() for one in described(entity)}
    assert not {one for one in tools if one not in lexicon.tools or not lexicon.tools[one].wishes}
    assert not pack.entities.keys() - lexicon.entities.keys()


def pack_with(tmp_path: Path, change: Any) -> Path:
    """A copy of a small pack, changed."""
    text = {"type": "string", "description": "Text."}
    data: dict[str, Any] = {
        "version": 1,
        "domain": "bees",
        "title": "Bees",
        "summary": "Keeping bees.",
        "entities": {
            "apiary": {
                "noun": "apiary",
                "description": "Where hives stand.",
                "identifier": {"name": "apiary_code", "schema": text},
                "attributes": {"place": text},
                "finding": {"name": "find_apiaries", "description": "Finds.", "gives": ["place"]},
            },
            "hive": {
                "noun": "hive",
                "description": "A box of bees.",
                "identifier": {"name": "hive_number", "schema": text},
                "attributes": {"colour": text, "weight": {"type": "number", "description": "kg"}},
                "relations": [{"to": "apiary"}],
                "lifecycle": {"attribute": "hive_state", "states": {"alive": "", "dead": ""}},
                "making": {
                    "name": "set_up_hive", "description": "Sets up.", "takes": ["apiary_code"],
                    "optional": ["colour"],
                },
                "operations": [
                    {
                        "name": "weigh_hive", "description": "Weighs.", "kind": "read",
                        "takes": ["hive_number"], "gives": ["weight"], "starts": ["alive"],
                    }
                ],
            },
        },
        "situations": [{"text": "A hive is light.", "tools": ["weigh_hive"]}],
    }  # fmt: skip
    # The same text stands in many places: each gets a copy of its own.
    data = json.loads(json.dumps(data))
    change(data["entities"]["hive"], data)
    path = tmp_path / "bees.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    return path


def test_a_pack_of_ones_own_is_read_by_path(tmp_path: Path) -> None:
    pack = load_pack(str(pack_with(tmp_path, lambda hive, data: None)))
    drafts = Drafts(pack)
    assert [draft.name for draft in drafts.all] == ["find_apiaries", "set_up_hive", "weigh_hive"]
    made = drafts.full(drafts.all[1])
    assert list(made.results["properties"]) == ["hive_number", "hive_state"]
    listed = drafts.full(drafts.all[0]).results
    assert list(listed["properties"]["apiaries"]["items"]["properties"]) == ["apiary_code", "place"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda hive, data: hive["making"]["takes"].append("color"), "did you mean 'colour'"),
        (lambda hive, data: hive["attributes"].update(place={"type": "string"}), "declared twice"),
        (lambda hive, data: hive["attributes"]["colour"].pop("description"), "no description"),
        (lambda hive, data: hive["attributes"]["colour"].update(type="text"), "colour"),
        (lambda hive, data: hive["operations"][0]["starts"].append("asleep"), "no state here"),
        (lambda hive, data: hive["operations"][0].update(gives=[]), "returns nothing"),
        (lambda hive, data: hive["operations"][0]["gives"].append("hive_number"), "only repeats"),
        (lambda hive, data: hive["operations"][0].update(entity="wasp"), "no entity here"),
        (lambda hive, data: hive["operations"][0].update(name="set_up_hive"), "two tools"),
        (lambda hive, data: hive["relations"].append({"to": "wasp"}), "no entity here"),
        (
            lambda hive, data: hive.update(
                rules=[{"when": {"wings": 1}, "requires": ["colour"], "because": "x"}]
            ),
            "no attribute here",
        ),
        (lambda hive, data: data["situations"][0]["tools"].append("sell_hive"), "no tool here"),
        (
            lambda hive, data: data.update(sums={"colour": {"each": "wings"}}),
            "'wings', which is no",
        ),
        (
            lambda hive, data: data.update(
                matches=[{"of": "colour", "by": "wings", "values": {"two": ["red"]}}]
            ),
            "'wings', which is no",
        ),
        (lambda hive, data: data.update(domian="bees"), "domian"),
        (lambda hive, data: hive.update(colour="red"), "colour"),
    ],
)
def test_what_does_not_hold_together_is_refused_by_name(
    tmp_path: Path, change: Any, told: str
) -> None:
    path = pack_with(tmp_path, change)
    with pytest.raises(InputError, match=told) as refused:
        load_pack(str(path))
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_shipped_packs_are_written_in_plain_yaml() -> None:
    folder = Path(__file__).parents[2] / "configs" / "domains"
    assert sorted(path.stem for path in folder.glob("*.yaml")) == NAMES
    assert all(isinstance(read_document(path), dict) for path in folder.glob("*.yaml"))

"""Every lexicon that ships can be read, and what it says of a value really says it."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from toolweave.checks.matching import find
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.configs.wording import lexicon_for, load_lexicon, words
from toolweave.core.errors import InputError
from toolweave.core.lexicon import FieldWords, Lexicon
from toolweave.core.tool import Tool
from toolweave.llm.offline.phrases import holes, parse, plain
from toolweave.toolgraph.readers import load_tools

NOW = datetime(2026, 11, 20, 18, 30)  # noqa: DTZ001
NAMES = shipped_names("lexicons")
TURNS = 12


def field_phrases(field: FieldWords) -> Iterator[str]:
    yield from (*field.asks, *field.tells, *field.answers, *field.reports)
    yield from (clause for clauses in field.clauses.values() for clause in clauses)
    yield from (value for value in field.values if isinstance(value, str))


def every_phrase(lexicon: Lexicon) -> Iterator[str]:
    for field in lexicon.fields.values():
        yield from field_phrases(field)
    for tool in lexicon.tools.values():
        yield from (*tool.wishes, *tool.again, *tool.done, *tool.none, *tool.one, *tool.many)
        yield from (*tool.item, *tool.failed)
    for situation in lexicon.situations:
        yield from situation.openings
        yield from (v for vs in situation.values.values() for v in vs if isinstance(v, str))


@pytest.mark.parametrize("name", NAMES)
def test_every_phrase_keeps_to_the_grammar(name: str) -> None:
    found = list(every_phrase(load_lexicon(name)))
    assert len(found) > 100
    for phrase in found:
        parse(phrase)


@pytest.mark.parametrize("name", NAMES)
def test_the_phrases_of_fields_ask_for_nothing_that_is_never_filled_in(name: str) -> None:
    for key, field in load_lexicon(name).fields.items():
        for phrase in field_phrases(field):
            known = {"value", "label", "options", "my", "your", "things"}
            assert holes(phrase) <= known, (key, phrase)
        for phrase in field.tells:
            assert "value" in holes(phrase), (key, phrase)


@pytest.mark.parametrize("name", NAMES)
def test_openings_and_clauses_stand_for_themselves(name: str) -> None:
    lexicon = load_lexicon(name)
    openings = [phrase for item in lexicon.situations for phrase in item.openings]
    clauses = [c for f in lexicon.fields.values() for cs in f.clauses.values() for c in cs]
    assert [phrase for phrase in (*openings, *clauses) if holes(phrase)] == []


def said_values(lexicon: Lexicon) -> Iterator[tuple[str, Any, dict[str, Any], FieldWords]]:
    """Field, value and schema for every value that has words or clauses of its own."""
    for key, field in lexicon.fields.items():
        spelled = [*dict.fromkeys((*field.words, *field.clauses))]
        truth = set(spelled) <= {"true", "false"}
        schema = {"type": "boolean"} if truth else {"type": "string", "enum": spelled}
        for name in spelled:
            yield key, (name == "true") if truth else name, schema, field


@pytest.mark.parametrize("name", NAMES)
def test_every_clause_contains_the_words_of_its_value(name: str) -> None:
    missed = []
    for key, value, schema, field in said_values(load_lexicon(name)):
        spelled = str(value).lower() if isinstance(value, bool) else value
        for clause in field.clauses.get(spelled, ()):
            for seed in range(TURNS):
                text = plain(clause, random.Random(seed))
                if find(text, value, schema, now=NOW, words=field.words) is None:
                    missed.append((key, value, text))
    assert missed == []


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_one_value_is_heard_as_another(name: str) -> None:
    mixed = []
    for key, value, schema, field in said_values(load_lexicon(name)):
        for other, others in field.words.items():
            if other == (str(value).lower() if isinstance(value, bool) else value):
                continue
            mixed += [
                (key, value, word) for word in others
                # Members of different enums may share a word.
                if word not in field.words.get(str(value), ())
                and find(word, value, schema, now=NOW, words=field.words) is not None
            ]  # fmt: skip
    assert mixed == []


@pytest.mark.parametrize("name", shipped_names("tools"))
def test_a_shipped_toolset_has_words_for_its_tools_and_their_choices(name: str) -> None:
    toolset = load_tools(shipped("tools", name))
    known = words(lexicon_for(toolset.tools, toolset.lexicon, toolset.domain))
    unworded = [tool.name for tool in toolset.tools if not known.tool(tool.name).wishes]
    assert unworded == []


def test_a_lexicon_that_is_no_lexicon_names_file_and_place(tmp_path: Any) -> None:
    (tmp_path / "bad.yaml").write_text("version: 1\ndomain: x\nfields: {a: {ask: [b]}}\n")
    with pytest.raises(InputError, match=r"bad\.yaml.*fields\.a\.ask"):
        load_lexicon(str(tmp_path / "bad.yaml"))


def tool(name: str, *parameters: str) -> Tool:
    properties = {parameter: {"type": "string"} for parameter in parameters}
    return Tool(name=name, parameters={"type": "object", "properties": properties})


def test_unprepared_tools_get_the_lexicon_that_knows_their_fields() -> None:
    support = [
        tool("create_support_ticket", "issue_description", "category", "requester_id",
             "urgency_level"),
        tool("get_ticket_details", "support_ticket_identifier"),
        tool("search_tickets", "start_date", "end_date", "user_account_id", "issue_type",
             "ticket_state", "urgency_level"),
        tool("escalate_ticket", "support_case_id", "escalation_reason"),
    ]  # fmt: skip
    assert lexicon_for(support) == "customer_support"


def test_tools_of_an_unknown_field_get_the_general_words() -> None:
    assert lexicon_for([tool("tune_laser", "wavelength", "cavity_length", "dopant")]) == ""
    assert lexicon_for([]) == ""


def test_what_is_named_goes_before_the_domain_and_the_domain_before_the_best_fit() -> None:
    tools = [tool("search_hotels", "city", "check_in", "check_out", "guest_count")]
    assert lexicon_for(tools) == "tourism"
    assert lexicon_for(tools, domain="insurance") == "insurance"
    assert lexicon_for(tools, "logistics", "insurance") == "logistics"

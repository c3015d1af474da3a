"""How varied texts are: figures computed by hand, masks and frames of real dialogues."""

import json
import math
from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.conversation import Conversation, of_dialogue, of_messages
from toolweave.evaluation.diversity import Diversity
from toolweave.evaluation.figures import Source, figures
from toolweave.evaluation.frames import Frames, has_words, sentences
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.evaluation.masking import Masking
from toolweave.evaluation.ngrams import ORDER, TextFigures, Vocabulary, self_bleu, text_figures
from toolweave.runs.simulation import simulate

CLOCK = {"role": "system", "content": "The current time is 2024-05-15 15:00:00."}


def measured(*texts: str) -> TextFigures:
    words = Vocabulary()
    return text_figures([words.encode(text) for text in texts], Random(1))


def masked(held: Conversation) -> list[str]:
    masking = Masking(held)
    return [masking.masked(said) for said in held.said]


def talk(*texts: str, result: object = None, sent: dict[str, Any] | None = None) -> Conversation:
    """Users and assistants in turn; the call and its result come last."""
    call = {"id": "a", "function": {"name": "find", "arguments": json.dumps(sent or {})}}
    spoken = [
        {"role": ("user", "assistant")[place % 2], "content": text}
        for place, text in enumerate(texts)
    ]
    made = {"role": "assistant", "content": None, "tool_calls": [call]}
    back = {"role": "tool", "tool_call_id": "a", "content": json.dumps(result)}
    return of_messages([CLOCK, *spoken, made, back])


def test_figures_by_hand() -> None:
    held = measured("a b c a b c", "A b!")
    # a b c a b c | a b !: nine tokens of four types; five trigrams of four kinds.
    assert (held.texts, held.tokens, held.types) == (2, 9, 4)
    assert held.type_token == pytest.approx(4 / 9)
    # ab bc ca ab bc | ab b!
    assert held.distinct_2 == pytest.approx(4 / 7)
    # abc bca cab abc | ab!
    assert held.distinct_3 == pytest.approx(4 / 5)
    assert held.entropy_3 == pytest.approx(-(2 / 5 * math.log2(2 / 5) + 3 * 0.2 * math.log2(0.2)))
    shares = [3 / 9, 3 / 9, 2 / 9, 1 / 9]
    assert held.entropy_1 == pytest.approx(-sum(p * math.log2(p) for p in shares))


def test_no_text_gives_zeros() -> None:
    held = measured()
    assert (held.tokens, held.type_token, held.distinct_3, held.entropy_1) == (0, 0, 0, 0)
    assert measured("", "").self_bleu == 0


def test_equal_texts_have_self_bleu_one() -> None:
    assert self_bleu([[1, 2, 3, 4, 5]] * 3) == pytest.approx(1)
    assert self_bleu([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]) < 0.1


def bleu(text: list[int], others: list[list[int]]) -> float:
    """BLEU-4 the slow way."""
    score = 0.0
    for order in range(1, ORDER + 1):
        grams, references = (
            [Counter(zip(*(one[n:] for n in range(order)), strict=False)) for one in several]
            for several in ([text], others)
        )
        shared = sum(
            min(count, max(reference[gram] for reference in references))
            for gram, count in grams[0].items()
        )
        score += math.log((shared or 0.1) / max(grams[0].total(), 1)) / ORDER
    nearest = min((abs(len(other) - len(text)), len(other)) for other in others)[1]
    return math.exp(score + min(0.0, 1 - nearest / len(text)))


@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=8), min_size=2, max_size=6))
def test_self_bleu_equals_the_slow_way(texts: list[list[int]]) -> None:
    slow = [bleu(text, texts[:at] + texts[at + 1 :]) for at, text in enumerate(texts)]
    assert self_bleu(texts) == pytest.approx(sum(slow) / len(slow))


@given(st.lists(st.text(alphabet="ab c.!{}'", max_size=30), max_size=8))
def test_shares_stay_within_bounds(texts: list[str]) -> None:
    held = measured(*texts)
    for share in (held.type_token, held.distinct_2, held.distinct_3, held.self_bleu):
        assert 0 <= share <= 1 + 1e-9
    assert 0 <= held.entropy_1 <= math.log2(max(held.types, 1)) + 1e-9


def test_frames_count_dialogues_not_sentences() -> None:
    frames = Frames()
    frames.add(["Sure. Sure. It is {price}.", "Sure."])
    frames.add(["It is {price}.\n{order_number}."])
    frames.add(["1. Something else!"])
    held = frames.figures()
    assert [(f.frame, f.dialogues) for f in held.top] == [
        ("It is {price}.", 2), ("Something else!", 1), ("Sure.", 1),
    ]  # fmt: skip
    assert held.top[0].share == pytest.approx(2 / 3)
    assert [f.frame for f in held.bare] == ["{order_number}."]
    assert (held.sentences, held.frames, held.uncertain) == (7, 4, 0)


def test_frames_in_little_memory_are_lower_bounds() -> None:
    frames, random = Frames(kept=20), Random(3)
    for number in range(500):
        often = ["Often this."] if number % 4 == 0 else []
        frames.add([*often, f"Word {random.random()} alone."])
    held = frames.figures()
    first = held.top[0]
    assert first.frame == "Often this."
    assert first.dialogues <= 125 <= first.dialogues + held.uncertain


def test_sentences() -> None:
    text = "Hi there!  How\tare you? “Fine.” Good…\n - {name} is 5.5 km off\n\n2) Done"
    assert list(sentences(text)) == [
        "Hi there!", "How are you?", "“Fine.”", "Good…", "{name} is 5.5 km off", "Done",
    ]  # fmt: skip
    assert not has_words("{a}, {b_c}!")
    assert has_words("{a} or {b}")


def test_our_values_bear_the_names_of_their_parameters(data: dict[str, Any]) -> None:
    first, _, second, last = masked(of_dialogue(Dialogue.model_validate(data)))
    assert first == "Hi, customer number {customer} here. I need a ticket, and please send me " \
        "{copies} copies."  # fmt: skip
    assert second == "Sure: {issue}."
    assert last == (
        "Ticket {ticket_id} is open and {agent} has it. It is due on {due}, the fee is {amount}."
    )


def test_values_of_foreign_messages_are_found_word_for_word_or_by_kind() -> None:
    held = talk(
        "I am mia_li_3668. Two nights in the Blue Room from May 20th, please.",
        "The Blue Room is free, available at $120.50. Sorry, 3 nights are the least.",
        sent={"user_id": "mia_li_3668", "from": "2024-05-20"},
        result={"rooms": [{"room": "Blue Room", "price": 120.5, "status": "available"}]},
    )
    assert masked(held) == [
        "I am {user_id}. {count} nights in the {room} from {date}, please.",
        "The {room} is free, available at {price}. Sorry, {count} nights are the least.",
    ]


def test_plain_words_and_small_numbers_of_results_are_not_looked_up() -> None:
    held = talk("Is it open?", "It is open.", result={"state": "open", "floor": 7, "ok": True})
    assert masked(held) == ["Is it open?", "It is open."]
    assert masked(talk("Floor 7 is open.", result={"floor": 7})) == ["Floor {number} is open."]


@pytest.mark.parametrize("span", [(-5, 3), (2, 900), (4, 4), (9, 2)])
def test_spans_outside_a_message_are_left_alone(
    data: dict[str, Any], span: tuple[int, int]
) -> None:
    data["messages"][2]["states"] = [{"ref": "c1.issue..[", "start": span[0], "end": span[1]}]
    assert masked(of_dialogue(Dialogue.model_validate(data)))[1] == "What exactly is going wrong?"


def test_masked_texts_of_shipped_plans_hold_no_value_of_a_mention() -> None:
    for seed in range(3):
        dialogue = simulate("online_banking_standing_order", seed=seed)
        texts = " ".join(masked(of_dialogue(dialogue)))
        for message in dialogue.messages:
            for state in message.states:
                said = message.content[state.start : state.end]
                if any(char.isdigit() for char in said):
                    assert said not in texts


def loaded(*plans: str, seeds: int = 4) -> list[LoadedDialogue]:
    return [
        LoadedDialogue("", id=f"{plan}{seed}", dialogue=simulate(plan, seed=seed))
        for plan in plans
        for seed in range(seeds)
    ]


def test_two_sources_at_equal_token_counts() -> None:
    large = Source("large", loaded("tourism_city_break", "ecommerce_reorder"))
    small = Source("small", loaded("insurance_damage", seeds=2))
    table = figures([large, small])
    assert [file.diversity.dialogues for file in table.files] == [8, 2]
    assert [equal.voice for equal in table.equal] == ["user", "assistant", "both"]
    for equal in table.equal:
        for named in equal.files:
            assert named.figures.plain.tokens == named.figures.masked.tokens == equal.tokens
    both = table.files[1].diversity.voices[2]
    assert table.equal[2].tokens == min(both.plain.tokens, both.masked.tokens)
    assert not figures([Source("one", loaded("insurance_damage", seeds=1))]).equal


def test_one_seed_gives_one_table() -> None:
    held = loaded("tourism_city_break")
    tables = [figures([Source("a", held), Source("b", held[:2])], seed=5) for _ in range(2)]
    assert tables[0] == tables[1]


def test_a_large_file_is_sampled_within_the_budget() -> None:
    held = [of_dialogue(one.dialogue) for one in loaded("tourism_city_break", seeds=12)
            if one.dialogue]  # fmt: skip
    whole, part = Diversity(), Diversity(budget=900)
    for one in held:
        whole.add(one)
        part.add(one)
    full, sampled = whole.figures(), part.figures()
    assert (full.measured, full.dialogues) == (12, 12)
    assert sampled.dialogues == 12
    assert 1 < sampled.measured < 12
    assert 500 < part.tokens("both") < 1400
    assert sampled.frames == full.frames

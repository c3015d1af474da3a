"""How a field is spoken of hangs on the field alone, not on what was asked about it before."""

from toolweave.checks.words import Words
from toolweave.configs.wording import load_lexicon

PLAIN = {"type": "string"}
NARROWED = {"type": "string", "enum": ["NextDay", "Standard"]}


def test_a_field_narrowed_for_one_result_leaves_no_trace() -> None:
    fresh, used = (Words(None, load_lexicon("general")) for _ in range(2))
    used.field("track", "ticket_id", {**NARROWED, "const": "NextDay"})
    used.field("track", "ticket_id", NARROWED)
    assert used.field("track", "ticket_id", PLAIN) == fresh.field("track", "ticket_id", PLAIN)
    assert fresh.field("track", "ticket_id", NARROWED).kind == "enum"


def test_the_view_of_a_declared_field_is_kept() -> None:
    words = Words(None, load_lexicon("general"))
    assert words.field("track", "ticket_id", PLAIN) is words.field("track", "ticket_id", PLAIN)

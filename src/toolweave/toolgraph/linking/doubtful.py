"""Links that no likeness makes true: secrets, wording of one's own, amounts of something else."""

from collections.abc import Sequence
from typing import Final

from toolweave.checks.effects import identified
from toolweave.checks.inflection import singular
from toolweave.checks.naming import OTHER_WORDS, PERSON, STOP_WORDS, words
from toolweave.checks.words_en import listed
from toolweave.schema.parts import Key, parse
from toolweave.toolgraph.linking.fields import Field
from toolweave.toolgraph.linking.senses import MEASURES

# What is entered by its owner and handed on by nobody.
_SECRETS: Final = frozenset(
    listed("password passcode passphrase pin cvv cvc otp secret credential verification")
)
# What a person words themselves, by the last word of its name.
_WORDED: Final = frozenset(
    listed(
        "message note comment description query prompt remark feedback reason instruction thought "
        "question answer resolution caption title subject statement review keyword search summary "
        "body"
    )
)
# What takes whatever text there is.
_ANY: Final = frozenset(listed("text content passage"))
# Texts that one tool writes so that another may use them.
_WRITTEN: Final = frozenset(
    listed(
        "text body message summary translation transcript transcription draft caption article "
        "letter lyric lyrics poem story document script report definition description quote joke "
        "fact sentence paragraph essay"
    )
)
_REMARKS: Final = frozenset(
    listed("message description summary body text response report document")
)
# Names of a text that say nothing of it: they are one where the tool writes or reads.
_VAGUE: Final = frozenset(listed("content output data response answer code result"))
_MADE_BY: Final = frozenset(
    listed(
        "read translate summarize summarise transcribe generate write draft compose rewrite "
        "extract convert encode decode encrypt decrypt format correct paraphrase fetch scrape "
        "download execute run"
    )
)
# Words of a measure that do not say of what it is one.
_UNTELLING: Final = frozenset(
    listed(
        "amount value price cost fee charge total sum number quantity count balance payment "
        "new current old base unit net gross original initial regular retail discounted bill "
        "per day night month year hour week estimated final "
        "converted average max min minimum maximum list due paid money size level rate "
        "usd eur gbp dollar euro x y a b n first second num principal"
    )
)
_SOUGHT: Final = frozenset({"name", "person", "company", "place"})
_CODES: Final = frozenset(listed("code codes iata icao symbol ticker abbreviation"))


def doubtful(source: Field, target: Field, tool: str, same_name: bool) -> bool:
    """Whether a link between an output of ``tool`` and a parameter is better missing.

    ``same_name`` is whether both bear one name; what parameters declare is not asked about.
    """
    return (
        _secret(source, target)
        or _worded(source, target, tool)
        or _of_another(source, target)
        or _of_other_thing(source, target)
        or (not same_name and _no_code(source, target))
    )


def _secret(source: Field, target: Field) -> bool:
    """Passwords, PINs and the like are never handed on."""
    return any(_SECRETS & set(field.words) for field in (source, target))


def _worded(source: Field, target: Field, tool: str) -> bool:
    """A text that people word themselves, fed with a state, a name or somebody's remark."""
    asked = target.words[-1] if target.words else ""
    if asked not in _WORDED | _ANY or target.entity is not None:
        return False
    if "string" not in target.shape.types or '"enum"' in target.shape.limits:
        return False
    last = source.words[-1] if source.words else ""
    writes = bool(_MADE_BY & set(words(tool)))
    if asked in _ANY:
        turned = source.words[:1] != () and source.words[0].endswith("ed")
        return not (last in _WRITTEN or turned or (last in _VAGUE and writes))
    if asked in ("title", "subject"):
        return source.words != target.words
    # Whoever found a thing by its name may well look for more of it.
    asks = asked in ("query", "keyword", "search") and source.sense in _SOUGHT
    told = writes and last in _WRITTEN | _VAGUE
    told |= last in _WRITTEN - _REMARKS
    return not (asks or (told and "[]" not in source.path))


def _of_another(source: Field, target: Field) -> bool:
    """Amounts, counts and measures of two different things."""
    if not {source.sense, target.sense} <= MEASURES or source.entity or target.entity:
        return False
    given, wanted = _told_of(source.words), _told_of(target.words)
    return bool(given) and bool(wanted) and given != wanted


def _told_of(name: Sequence[str]) -> frozenset[str]:
    cut = next((at for at, word in enumerate(name) if at and word in STOP_WORDS), len(name))
    return frozenset(
        word for word in map(singular, name[:cut]) if word not in _UNTELLING and len(word) > 1
    )


def _of_other_thing(source: Field, target: Field) -> bool:
    """Identifiers whose own names say that they identify different things."""
    one, two = _named_thing(source), _named_thing(target)
    if not one or not two or one == two:
        return False
    people = {one, two} & (OTHER_WORDS | {PERSON})
    told = source.said and source.said in (two, target.said)
    return not people and not told and target.said != one


def _named_thing(field: Field) -> str:
    names = [part.name for part in parse(field.path) if isinstance(part, Key)]
    return (identified(names[-1]) or "") if names else ""


def _no_code(source: Field, target: Field) -> bool:
    """A place by name where a code of it is asked for, or the other way round."""
    said = {*target.words, *words(target.description[:80])}
    coded = bool(_CODES & said) and target.sense in ("place", "code", "identifier", "words")
    given = {*source.words, *words(source.description[:80])}
    return coded and source.sense in ("place", "name", "words") and not _CODES & given

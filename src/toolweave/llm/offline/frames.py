"""Sentence frames of both sides. ``{w}`` is a wish as a bare infinitive; all are phrases."""

from typing import Final

from toolweave.core.lexicon import Exchange

# "open a ticket" fits both "can you …" and "I need to …"; "tell me where it is" only the first.
ASKING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "[can|could] you {w}?", "[can|could] you {w}, please?", "please {w}.",
        "would you be able to {w}?",
    ),
    "casual": ("can you {w}?", "could you {w}?", "{w}, please?", "{w}, would you?"),
    "formal": (
        "could you please {w}?", "would you please {w}?", "please {w}.",
        "I would be grateful if you could {w}.",
    ),
    "worried": ("can you {w}?", "could you please {w}?", "please, can you {w}?"),
    "annoyed": ("can you please {w}?", "please just {w}.", "can you {w}?", "I need you to {w}."),
    "cheerful": ("could you {w}?", "would you {w} for me?", "can you {w}, please?"),
}  # fmt: skip
WANTING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": ("I'd like to {w}.", "I need to {w}.", "I want to {w}.", "can I {w}?"),
    "casual": ("I need to {w}.", "I want to {w}.", "can I {w}?", "just need to {w}."),
    "formal": ("I would like to {w}.", "I need to {w}.", "may I {w}?"),
    "worried": ("I really need to {w}.", "I think I need to {w}.", "can I {w}?"),
    "annoyed": ("I just want to {w}.", "I need to {w}.", "I want to {w}."),
    "cheerful": ("I'd like to {w}.", "I'd love to {w}.", "can I {w}?"),
}  # fmt: skip
TERSE: Final = ("{w}[, please|].", "need to {w}.", "can I {w}?")
TERSE_ASKING: Final = ("{w}[, please|].", "can you {w}?")

GREETINGS: Final[dict[str, tuple[str, ...]]] = {
    "neutral": ("hi,", "hello,", "hi there,", "hello.", "hi."),
    "casual": ("hey,", "hi,", "hey there,", "hiya,"),
    "formal": ("good day.", "hello.", "good day to you."),
    "worried": ("hi,", "hello,", "hello?", "sorry to bother you."),
    "annoyed": ("hello.", "right.", "okay, so.", "hi."),
    "cheerful": ("hi there!", "hello!", "good day!", "hey!", "hi!"),
}  # fmt: skip

FOLLOWING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": ("okay.", "alright.", "good.", "thanks.", "fine."),
    "casual": ("ok cool.", "nice.", "cool.", "alright.", "got it."),
    "formal": ("thank you.", "very well.", "good.", "I see."),
    "worried": ("okay, good.", "okay.", "phew.", "thanks."),
    "annoyed": ("fine.", "right.", "okay.", "good."),
    "cheerful": ("perfect!", "great!", "lovely!", "wonderful.", "brilliant."),
}  # fmt: skip

AFTER_FAILURE: Final = (
    "okay.", "hm.", "too bad.", "all right,", "fine,", "that's a pity.", "then", "oh well.",
)  # fmt: skip
# Instead of an answer, at the first asking.
KEEPING_BACK: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "do you really need that?", "I'd have to look. Can't you do it without?",
        "I don't have that in front of me right now.", "is that necessary? I'm not sure I have it.",
    ),
    "casual": (
        "hm, not sure. Do you need it?", "do I have to?", "no idea where I put that, to be honest.",
        "uh, can't you do without?",
    ),
    "formal": (
        "may I ask whether that is necessary?", "I would have to look that up first.",
        "I am not sure that I have that to hand. Is it required?",
    ),
    "worried": (
        "oh dear, I don't know. Do you need it?", "I'm not sure. Will it not work without?",
        "sorry, I'd have to look for that. Do you need it now?",
    ),
    "annoyed": (
        "why do you need that?", "seriously? Can't you see that yourself?",
        "do we have to go through that as well?", "I already told somebody last time. Again?",
    ),
    "cheerful": (
        "good question! Do you need it?", "ha, you've got me there. Is it important?",
        "I'd have to dig for that. Can we skip it?",
    ),
}  # fmt: skip
REPLYING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": ("let me see,", "so,"),
    "casual": ("ah,", "oh,", "uh,"),
    "formal": (),
    "worried": ("oh, sorry.", "let me check."),
    "annoyed": ("right.",),
    "cheerful": ("oh, right!",),
}  # fmt: skip

CORRECTING: Final = (
    "[sorry|actually|wait|hang on|hm|oh], [make that|make it] {value}[ instead|].",
    "[actually|on second thought|sorry], {my} {label} should be {value}.",
    "[no, |]I [meant|should have said] {value}[ for {my} {label}|].",
    "[wait|hold on], I got that wrong: {value}, not {old}.",
    "[can|could] you change {my} {label} to {value}[ please|]?",
    "scratch that, {value} [would be|is] better.",
)  # fmt: skip

CHOOSING: Final = (
    "[I'll take|let's go with|go with] {which}.", "{which}[ please|, please|].", "I mean {which}.",
    "{which} [sounds|looks] [good|best|right].", "{which} [is fine|would be perfect|will do].",
)  # fmt: skip
POINTING: Final = ("I mean {which}.", "{which}[ please|, please|].", "that's {which}.")
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")

ASSENTING: Final = (
    "sure.", "of course.", "certainly.", "no problem.", "I can do that.", "gladly.",
)  # fmt: skip
# Before asking once more for what was kept back.
INSISTING: Final = (
    "I'm afraid I can't go on without it.", "sorry, I do need that one.",
    "I wouldn't ask if there were another way.", "without it I'd be stuck, sorry.",
    "take your time, I'll wait.", "I can't look that up from here, I'm afraid.",
    "it's the one thing I can't do without.", "I know, sorry, but it has to be in there.",
    "I do have to ask for it.", "it won't go through otherwise, I'm afraid.",
)  # fmt: skip
SORRY: Final = (
    "sorry to hear that.", "that sounds annoying, sorry.", "I'm sorry about that.",
    "sorry you're dealing with this.", "that's frustrating.", "sorry for the trouble.",
)  # fmt: skip
NEEDING: Final = (
    "[could|can] you [tell|give] me {list}?", "what {are} {list}?",
    "I just need {list} [from you|to go ahead|for that]. [What {are} they|Can you share {them}]?",
    "to do that, I need {list}. Could you [give me|share] {them}?", "may I have {list}?",
    "[could|can] you let me know {list}?", "before I go ahead, what {are} {list}?",
)  # fmt: skip
FAILING: Final = (
    "that didn't work: {reason}.", "I couldn't get that through: {reason}.",
    "the system turned that down: {reason}.", "no luck there: {reason}.",
)  # fmt: skip
# Small talk: what the user remarks, and what fits as an answer.
CHATS: Final[tuple[Exchange, ...]] = (
    Exchange(
        says=("[thanks|cheers], [you've|you have] been [really |]patient with me.",),
        answers=(
            "that's kind of you to say.",
            "no trouble at all.",
            "happy to.",
        ),
    ),
    Exchange(
        says=("it's been one of those days[, honestly|].",),
        answers=(
            "I know the feeling.",
            "then let's get this off your list.",
            "hang in there.",
        ),
    ),
    Exchange(
        says=("I always [dread|put off] this sort of thing.",),
        answers=(
            "you're not the only one.",
            "then it's good to have it behind you.",
            "I can see why.",
        ),
    ),
    Exchange(
        says=("[sorry, |]I'm a bit slow today, [the baby was up all night|I hardly slept].",),
        answers=(
            "take your time.",
            "no rush at all.",
            "we're in no hurry.",
        ),
    ),
    Exchange(
        says=(
            "[the cat|my dog] [keeps walking over|is on] the keyboard, [just so you know|sorry].",
        ),
        answers=(
            "say hello from me.",
            "no harm done so far.",
            "I'll blame any typos on that.",
        ),
    ),
    Exchange(
        says=("I should have done this [weeks|ages] ago.",),
        answers=(
            "better now than never.",
            "it's done now.",
        ),
    ),
    Exchange(
        says=("I'm on the train, [so I may drop out|the signal comes and goes].",),
        answers=(
            "no problem, I'm here.",
            "just carry on when you can.",
        ),
    ),
    Exchange(
        says=("[my sister|a friend|my neighbour] told me this would take [hours|forever].",),
        answers=(
            "I hope it hasn't felt like it.",
            "we're getting there.",
        ),
    ),
    Exchange(
        says=("I [had|made] myself a [coffee|cup of tea] for this[, and it's still warm|].",),
        answers=(
            "enjoy it.",
            "well prepared.",
            "good plan.",
        ),
    ),
    Exchange(
        says=("you wouldn't believe how much paper I've got on this desk.",),
        answers=(
            "I think I would.",
            "one sheet less from today.",
        ),
    ),
)
FAREWELL: Final = "say goodbye"
BYES: Final[tuple[Exchange, ...]] = (
    Exchange(
        says=(
            "[that's|that was] all[ I needed|], [thanks|thank you][. Bye!|.]",
            "[great, |]thanks[ a lot|]. [Bye|Goodbye|See you]!",
            "nothing else[ for now|]. [Have a good one|Bye], [thanks|and thank you].",
            "okay, I'm done here. [Thanks|Thank you][ for the help|].",
        ),
        answers=(
            "you're welcome. [Goodbye|Bye]!",
            "[glad|happy] to help. [Take care|Have a good day]!",
            "any time. [Bye for now|Goodbye].",
            "all right, [have a nice day|take care]!",
        ),
    ),
    Exchange(
        says=(
            "[I have to run|got to go], [bye|talk soon].",
            "I'll leave it at that. [Bye|Thanks].",
        ),
        answers=("of course. [Goodbye|Take care]!", "no problem. [Bye|Have a good day]!"),
    ),
)
REFUSING: Final = (
    "I'm afraid I can't {w}[ from here|].", "sorry, I'm not able to {w}[ here|].",
    "I can't {w}, I'm afraid.", "I'm sorry, but I can't {w}.",
    "that's something I can't do[, I'm afraid|]. I have nothing here to do it with.",
    "I can't help with that one, sorry[: it's outside what I can reach from here|].",
    "that isn't possible through me[, unfortunately|]. Everything else we did stands.",
    "no, that's beyond what I have access to, sorry.",
    "unfortunately not: I have no way of doing that[ from here|].",
)  # fmt: skip

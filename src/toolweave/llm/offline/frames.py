"""Sentence frames of both sides. ``{w}`` is a wish as a bare infinitive; all are phrases."""

from typing import Final

# "open a ticket" fits both "can you …" and "I need to …"; "tell me where it is" only the first.
ASKING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "[can|could] you {w}?", "[can|could] you {w}?", "please {w}.",
        "would you [be able to |]{w}?", "is there any chance you could {w}?",
        "I need you to {w}.", "[any way|is there a way] you can {w}?", "could I get you to {w}?",
    ),
    "casual": (
        "can you {w}?", "[could|can] you {w} real quick?", "can you {w} for me?", "{w}, please?",
        "mind if I ask you to {w}?", "think you could {w}?", "hoping you can {w}.",
        "so yeah, can you {w}?", "{w} if you can.",
    ),
    "formal": (
        "would you [please |kindly |]{w}?", "could you please {w}?",
        "I would be grateful if you could {w}.", "I would appreciate it if you could {w}.",
        "may I ask you to {w}?", "kindly {w}.",
    ),
    "worried": (
        "[please, |]can you {w}?", "could you {w}[, please|]?", "I really need someone to {w}.",
        "is there any way you could {w}?", "can you [please |]{w} for me?",
    ),
    "annoyed": (
        "can [you|someone] [just |please |finally |]{w}?", "just {w}, please.",
        "I need you to {w}.",
        "[look, |]please {w}.", "could you {w} already?", "{w}. That's all I'm asking.",
    ),
    "cheerful": (
        "could you {w}?", "[would|could] you be so kind as to {w}?", "can you {w} for me?",
        "{w}, would you?", "it'd be great if you could {w}!", "could you do me a favour and {w}?",
    ),
}  # fmt: skip
WANTING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "I'd like to {w}.", "I need to {w}.", "I want to {w}.", "I'm looking to {w}.",
        "I'm trying to {w}.", "I was hoping to {w}.", "can I {w}?",
        "I have to {w}.",
    ),
    "casual": (
        "I need to {w}.", "need to {w}.", "I wanna {w}.", "trying to {w} here.", "can I {w}?",
        "just need to {w}.", "I've got to {w}.", "looking to {w}.",
    ),
    "formal": (
        "I would like to {w}.", "I wish to {w}.", "I should like to {w}.", "I intend to {w}.",
        "may I {w}?", "I have to {w}.",
    ),
    "worried": (
        "I really need to {w}.", "I think I have to {w}.", "I suppose I need to {w}.",
        "I'd better {w}.", "I urgently need to {w}.",
    ),
    "annoyed": (
        "I just want to {w}.", "I need to {w}, finally.", "all I want is to {w}.",
        "I have to {w}, so let's do that.",
    ),
    "cheerful": (
        "I'd love to {w}!", "I'd like to {w}.", "I'm all set to {w}!", "time to {w}, I think.",
        "I'm hoping to {w}.",
    ),
}  # fmt: skip
TERSE: Final = ("{w}[ please|, please|].", "need to {w}.", "[pls |please |]{w}.", "want to {w}.")
TERSE_ASKING: Final = ("{w}[ please|, please|].", "[pls |please |]{w}.", "can you {w}?")

GREETINGS: Final[dict[str, tuple[str, ...]]] = {
    "neutral": ("hi,", "hello,", "hi there,", "hello.", "hi."),
    "casual": ("hey,", "hi,", "hey there,", "hiya,", "yo,"),
    "formal": ("good day.", "hello.", "good day to you."),
    "worried": ("hi,", "hello,", "hello?", "sorry to bother you."),
    "annoyed": ("hello.", "right.", "okay, so.", "hi."),
    "cheerful": ("hi there!", "hello!", "good day!", "hey!", "hi!"),
}  # fmt: skip

FOLLOWING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": ("okay.", "alright,", "next,", "and", "then", "good.", "one more thing:", "now"),
    "casual": ("ok cool.", "nice.", "cool,", "alright,", "and", "oh and", "okay so", "right,"),
    "formal": ("very well.", "in addition,", "furthermore,", "thank you.", "next,", "good."),
    "worried": ("okay, good.", "okay.", "and", "phew.", "right.", "one more thing,"),
    "annoyed": ("fine.", "right.", "okay, and", "now", "finally.", "good."),
    "cheerful": ("perfect!", "great!", "lovely!", "brilliant,", "wonderful.", "super,"),
}  # fmt: skip

AFTER_FAILURE: Final = (
    "okay.", "hm.", "too bad.", "all right,", "fine,", "that's a pity.", "then", "oh well.",
)  # fmt: skip
REPLYING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": ("sure,", "right,", "okay,", "let me see,", "so,"),
    "casual": ("oh yeah,", "sure,", "ah,", "uh,", "hm,", "so,"),
    "formal": ("certainly.", "indeed,", "well,"),
    "worried": ("oh sorry,", "um,", "right,", "I think", "let me check,"),
    "annoyed": ("ugh,", "well,", "right.", "fine,"),
    "cheerful": ("sure!", "oh, right!", "yes!", "okay!"),
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
    "sure.", "of course.", "happy to.", "I can do that.", "no problem.", "certainly.",
    "yes, I can help with that.", "let's get that done.", "okay.", "right away.", "gladly.",
    "I'll take care of it.", "sure thing.",
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
CHATS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("[thanks|cheers], [you've|you have] been [really |]quick[ with this|].",
     ("glad it helps.", "that's kind of you to say.", "happy it went smoothly.")),
    ("it's been one of those days[, honestly|].",
     ("I know the feeling.", "then let's get this off your list.", "hang in there.")),
    ("[glad|good] that this is so easy.",
     ("happy to make it a little easier.", "so am I.", "that's how it should be.")),
    ("I always [dread|put off] this sort of thing.",
     ("you're not the only one.", "then it's good to have it done.", "I can see why.")),
    ("you're making this easier than I expected.",
     ("good to hear.", "that's what I'm here for.", "I'm glad.")),
    ("I [had|was sure I'd have] to wait in a queue for [ages|an hour] again.",
     ("no queue today.", "not this time.", "I'm glad I could spare you that.")),
    ("[I'm|sorry, I'm] a bit slow today, [the baby was up all night|I hardly slept].",
     ("take your time.", "no rush at all.", "we're in no hurry.")),
    ("[the cat|my dog] [keeps walking over|is sitting on] the keyboard, [just so you know|sorry].",
     ("say hello from me.", "no harm done so far.", "I'll blame any typos on that.")),
    ("[my sister|a friend|my neighbour] told me this would take [hours|forever].",
     ("luckily not.", "not this time, it seems.", "I like proving that wrong.")),
    ("[phew, |]one thing less on my list.", ("good feeling, isn't it?", "glad to hear it.")),
    ("[okay, |]that was [almost|nearly] painless.", ("that's the idea.", "good to hear.")),
    ("I should have done this [weeks|ages] ago.", ("better now than never.", "it's done now.")),
    ("is it [me|just me], or is everything complicated these days?",
     ("it does feel like that.", "some days more than others.")),
    ("[nice|good] to get a straight answer for once.", ("I try.", "happy to hear that.")),
    ("I'm on the train, [so I may drop out|the signal comes and goes].",
     ("no problem, I'm here.", "just carry on when you can.")),
    ("my coffee's gone cold over all this.",
     ("then let's be quick about it.", "sorry about the coffee.")),
)  # fmt: skip
REFUSING: Final = (
    "I'm afraid I can't {w}[ from here|]; I have no tool for that.",
    "that's something I can't do: I have no way to {w}.",
    "sorry, I'm not able to {w}[ here|].", "I can't {w}, I'm afraid.", "no, I have no way to {w}.",
    "I wish I could {w}, but I can't.", "it's not possible for me to {w}.",
    "I have nothing here to {w} with, sorry.", "I'm sorry, but I can't {w}.",
    "you'd need somebody else to {w}; I can't.", "unfortunately I can't {w} with what I have.",
)  # fmt: skip
CLOSING: Final = (
    "[anything|is there anything] else you need?", "let me know if you'd like anything changed.",
    "tell me if something looks off.", "is that all right?", "shall I do anything else with it?",
)  # fmt: skip

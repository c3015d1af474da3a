"""Sentence frames of both sides. ``{w}`` is a wish as a bare infinitive; all are phrases."""

from typing import Final

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

# A lead that ends in a comma or a colon runs on into its sentence; any other stands alone. None
# holds a word that a value could be: no number, no part of the day, no "fine" and no "done".
GREETINGS: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "hi,", "hello,", "hi there,", "hello there,", "good day,",
        "[hi|hello], [I hope you can help|maybe you can help|I could use some help]:",
        "[hi|hello], [I hope|I think] I'm in the right place:", "[hi|hello], so,",
    ),
    "casual": (
        "hey,", "hi,", "hey there,", "hiya,", "hello,", "hi there,", "hey, so,", "hi, so,",
        "[hey|hi], can you help me out here?",
        "[hey|hi], [maybe you can help|you might know this|hope you can help]:",
    ),
    "formal": (
        "good day,", "hello,", "good day to you,",
        "[good day|hello], [I hope you are well|I trust you are well].",
        "[good day|hello], I [hope|trust] [you can help me|I have come to the right place]:",
        "[good day|hello], [would you be so kind as to help me|could you assist me]?",
        "[good day|hello], I [would be glad of|could use] some [help|assistance]:",
    ),
    "worried": (
        "hi,", "hello,", "[hi|hello], sorry,",
        "[sorry|I'm sorry] to [bother|trouble|disturb] you[ with this|]:",
        "[hi|hello], I hope [you can help me|this is the right place|you can sort this out]:",
        "[hi|hello], [I'm at a bit of a loss here|I could really use some help]:",
        "[hi|hello], I don't know who else to ask:",
        "[oh, |]I'm so glad somebody is there:",
    ),
    "annoyed": (
        "hello,", "hi,", "right,", "okay, so,", "look,", "listen,", "well,", "so,", "right, so,",
        "[hello|hi], [I hope this doesn't take forever|I'll be brief|straight to the point]:",

        "[hello|hi], [I hope you can actually help|maybe you can sort this out]:",
        "finally, somebody [to talk to|who answers].",
    ),
    "cheerful": (
        "hi there,", "hello,", "hey,", "hi,", "hello there,", "good day,",
        "[hi|hello|hey] there!", "[hello|hey|hi], [I hope you're well|lovely to reach you]!",
        "[hi|hello|hey], [I've got something for you|maybe you can help]:",
        "[hi|hello|hey], [nice to meet you|glad you're there]!", "[hi|hello], how are you?",
    ),
}  # fmt: skip

# Before a later request; most have none.
FOLLOWING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "okay,", "all right,", "good,", "okay, and", "okay then,", "good, then", "thanks,",
        "all right, and", "thanks, and", "next,", "in that case,", "I see,", "right,",
        "[good|that's good] to know[, thanks|],", "[okay|thanks], that [helps|makes sense].",
        "[okay|good], that's what I [needed|wanted to know].", "[okay|right], got it,",
        "[perfect|great], [thanks|thank you],", "[okay|good], that's clear,",
    ),
    "casual": (
        "ok cool,", "nice,", "cool,", "alright,", "oh, and", "ok, and", "ok then,",
        "alright then,", "cool, and", "nice, and", "sweet,", "ah, and",
        "[ok|cool|nice], [that works|makes sense|got it],", "[got it|gotcha][, thanks|, cheers|],",
        "[ah|oh], [good to know|okay],", "[nice|cool], [thanks|cheers].",
    ),
    "formal": (
        "very well,", "thank you,", "I see,", "thank you, and", "in that case,", "understood,",
        "in addition,", "I understand,", "very well, then", "[that is|this is] [helpful|clear], "
        "thank you.", "thank you for [that|the information|your help so far].",
        "[good|excellent], that is clear[ then|],", "I am obliged,",
        "[that is|this is] [good|useful] to know[, thank you|],",
    ),
    "worried": (
        "okay,", "okay, good,", "oh good,", "okay, then", "oh, and", "thanks,", "all right,",
        "I see,", "okay, and", "[that's|what] a relief[, thanks|].",
        "[phew|okay], [that's good|good to know|thanks].",
        "[thanks|okay], I feel [a bit |a little |]better.", "[oh|ah], [okay|good], thank you.",

    ),
    "annoyed": (
        "right,", "okay,", "good,", "okay then,", "right, and", "next,", "well,", "all right,",
        "okay, and", "right, then", "[at last|finally].",
        "[well|okay], [that's something|at least that's out of the way].",
        "[good|okay], next [thing|question].", "[right|well], at least that's clear,",
        "[okay|well], if you say so,",
    ),
    "cheerful": (
        "perfect,", "great,", "lovely,", "wonderful,", "brilliant,", "great, and", "lovely, and",
        "super,", "oh, and", "marvelous,", "nice, then",
        "[perfect|great|lovely|brilliant|super|wonderful], [thanks|thank you|that's a help]!",
        "[that's|how] [great|lovely|wonderful][, thanks|]!", "[oh|ah], [good to know|lovely],",
    ),
}  # fmt: skip
# Before a later request that has nothing to do with what came before.
TURNING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "[okay, |thanks. |]another thing:", "while I'm here,", "[okay, |good, |]another thing:",
        "[thanks. |all right. |]there's another thing.", "oh, and while we're at it,",
        "[good|thanks], and separately,", "another thing:",
        "[okay|good]. I [also have|have] another question.",
    ),
    "casual": (
        "[cool, |ok, |]other thing:", "while I've got you,", "while I'm at it,", "oh, by the way,",
        "[ok|cool], next up:", "[nice|cool]. Another thing:", "ah, and by the way,",
        "[ok|alright], different [thing|topic]:",
    ),
    "formal": (
        "[thank you. |very well. |]another matter:", "while we are at it,", "furthermore,",
        "[thank you|very well]. There is another matter.",
        "quite another matter:", "[thank you|I see]. Another request:",
    ),
    "worried": (
        "[okay, |thanks, |]there's another thing:", "sorry, another thing:",
        "[okay|thanks]. I nearly forgot:", "oh, and while I have you,",
        "sorry, another question:", "[good|okay]. There's more, sorry:",
    ),
    "annoyed": (
        "[right, |okay, |]next thing:", "while we're at it,", "[good|well]. And another thing:",
        "[okay|right], that's not all:", "[right|well], another thing:", "next:",
    ),
    "cheerful": (
        "[great, |lovely, |super, |]another thing:", "oh, and while I'm here,",
        "[wonderful|great]! There's another thing.", "[super|perfect], next:",
        "[lovely|great], and [before I forget|while I have you],", "ooh, and another thing:",
    ),
}  # fmt: skip

AFTER_FAILURE: Final = (
    "okay,", "hm,", "too bad,", "all right,", "then", "oh well,", "that's a pity.", "hm, okay,",
    "never mind,", "in that case,", "pity,", "okay, then", "all right, then", "what a pity.",
    "[oh|ah], [I see|okay],", "[well|hm], then", "never mind then,", "that's [too bad|a shame].",
    "[okay|all right], [it can't be helped|so be it|can't be helped].",
    "[okay|hm], [that's how it goes|I'll manage|I'll see about that myself].",
)  # fmt: skip
# Instead of an answer, at the first asking.
KEEPING_BACK: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "do you really need that?", "I'd have to look. Can't you do it without?",
        "I don't have that in front of me right now.",
        "is that necessary? I'm not sure I have that.",
    ),
    "casual": (
        "hm, not sure. Do you need that?", "do I have to?",
        "no idea where I put that, to be honest.", "uh, can't you do without?",
    ),
    "formal": (
        "may I ask whether that is necessary?", "I would have to look that up first.",
        "I am not sure that I have that to hand. Is it required?",
    ),
    "worried": (
        "oh dear, I don't know. Is that needed?", "I'm not sure. Will it not work without?",
        "sorry, I'd have to look for that. Do you need it right now?",
    ),
    "annoyed": (
        "why do you need that?", "seriously? Can't you see that yourself?",
        "do we have to go through that as well?", "I already told somebody last time. Again?",
    ),
    "cheerful": (
        "good question! Is that a must?", "ha, you've got me there. Is that important?",
        "I'd have to dig for that. Can we skip that bit?",
    ),
}  # fmt: skip
REPLYING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": ("so,", "well,", "ah,", "oh,", "okay,", "hm,"),
    "casual": ("ah,", "oh,", "uh,", "um,", "hm,", "so,", "ok,", "oh right,"),
    "formal": ("well,", "very well,", "ah,"),
    "worried": ("oh,", "oh, sorry,", "sorry,", "um,", "hm,", "well,"),
    "annoyed": ("right,", "well,", "okay,", "so,", "look,", "oh,"),
    "cheerful": ("oh, right,", "ah, right,", "oh,", "okay,", "ah,", "so,"),
}  # fmt: skip
# Before what is told at length.
TELLING: Final = (
    "[well|so|okay|right], [here goes|briefly]:", "I'll try to [describe it|put it into words]:",
    "[as best I can describe it|put briefly|in a few words|in a sentence]:", "briefly:",
    "[what|all] I can [tell you|say] is this:", "this much I can [say|tell you]:",
    "the way I'd [describe it|put it]:",
)  # fmt: skip

CORRECTING: Final = (
    "[sorry|actually|wait|hang on|hm|oh], [make that|make it] {value}[ instead|].",
    "[actually|on second thought|sorry], {my} {label} should be {value}.",
    "[no, sorry|sorry|oh, no], I [meant|should have said] {value}[ for {my} {label}|].",
    "[wait|hold on|sorry|oh no], I got that wrong: {value}, not {old}.",
    "[thinking about it|on second thought|come to think of it], {value} would be better. "
    "[Could|Can] you [look|check] again?",
    "[can|could] you [check|look] again [with|for] {value}[, please|]? "
    "[I got that wrong|I misread my notes|I mixed that up].",
    "scratch that, {value} [would be|is] better.",
    "no, [hang on|wait]: it's {value}[, not {old}|].",
    "and [what if it's|what about] {value} instead[ of {old}|]?",
)  # fmt: skip

# What was looked for is not there: the user looks at their papers again.
MISREADING: Final = (
    "[oh, sorry|sorry|oh|hm], [that's|it's] {value}[, I misread it|, I had the wrong one|].",
    "[my mistake|my fault|oops], {my} {label} is {value}.",
    "[let me look again|let me check|one second, I'll check]. It's {value}.",
    "I [mistyped|misread] it[, sorry|]: {value}.",
    "[oh, wrong one|sorry, wrong one], I [meant|mean] {value}.",
    "[strange|odd]. Try {value}[ instead|, please|].", "[hm|huh]. Can you try {value}[ instead|]?",
    "[ah, I see it now|I've got the letter here now], {my} {label} is {value}.",
)  # fmt: skip

CHOOSING: Final = (
    "[I'll take|let's go with|go with|I'd go for|I'd like|I'd prefer|make it] {which}[, please|].",
    "{which}[ please|, please|].", "I mean {which}.", "{which} it is.", "my pick is {which}.",
    "{which} [sounds|looks|seems] [good|best|right][ to me|].",
    "{which} [would be perfect|will do|would suit me|works for me|is the right choice].",
    "I [think|guess] {which} [is best|is right|would do].", "I've settled on {which}.",
    "let's [do|take|have] {which}[, please|].", "[can we do|can it be] {which}?",
)  # fmt: skip
# In an answer, and after a wish that could mean another.
POINTING: Final = (
    "I mean {which}.", "{which}[ please|, please|].", "that's {which}.",
    "that would be {which}.", "I'm [talking about|thinking of] {which}.",
    "[it's|this is] about {which}.", "it's {which}[ I mean| I'm talking about|].",
)  # fmt: skip
MEANING: Final = (
    "I mean {which}.", "by that I mean {which}.", "{which}, I mean.", "{which}, that is.",
    "I'm [talking about|thinking of|referring to] {which}.",
    "{which}, to be [clear|exact|precise].", "to be [clear|exact|precise], {which}.",
    "it's {which} I [mean|have in mind].",
)  # fmt: skip
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")

# Before a question, run on into it: a yes to what was asked, and nothing promised.
ASSENTING: Final = (
    "sure,", "of course,", "certainly,", "sure thing,", "absolutely,", "yes, of course,",
    "all right,", "okay,", "yes,", "yes, sure,", "yes, certainly,", "okay, sure,", "gladly,",
    "okay, let's see,", "let's see,", "right, let's see,", "all right, let's see,", "by all means,",
)  # fmt: skip
# Before asking once more for what was kept back.
INSISTING: Final = (
    "I'm afraid I can't go on without it.", "sorry, I do need that one.",
    "I wouldn't ask if there were another way.", "without it I'd be stuck, sorry.",
    "take your time, I'll wait.", "I can't look that up from here, I'm afraid.",
    "it's the one thing I can't do without.", "I know, sorry, but it has to be in there.",
    "I do have to ask for it.", "it won't go through otherwise, I'm afraid.",
    "sorry, there's no way around it.", "I'd skip it if I could.",
    "it's asked for every time, I'm afraid.", "no rush, but I can't leave it out.",
)  # fmt: skip
INSISTING_ON_SEVERAL: Final = (
    "I'm afraid I can't go on without those.", "sorry, I do need them.",
    "I wouldn't ask if there were another way.", "without them I'd be stuck, sorry.",
    "take your time, I'll wait.", "I can't look those up from here, I'm afraid.",
    "I know, sorry, but they have to be in there.", "I do have to ask for them.",
    "it won't go through without them, I'm afraid.", "sorry, there's no way around it.",
    "I'd skip them if I could.", "no rush, but I can't leave them out.",
    "they're asked for every time, I'm afraid.",
)  # fmt: skip
SORRY: Final = (
    "sorry to hear that.", "that sounds annoying, sorry.", "I'm sorry about that.",
    "sorry you're dealing with this.", "that's frustrating.", "sorry for the trouble.",
    "I'm sorry you have to deal with this.", "that's no fun, I'm sorry.", "oh no, I'm sorry.",
    "I can see why that's annoying.", "sorry about the trouble.", "that must be annoying.",
    "that's not how it should be, sorry.", "I'm sorry this happened.", "oh dear, sorry about that.",
)  # fmt: skip
# These bear a clause among what is listed ("and what the case is about").
NEEDING_TO_KNOW: Final = (
    "[could|can|would] you [tell|give] me {list}[, please|]?",
    "[could|can|would] you let me know {list}[, please|]?",
    "[for that|to do that|for this|to go ahead], I [just |still |]need {list}[, please|].",
    "[for that|to do that|for this|to go ahead], [could|can] you tell me {list}?",
    "I'll [just |]need {list}[ from you| to go ahead|, please].",
    "I'd [just |still |]need {list}[ from you| to go ahead|, please].",
    "all I need [now |from you |for that |]is {list}.", "what I [still |]need is {list}.",
    "[would you mind|mind] telling me {list}?", "would you [mind sharing|share] {list}?",
    "please [tell me|give me|let me know] {list}.", "[could|can] you share {list}[, please|]?",
    "if you [tell|give] me {list}, I can [go ahead|get on with it|see to it|take it from there].",
    "I'm [still |just |]missing {list}: [could|can] you tell me?",
)  # fmt: skip
NEEDING: Final = (
    *NEEDING_TO_KNOW,
    "[could|can|would] you let me have {list}[, please|]?", "{list}, please?",
    "[may|could|can] I [have|get|ask for] {list}[, please|]?",
    "[[for that|to do that|for this|to go ahead], |]what are {list}?",
    "[for that|to do that|for this|to go ahead], [could|can|may] I [have|ask for] {list}?",
    "[do you have|have you got] {list} for me?", "please let me have {list}.",
    "[could|can] you [help me with|fill me in on] {list}?",
    "what should I put for {list}?", "what do you have for {list}?",
)  # fmt: skip
FAILING: Final = (
    "that didn't work: {reason}.", "I couldn't get that through: {reason}.",
    "the system turned that down: {reason}.", "no luck there: {reason}.",
)  # fmt: skip
REFUSING: Final = (
    "I'm afraid I can't {w}[ from here|].", "sorry, I'm not able to {w}[ here|].",
    "I can't {w}, I'm afraid.", "I'm sorry, but I can't {w}.",
    "that's something I can't do[, I'm afraid|]: [I have|there's] nothing here to do it with.",
    "I can't help with that one, sorry[: it's outside what I can reach from here|].",
    "that's out of my hands here[, I'm afraid|]: [nothing I have does that|I've no way to do it].",
    "I'd like to, but I can't {w}.", "I have no means to {w}, sorry.",
    "that isn't possible through me[, unfortunately|, I'm afraid|, sorry].",
    "[there|with that] I can't help you[, I'm afraid|, sorry|, unfortunately].",
    "no, that's beyond what I have access to, sorry.",
    "unfortunately not: I have no way of doing that[ from here|].",
)  # fmt: skip

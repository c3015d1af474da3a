"""Small talk and goodbyes: what a user remarks, and what fits as an answer; all are phrases."""

from typing import Final

from toolweave.core.lexicon import Exchange

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

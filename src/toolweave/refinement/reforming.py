"""Results in another form than JSON: YAML, lines of paths and values, or an envelope."""

import random
from typing import Final

from toolweave.checks.result_forms import OTHER_FORMS, read, written
from toolweave.core.dialogue import Dialogue, Message, ResultForm
from toolweave.refinement.edit import Guised, Unfit


class ResultForms:
    """Writes all results of a dialogue in one other form, as one service would."""

    kind: Final = "result_form"

    def __init__(self, forms: tuple[ResultForm, ...] = OTHER_FORMS) -> None:
        self.forms = forms

    def guised(self, dialogue: Dialogue, stream: random.Random) -> Guised | Unfit:
        """The dialogue with its results in a form that holds all of them."""
        if not any(message.role == "tool" for message in dialogue.messages):
            return Unfit("nothing is returned in it")
        forms = list(self.forms)
        stream.shuffle(forms)
        for form in forms:
            messages = [_reformed(message, form) for message in dialogue.messages]
            if all(messages):
                done = dialogue.model_copy(update={"messages": tuple(filter(None, messages))})
                return Guised(done, {"form": form})
        return Unfit("no other form holds its results")


def _reformed(message: Message, form: ResultForm) -> Message | None:
    if message.role != "tool":
        return message
    text = written(read(message.content, message.form), form)
    return message.model_copy(update={"content": text, "form": form}) if text is not None else None

"""The errors of this package: one root, and one flat subclass per boundary that was crossed."""


class ToolweaveError(Exception):
    """Root of every error this package raises on purpose. Its text is one line fit for a person."""


class InputError(ToolweaveError):
    """A file or value given by the user cannot be used.

    Args:
        problem: what is wrong, with the offending value in ``repr`` form.
        file: the file it stands in, if any.
        place: where in the file (``line 3``, ``segments[0].steps[2]``).
        mend: what the user can do about it.
    """

    def __init__(self, problem: str, *, file: str = "", place: str = "", mend: str = "") -> None:
        self.problem, self.file, self.place, self.mend = problem, file, place, mend
        where = ", ".join(part for part in (file, place) if part)
        text = f"{where}: {problem}" if where else problem
        super().__init__(f"{text} ({mend})" if mend else text)


class SchemaError(ToolweaveError):
    """A JSON Schema is invalid, remote, unresolvable or unsatisfiable."""


class BindingError(ToolweaveError):
    """A binding does not yield a value from memory."""


class GenerationError(ToolweaveError):
    """A generator could not give an acceptable answer to a task."""


class ServerError(ToolweaveError):
    """A model server could not be reached or kept failing."""


class BudgetError(ToolweaveError):
    """The budget allows no further call of a model: what is unfinished is left for later."""


class ConformanceError(ToolweaveError):
    """A finished dialogue does not pass its proof."""


class RunFolderError(ToolweaveError):
    """A run folder cannot be used: locked, changed configuration, or no space left."""

"""Recording how a job ends: whatever goes wrong with one becomes its record, not the run's end."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from toolweave.core.errors import BudgetError, ServerError, ToolweaveError


class Ending(Protocol):
    """Takes down why nothing came of a job."""

    def leave(self, reason: str, *, ends: bool) -> None:
        """Nothing comes of it now; ``ends``: no other job can be done either."""
        ...

    def fail(self, kind: str, reason: str, **more: Any) -> None:
        """Nothing will come of it."""
        ...


@contextmanager
def recording(records: Ending) -> Iterator[None]:
    """Whatever ends this job becomes its failure record, except a server that is gone."""
    try:
        yield
    except (ServerError, BudgetError) as error:
        # Not this job's fault: it is left for --resume rather than recorded as failed.
        records.leave(str(error), ends=isinstance(error, BudgetError))
    except ToolweaveError as error:
        records.fail(type(error).__name__, str(error))
    except Exception as error:  # noqa: BLE001
        # A fault of one job, ours or of somebody's own agent or edit, must not cost the others.
        trace = traceback.format_exc(limit=-4)
        records.fail(type(error).__name__, f"unexpected: {error}", trace=trace)

"""Worker processes on one socket, and how they end together."""

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess


class Workers(Multiprocess):
    """uvicorn's worker processes; what comes after they were told to stop is refused at once."""

    @property
    def failed(self) -> bool:
        """Whether they ended because one of them could not begin."""
        return any(one.exitcode == STARTUP_FAILURE for one in self.processes)

    def terminate_all(self) -> None:
        """Let all of them finish what they are doing."""
        # As long as anybody holds the socket, it takes connections that nobody will answer.
        for one in self.sockets:
            one.close()
        super().terminate_all()

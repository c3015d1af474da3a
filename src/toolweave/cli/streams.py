"""What every command needs of its streams: text that cannot act, one-line notes, whole files."""

import logging
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from toolweave.core.errors import InputError
from toolweave.schema.text import clean as clean
from toolweave.schema.text import counted as counted
from toolweave.schema.text import one_line as one_line
from toolweave.schema.whole import write_whole

if TYPE_CHECKING:
    from toolweave.core.finding import Finding

STDOUT: Final = "-"
# So many records that cannot be read are named; the rest is counted.
_NAMED: Final = 5
# The exit code of a command that Ctrl-C ended.
INTERRUPTED: Final = 130


def forgiving() -> None:
    """Let no character that the terminal's encoding lacks stop the output."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def complain(text: str) -> None:
    """One line on stderr, whatever the text holds."""
    note(f"toolweave: {text}")


def complain_of_unreadable(findings: Sequence["Finding"], left_out: int, name: str) -> None:
    """Name the first records of a file that cannot be read, and count the others."""
    for finding in findings[:_NAMED]:
        complain(finding.line())
    if left_out > _NAMED:
        complain(f"{name}: {counted(left_out - _NAMED, 'more record')} cannot be read")


def note(text: str) -> None:
    """One line on stderr; a stderr that nobody reads is no reason to stop."""
    try:
        print(clean(text).replace("\n", " "), file=sys.stderr, flush=True)
    except OSError:
        return


def verbose(wanted: bool) -> None:
    """Show log lines on stderr from the level INFO up, or DEBUG of this package, if wanted."""
    if not wanted:
        return
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("toolweave").setLevel(logging.DEBUG)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at the stream."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def writable(out: str | None) -> None:
    """See before the work begins that its result can be put there.

    Raises:
        InputError: the folder does not exist, or the path is a folder.
    """
    if not out or out == STDOUT:
        return
    path = Path(out)
    if path.is_dir():
        raise InputError("is a folder", file=out, mend="name a file in it")
    if not path.parent.is_dir():
        raise InputError("the folder does not exist", file=out, mend=f"make {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError("cannot be written", file=out, mend="name another file")


def write_out(out: str, data: str | bytes) -> None:
    """Write a whole result to a file, or to stdout for ``-``: all of it or nothing.

    Raises:
        InputError: the disk is full or the path cannot be written.
    """
    if out == STDOUT and isinstance(data, str):
        sys.stdout.write(data)
        return
    raw = data.encode() if isinstance(data, str) else data
    if out == STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            path.write_bytes(raw)
            return
        write_whole(path.resolve(), raw)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"cannot be written: {reason}", file=out, mend="name another file"
        ) from error

"""Asking the person at the keyboard: one key, or one line; works through pipes too."""

import os
import sys
import termios
import tty
from collections.abc import Sequence

from toolweave.cli.streams import is_terminal

# The second is what Ctrl-D becomes when it was typed before the terminal changed its mode.
_END_OF_INPUT = ("\x04", "\x00")


def ask_key(prompt: str, keys: Sequence[str]) -> str:
    """One of ``keys``; Enter gives the first. Through a pipe, the first letter of a line.

    Raises:
        EOFError: the input has ended.
    """
    while True:
        pressed = _pressed(prompt) if is_terminal(sys.stdin) else _first_letter(prompt)
        if pressed in ("", "\n", "\r", " "):
            return keys[0]
        if pressed.lower() in keys:
            return pressed.lower()


def ask_line(prompt: str, text: str = "") -> str:
    """One line of text, with ``text`` to be edited where the terminal can.

    Raises:
        EOFError: the input has ended.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        _say(prompt)
        return _line()
    try:
        import readline
    except ImportError:
        return input(prompt)
    if not text:
        return input(prompt)
    # Only where it is needed: a Ctrl-C that arrives inside the hook would be lost.
    readline.set_startup_hook(lambda: readline.insert_text(text))
    try:
        return input(prompt)
    finally:
        readline.set_startup_hook()


def _say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)


def _line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def _first_letter(prompt: str) -> str:
    _say(prompt)
    return _line()[:1]


def _pressed(prompt: str) -> str:
    """One key without Enter; the terminal is left as it was."""
    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    try:
        # Before the prompt, so that no key typed at it is taken for the end of a line.
        tty.setcbreak(handle, termios.TCSADRAIN)
        _say(prompt)
        raw = os.read(handle, 1)
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
        _say("\n")
    pressed = raw.decode("ascii", "replace")
    if not raw or pressed in _END_OF_INPUT:
        raise EOFError
    return pressed

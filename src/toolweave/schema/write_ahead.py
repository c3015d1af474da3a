"""SQLite files that many may read while one writes, opened by several processes at once."""

import sqlite3
import time

_PAUSE = 0.02


def write_ahead(connection: sqlite3.Connection, seconds: float, table: str = "") -> None:
    """Let many read the file while one writes, and see that the table is there, if one is named.

    SQLite does not wait for others where the mode of the file changes, so this does.

    Raises:
        sqlite3.Error: the file cannot be used, or others hold it for longer than that.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A power cut may take the last moments back, and never leaves a damaged file.
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                connection.execute(table)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return

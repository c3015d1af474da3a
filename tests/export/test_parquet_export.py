"""The Parquet export where pyarrow is not installed; ``make consumers`` reads the files."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.errors import InputError
from toolweave.export.exporting import Wish, export


def test_without_pyarrow_the_extra_is_named(
    records: list[dict[str, Any]],
    write: Callable[[Any], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"toolweave\[parquet\]"):
        export(Wish(run=write(records), to="parquet", out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()

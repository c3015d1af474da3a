"""Files that nobody here wrote: every operation becomes a tool or is listed with a reason."""

from pathlib import Path
from typing import Any

import pytest

from toolweave.schema.documents import read_document
from toolweave.toolgraph.importing import Imported, import_tools
from toolweave.toolgraph.readers import check_toolset

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_dir(), reason="the folder of shared data is not here"),
]


def _import(file: str) -> Imported:
    imported = import_tools(DATA / file)
    check_toolset(imported.toolset)
    return imported


@pytest.mark.parametrize(
    ("file", "kept", "dropped", "inferred"),
    [
        ("bfcl/ticket_api.json", 9, 0, 0),
        ("bfcl/travel_booking.json", 18, 0, 0),
        ("mcp/mcp-server-time.json", 2, 0, 0),
        ("mcp/server-everything.json", 13, 0, 12),
        ("mcp/server-filesystem.json", 14, 0, 0),
        ("openai/airline_tools.json", 14, 0, 14),
        ("openapi/oai_petstore-expanded.yaml", 4, 0, 1),
        ("openapi/readmeio_3.0_circular.json", 1, 0, 1),
        ("openapi/readmeio_3.1_petstore.json", 20, 0, 11),
        ("openapi/twilio_lookups_v2.json", 10, 0, 2),
        ("paper/support_tools.json", 5, 0, 0),
    ],
)
def test_every_tool_is_imported(file: str, kept: int, dropped: int, inferred: int) -> None:
    imported = _import(file)
    assert (len(imported.toolset.tools), len(imported.dropped)) == (kept, dropped)
    assert len(imported.inferred) == inferred


def test_every_operation_of_every_document_is_accounted_for() -> None:
    for path in sorted((DATA / "openapi").glob("*.[jy]*")):
        document: Any = read_document(path)
        methods = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
        operations = [m for item in document["paths"].values() for m in methods if m in item]
        imported = _import(f"openapi/{path.name}")
        assert len(imported.toolset.tools) + len(imported.dropped) == len(operations), path


def test_every_nestful_specification_is_a_tool_or_a_repetition() -> None:
    imported = _import("nestful_glaive/non-executable-glaive-spec.json")
    assert len(imported.toolset.tools) + len(imported.dropped) == 70
    assert all("repetition" in dropped.reason for dropped in imported.dropped)
    specs: Any = read_document(DATA / "nestful_glaive/non-executable-glaive-spec.json")
    by_name = {spec["name"]: spec for spec in reversed(specs)}
    for tool in imported.toolset.tools:
        spec = by_name.get(tool.name)
        if spec is not None:
            assert tool.results["properties"].keys() == spec["output_parameters"].keys()
            asked = spec.get("query_parameters", spec.get("parameters"))
            needed = {name for name, held in asked.items() if held.get("required")}
            assert set(tool.parameters.get("required", ())) == needed

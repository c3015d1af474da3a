"""Running MCP servers are asked for their tools; those that fail cost one line and no process."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolweave.core.errors import InputError
from toolweave.toolgraph.importing import Given, import_tools
from toolweave.toolgraph.mcp_client import listed_tools

pytestmark = pytest.mark.external

_SERVER = """
import sys
from mcp.server.mcpserver import MCPServer

server = MCPServer("till")


@server.tool()
def get_receipt(receipt_id: str) -> dict[str, float]:
    "A receipt."
    return {}


@server.tool()
def list_receipts(day: str, limit: int = 10) -> str:
    "Lists receipts."
    return ""


if len(sys.argv) > 1:
    server.run(sys.argv[1], port=int(sys.argv[2]))
else:
    server.run()
"""
# Speaks by hand: two pages, broken tools, and a cursor that never ends.
_ODD = """
import json, sys

PAGES = {
    None: [{"name": "a", "inputSchema": {"type": "object"}}, {"name": "broken", "inputSchema": 7}],
    "2": [{"name": "b", "inputSchema": {"properties": {"x": {"$ref": "http://example.com/x"}}}},
          {"name": "c", "inputSchema": {"type": "object"}, "outputSchema": "text"}, 5],
}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "unknown"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                             "serverInfo": {"name": "odd one", "version": "1"}}}
    if asked["method"] == "tools/list":
        cursor = (asked.get("params") or {}).get("cursor")
        answer = {"result": {"tools": PAGES[cursor], "nextCursor": "2"}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
"""


def _command(folder: Path, text: str, *arguments: str) -> str:
    path = folder / "server.py"
    path.write_text(text, encoding="utf-8")
    return " ".join([sys.executable, str(path), *arguments])


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(params=["streamable-http", "sse"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    port = _free_port()
    command = _command(tmp_path, _SERVER, request.param, str(port)).split()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/{'sse' if request.param == 'sse' else 'mcp'}"
        finally:
            process.kill()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


def test_a_server_started_by_its_command_lists_its_tools(tmp_path: Path) -> None:
    answer = listed_tools(_command(tmp_path, _SERVER), 60)
    imported = import_tools(Given("till", answer))
    assert [tool.name for tool in imported.toolset.tools] == ["get_receipt", "list_receipts"]
    assert imported.toolset.name == "till"
    assert imported.toolset.tools[1].parameters["properties"]["limit"]["default"] == 10


def test_a_server_at_an_address_lists_its_tools(url: str) -> None:
    names = [tool["name"] for tool in listed_tools(url, 60)["tools"]]
    assert names == ["get_receipt", "list_receipts"]


def test_all_pages_are_read_and_a_broken_tool_costs_only_itself(tmp_path: Path) -> None:
    answer = listed_tools(_command(tmp_path, _ODD), 60)
    imported = import_tools(Given("odd", answer))
    assert [tool.name for tool in imported.toolset.tools] == ["a"]
    assert [dropped.name for dropped in imported.dropped] == ["broken", "b", "c", ""]
    assert imported.toolset.name == "odd_one"
    json.dumps(imported.dump())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "import time, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(999)",
            "within 2 s",
        ),
        (
            "print('\\x1b[31m {{{')\nprint('x' * 100000, flush=True)\nimport sys\nsys.stdin.read()",
            "within 2 s",
        ),
        ("raise SystemExit(3)", "cannot be asked"),
    ],
)
def test_a_server_that_fails_is_one_line_and_leaves_no_process(
    text: str, said: str, tmp_path: Path
) -> None:
    mark = tmp_path / "pid"
    command = _command(
        tmp_path, f"import os\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\n{text}"
    )
    start = time.monotonic()
    with pytest.raises(InputError, match=said) as caught:
        listed_tools(command, 2)
    assert time.monotonic() - start < 20
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("no_such_command --x", "there is no command 'no_such_command'"),
        ("python 'unclosed", "cannot be split"),
        ("", "names no command"),
        ("http://127.0.0.1:1/mcp", "cannot be asked"),
        ("http://127.0.0.1:1/sse", "cannot be asked"),
        ("http://", "cannot be asked"),
    ],
)
def test_a_server_that_is_not_there_is_one_line(server: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        listed_tools(server, 20)


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(InputError, match=r"pip install 'toolweave\[mcp\]'"):
        listed_tools("python server.py")

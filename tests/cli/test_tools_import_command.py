"""``toolweave tools import``: results on stdout, one line per drop on stderr, honest exit codes."""

import json
import sys
from pathlib import Path

import pytest

from toolweave.cli.main import run
from toolweave.toolgraph.readers import load_tools

Captured = pytest.CaptureFixture[str]
_GOOD = {
    "name": "get_parcel",
    "parameters": {"type": "object", "properties": {"parcel_id": {"type": "str"}}},
}
_BAD = {"name": "bad\x1b[31m", "parameters": {"$ref": "http://example.com/x"}}


def _write(path: Path, data: object) -> str:
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def test_a_clean_import_writes_what_other_commands_read(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "tools.json"
    assert run(["tools", "import", _write(tmp_path / "a.json", [_GOOD]), "--out", str(out)]) == 0
    assert load_tools(out).tools[0].name == "get_parcel"
    told = capsys.readouterr()
    assert told.out == ""
    assert "1 tool imported, results inferred for 1; written to" in told.err
    assert "type 'str' became 'string'" in told.err


def test_a_drop_is_one_line_and_exit_code_one(tmp_path: Path, capsys: Captured) -> None:
    report = tmp_path / "report.json"
    source = _write(tmp_path / "a.json", [_GOOD, _BAD])
    assert run(["tools", "import", source, "--report", str(report)]) == 1
    told = capsys.readouterr()
    assert [tool["name"] for tool in json.loads(told.out)["tools"]] == ["get_parcel"]
    lines = [line for line in told.err.splitlines() if "dropped" in line]
    assert lines[0].startswith(f"toolweave: {source}, [1]: dropped 'bad[31m'")
    assert "\x1b" not in told.err
    assert json.loads(report.read_text())["dropped"][0]["place"] == "[1]"


def test_nothing_left_or_nothing_named_is_exit_code_two(tmp_path: Path, capsys: Captured) -> None:
    assert run(["tools", "import", _write(tmp_path / "a.json", [_BAD])]) == 2
    assert run(["tools", "import"]) == 2
    assert run(["tools", "import", str(tmp_path / "none.json")]) == 2
    assert run(["tools", "import", "a.json", "--format", "soap"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 4
    assert "no tool is left" in told.err


def test_results_may_stay_missing(tmp_path: Path, capsys: Captured) -> None:
    assert run(["tools", "import", _write(tmp_path / "a.json", [_GOOD]), "--no-infer"]) == 0
    assert "results" not in json.loads(capsys.readouterr().out)["tools"][0]


def test_a_domain_names_the_set_and_its_pack_helps(tmp_path: Path, capsys: Captured) -> None:
    tools = [
        {
            "name": "get_shipper_account",
            "parameters": {
                "type": "object",
                "properties": {"shipper_account_id": {"type": "string"}},
            },
        }
    ]
    source = _write(tmp_path / "a.json", tools)
    assert run(["tools", "import", source, "--domain", "logistics"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["domain"] == "logistics"
    assert "invoice_email" in made["tools"][0]["results"]["properties"]
    assert run(["tools", "import", source, "--domain", "falconry"]) == 0


def test_every_change_is_listed_when_asked_for(tmp_path: Path, capsys: Captured) -> None:
    assert run(["tools", "import", _write(tmp_path / "a.json", [_GOOD]), "-v"]) == 0
    assert "get_parcel: type 'str' became 'string'" in capsys.readouterr().err


@pytest.mark.external
def test_a_server_is_asked_for_its_tools(tmp_path: Path, capsys: Captured) -> None:
    server = tmp_path / "server.py"
    server.write_text(
        "from mcp.server.mcpserver import MCPServer\n"
        "server = MCPServer('till')\n"
        "@server.tool()\n"
        "def get_receipt(receipt_id: str) -> dict[str, float]:\n"
        "    return {}\n"
        "server.run()\n"
    )
    command = f"{sys.executable} {server}"
    assert run(["tools", "import", "--mcp", command, "--timeout", "60"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["name"], made["tools"][0]["name"]) == ("till", "get_receipt")
    assert run(["tools", "import", "--mcp", "no_such_command"]) == 2

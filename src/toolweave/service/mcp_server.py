"""The MCP server over the simulated tools: for any agent, against a toolset that does not exist."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from toolweave.checks.definitions import function
from toolweave.checks.effects import effect_of
from toolweave.core.errors import ToolweaveError
from toolweave.core.tool import Tool
from toolweave.graph.finishing import package_version
from toolweave.service.answering import turn_answer
from toolweave.service.bodies import ToolRequest
from toolweave.service.emulator import Emulator, Outcome
from toolweave.service.problems import Problem, problem_of

if TYPE_CHECKING:
    from mcp.server import Server
    from mcp_types import CallToolResult

TOKEN: Final = "toolweave/token"
SHARED: Final = "shared"
WORLD: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def mcp_server(emulator: Emulator, world_of: Callable[[Any], str]) -> "Server[Any]":
    """A server of the official SDK that lists and runs the emulator's own tools.

    Calls go on in the world that ``world_of`` reads from their context. A call whose ``_meta``
    holds a token goes on from there instead; every result's ``_meta`` holds the token after it.
    """
    import mcp_types as types
    from mcp.server import Server
    from mcp.shared.exceptions import MCPError

    tools = emulator.own_frame().stage.toolset.tools
    known = {tool.name for tool in tools}
    listed = types.ListToolsResult(tools=[_listed(tool) for tool in tools])

    async def list_tools(_context: Any, _params: Any) -> types.ListToolsResult:
        return listed

    async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        if params.name not in known:
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {params.name!r:.80}")
        arguments = params.arguments or {}
        token = dict(context.meta or {}).get(TOKEN)
        try:
            if isinstance(token, str):
                asked = ToolRequest(token=token[:201], arguments=arguments)
                return _result(await emulator.call(params.name, asked))
            return _result(await emulator.call_in_world(world_of(context), params.name, arguments))
        except (ToolweaveError, ValueError) as error:
            problem: Problem = problem_of(error)
            raise MCPError(types.INTERNAL_ERROR, problem.detail, problem.body()) from error

    return Server(
        "toolweave",
        version=package_version(),
        instructions="Simulated tools: their results are made up, and consistent with each other.",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _listed(tool: Tool) -> Any:
    import mcp_types as types

    told = function(tool)
    results = tool.results if tool.results.get("type") == "object" else None
    kind = effect_of(tool).kind
    return types.Tool(
        name=tool.name,
        description=told["description"],
        input_schema=told["parameters"],
        output_schema=results,
        annotations=types.ToolAnnotations(
            read_only_hint=kind == "read",
            destructive_hint=kind == "delete",
            open_world_hint=False,
        ),
    )


def _result(outcome: Outcome) -> "CallToolResult":
    import mcp_types as types

    call = turn_answer(outcome)["tool_calls"][0]
    text = str(outcome.play.last["messages"][-1]["content"])
    structured = call["result"] if call["ok"] and isinstance(call["result"], dict) else None
    made: types.CallToolResult = types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=structured,
        is_error=not call["ok"],
        _meta={TOKEN: outcome.token},
    )
    return made

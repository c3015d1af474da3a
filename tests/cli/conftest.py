"""What several commands are tried on."""

from typing import Any

FOREIGN: dict[str, list[dict[str, Any]]] = {
    "messages": [
        {"role": "user", "content": "A room in Porto, please."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "a", "function": {"name": "find", "arguments": '{"city": "Porto"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": '{"room": "r_12"}'},
        {"role": "assistant", "content": "\x1b[31mRoom\x1b[0m r_12 is free."},
    ]
}

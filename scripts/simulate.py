"""One plan, one dialogue: the library's side of ``toolweave simulate``."""

import argparse
import sys

import toolweave

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", nargs="?", default="customer_support_case")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    dialogue = toolweave.simulate(given.plan, seed=given.seed)
    for message in dialogue.messages:
        for call in message.tool_calls:
            print(f"{message.role}: {call.name} {call.arguments}")
        if message.content:
            print(f"{message.role}: {message.content}")
    print(f"proof: {dialogue.checks.proof}", file=sys.stderr)

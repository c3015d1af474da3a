"""One plan, one dialogue: ``python scripts/simulate.py [PLAN] [SEED]``."""

import sys

import toolweave

if __name__ == "__main__":
    plan = sys.argv[1] if len(sys.argv) > 1 else "customer_support_case"
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    dialogue = toolweave.simulate(plan, seed=seed)
    for message in dialogue.messages:
        for call in message.tool_calls:
            print(f"{message.role}: {call.name} {call.arguments}")
        if message.content:
            print(f"{message.role}: {message.content}")
    print(f"proof: {dialogue.checks.proof}", file=sys.stderr)

"""The agents, or a plan, as a drawing: ``python scripts/visualize.py [agents|PLAN] [FORMAT]``."""

import sys
from typing import Any

import toolweave

if __name__ == "__main__":
    what = sys.argv[1] if len(sys.argv) > 1 else "agents"
    form: Any = sys.argv[2] if len(sys.argv) > 2 else "ascii"
    drawn = toolweave.draw(what, format=form)
    sys.stdout.buffer.write(drawn if isinstance(drawn, bytes) else drawn.encode())

"""The agents, or a plan, as a drawing: the library's side of ``toolweave visualize``."""

import argparse
import sys

import toolweave

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="agents", help="agents, or a plan")
    parser.add_argument("--format", default="ascii")
    given = parser.parse_args()
    drawn = toolweave.draw(given.what, format=given.format)
    sys.stdout.buffer.write(drawn if isinstance(drawn, bytes) else drawn.encode())

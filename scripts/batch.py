"""A run file into a run folder: the library's side of ``toolweave batch``."""

import argparse

import toolweave

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="?", default="quickstart")
    parser.add_argument("folder", nargs="?")
    given = parser.parse_args()
    tally = toolweave.batch(given.run, given.folder, resume=True)
    print(f"{tally.dialogues} dialogues, {tally.failures} failures, {tally.before} from before")

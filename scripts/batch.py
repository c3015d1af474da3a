"""A run file, a run folder: ``python scripts/batch.py [RUN] [FOLDER]``."""

import sys

import toolweave

if __name__ == "__main__":
    run = sys.argv[1] if len(sys.argv) > 1 else "quickstart"
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    tally = toolweave.batch(run, folder, resume=True)
    print(f"{tally.dialogues} dialogues, {tally.failures} failures, {tally.before} from before")

"""Makes the toolsets and questions of this folder known to bfcl-eval, in this process only."""

import json
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent
FOLDER = PACKAGE.parent
CATEGORY = "multi_turn_toolweave"


def register_classes() -> list[str]:
    """Make the back ends known to the multi-turn checker; returns the names of their classes."""
    from bfcl_eval.constants import executable_backend_config as config

    classes: dict[str, str] = json.loads((PACKAGE / "classes.json").read_text("utf-8"))
    for name, module in classes.items():
        doc = FOLDER / "multi_turn_func_doc" / f"{module}.json"
        config.CLASS_FILE_PATH_MAPPING[name] = f"{PACKAGE.name}.{module}"
        config.MULTI_TURN_FUNC_DOC_FILE_MAPPING[name] = str(doc)
    return list(classes)


def register() -> None:
    """Make the whole category known, so that ``generate`` and ``evaluate`` run on it."""
    from bfcl_eval import utils
    from bfcl_eval.constants import category_mapping as categories

    register_classes()
    load = utils.load_file

    def load_file(path: str | Path, *args: Any, **options: Any) -> Any:
        """The package's own files, and this folder's in place of those it does not have."""
        asked = Path(path)
        here = FOLDER / ("possible_answer" if asked.parent.name == "possible_answer" else "")
        ours = asked.name.endswith(f"_{CATEGORY}.json")
        return load(here / asked.name if ours else path, *args, **options)

    utils.load_file = load_file
    for known in (
        categories.MULTI_TURN_CATEGORY,
        categories.ALL_SCORING_CATEGORIES,
        categories.ALL_CATEGORIES,
    ):
        if CATEGORY not in known:
            known.append(CATEGORY)

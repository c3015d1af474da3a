"""The score of a pair: a logistic regression over its features, fitted to hand-drawn links.

The weights come from ``scripts/calibrate_links.py``, which fits them to the labelled tools in
``scripts/calibration``: a score of 0.7 means that of such pairs there 7 in 10 were links.
"""

import json
from functools import lru_cache
from importlib.resources import files

import numpy as np

from toolweave.toolgraph.linking.columns import Numbers, Places
from toolweave.toolgraph.linking.comparison import Comparison
from toolweave.toolgraph.linking.features import FEATURES, features


@lru_cache(maxsize=2)
def weights(kind: str) -> Numbers:
    """The weight of every feature, for ``semantic`` or ``lexical`` embedders."""
    stored = json.loads(
        files("toolweave.toolgraph.linking").joinpath("weights.json").read_text("utf-8")
    )
    return np.array([stored[kind].get(name, 0.0) for name in FEATURES], np.float32)


def scores(compared: Comparison, outputs: Places, parameters: Places) -> Numbers:
    """How likely each pair is a link, 0…1; 0 where the types do not fit, or pages are turned."""
    kind = "semantic" if compared.embedder.semantic else "lexical"
    rows = features(compared, outputs, parameters)
    chances: Numbers = 1 / (1 + np.exp(-np.clip(rows @ weights(kind), -30, 30)))
    usable = (compared.fits(outputs, parameters) > 0) & ~compared.pages[parameters]
    return np.where(usable, chances, np.float32(0))

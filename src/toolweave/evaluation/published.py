"""Figures that the papers publish, to stand beside one's own."""

from typing import Final

from toolweave.evaluation.structure import Spread, StructureRow

# ToolWeave (arXiv 2605.12521), Table 2: about 3,200 dialogues each.
TABLE_2: Final[tuple[StructureRow, ...]] = (
    StructureRow(
        name="ToolWeave (paper)",
        turns=Spread(least=1, most=8, mean=2.71),
        calls=Spread(least=1, most=5, mean=3.22),
        multi_step=0.4487,
        true_multi_step=0.4067,
    ),
    StructureRow(
        name="ToolFlow (paper)",
        turns=Spread(least=1, most=10, mean=6.28),
        calls=Spread(least=0, most=15, mean=2.20),
        multi_step=0.0677,
        true_multi_step=0.0,
    ),
    StructureRow(
        name="ToolDial (paper)",
        turns=Spread(least=2, most=6, mean=4.48),
        calls=Spread(least=0, most=2, mean=1.51),
        multi_step=0.0447,
        true_multi_step=0.0,
    ),
)

"""Figures that the papers publish, to stand beside one's own."""

from typing import Final

from toolweave.evaluation.hallucination import HallucinationRow
from toolweave.evaluation.judge_figures import JudgeRow
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

# ToolWeave, Table 3: 200 dialogues each, drawn at random.
TABLE_3: Final[tuple[HallucinationRow, ...]] = (
    HallucinationRow(
        name="ToolWeave (paper)", tool=0.0, parameter=0.0, value=0.2, text=0.0, clean=0.8
    ),
    HallucinationRow(
        name="ToolDial (paper)", tool=0.305, parameter=0.035, value=0.045, text=0.245, clean=0.465
    ),
    HallucinationRow(
        name="ToolFlow (paper)", tool=0.05, parameter=0.0, value=0.465, text=0.755, clean=0.165
    ),
)

# ToolWeave, Table 4: a judge model's mean marks over 200 dialogues each.
TABLE_4: Final[tuple[JudgeRow, ...]] = (
    JudgeRow(
        name="ToolWeave (paper)", naturalness=4.38, coherence=4.12, helpfulness=3.89, accuracy=4.38
    ),
    JudgeRow(
        name="ToolFlow (paper)", naturalness=3.95, coherence=2.94, helpfulness=3.21, accuracy=3.27
    ),
    JudgeRow(
        name="ToolDial (paper)", naturalness=3.38, coherence=3.42, helpfulness=3.00, accuracy=3.82
    ),
)

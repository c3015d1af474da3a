"""Tables of the paper that need models to be trained and benchmarks to be run: its own figures."""

from typing import Final, NamedTuple

_TRAINED: Final = "needs models fine-tuned on the data and BFCL-V3 run with them"
_BFCL: Final = ("", "accuracy", "base", "missing function", "missing parameter", "long context")


class PublishedTable(NamedTuple):
    """A table as it is printed; ``why`` says what it would take to make it again.

    Most are of models that BFCL-V3 was run with.
    """

    number: int
    title: str
    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = _BFCL
    why: str = _TRAINED


# ToolWeave (arXiv 2605.12521).
PUBLISHED: Final[tuple[PublishedTable, ...]] = (
    PublishedTable(
        5,
        "BFCL-V3 multi-turn",
        (
            ("Llama-3.1-8B", "9.25", "11.00", "8.00", "8.50", "9.50"),
            ("+ ToolDial", "1.75", "0.50", "3.50", "2.50", "0.50"),
            ("+ ToolFlow", "7.50", "9.50", "5.50", "5.50", "9.50"),
            ("+ ToolWeave-R (GPT-5-mini)", "18.38", "24.00", "18.00", "14.50", "17.00"),
            ("+ ToolWeave (GPT-OSS-120B)", "19.88", "23.00", "21.50", "15.50", "19.50"),
            ("+ ToolWeave (GPT-5-mini)", "21.12", "28.00", "18.00", "18.50", "20.00"),
            ("Llama-3.1-70B", "12.50", "17.00", "13.00", "10.50", "9.50"),
            ("+ ToolDial", "3.75", "4.50", "3.00", "4.00", "3.50"),
            ("+ ToolFlow", "23.50", "29.50", "20.50", "20.00", "24.00"),
            ("+ ToolWeave-R (GPT-5-mini)", "37.38", "40.00", "43.00", "34.00", "32.50"),
            ("+ ToolWeave (GPT-OSS-120B)", "33.25", "37.50", "35.00", "32.00", "28.50"),
            ("+ ToolWeave (GPT-5-mini)", "39.75", "42.50", "43.00", "37.00", "36.50"),
            ("Phi-4", "3.12", "7.50", "0.00", "2.50", "2.50"),
            ("+ ToolDial", "2.00", "2.00", "0.50", "3.50", "2.00"),
            ("+ ToolFlow", "10.12", "11.00", "10.00", "11.50", "8.00"),
            ("+ ToolWeave-R (GPT-5-mini)", "26.25", "33.50", "33.50", "20.50", "17.50"),
            ("+ ToolWeave (GPT-OSS-120B)", "24.50", "24.00", "28.50", "31.00", "14.50"),
            ("+ ToolWeave (GPT-5-mini)", "29.50", "36.00", "30.50", "31.50", "20.00"),
        ),
    ),
    PublishedTable(
        6,
        "BFCL-V3 multi-turn of Llama-3.1-70B, multi-step and single-step dialogues",
        (
            ("Base", "10.80", "17.12", "12.50"),
            ("ToolFlow", "19.75", "26.32", "23.50"),
            ("ToolWeave", "38.73", "44.08", "39.75"),
        ),
        head=("", "multi-step", "single-step", "average"),
    ),
    PublishedTable(
        7,
        "API-Bank and CONFETTI",
        (
            ("Llama-3.1-8B", "62.91", "59.46", "20.55", "47.64"),
            ("+ ToolDial", "59.15", "52.70", "23.12", "44.99"),
            ("+ ToolFlow", "67.92", "54.05", "17.39", "46.45"),
            ("+ ToolWeave-R (GPT-5-mini)", "68.17", "51.35", "19.37", "46.30"),
            ("+ ToolWeave (GPT-OSS-120B)", "68.92", "60.81", "36.76", "55.50"),
            ("+ ToolWeave (GPT-5-mini)", "75.44", "63.51", "28.85", "55.93"),
            ("Llama-3.1-70B", "54.89", "59.46", "33.00", "49.12"),
            ("+ ToolDial", "71.93", "40.54", "11.46", "41.31"),
            ("+ ToolFlow", "70.68", "59.46", "28.46", "52.87"),
            ("+ ToolWeave-R (GPT-5-mini)", "71.93", "66.22", "33.99", "57.38"),
            ("+ ToolWeave (GPT-OSS-120B)", "71.18", "64.86", "45.45", "60.50"),
            ("+ ToolWeave (GPT-5-mini)", "71.43", "63.51", "34.78", "56.57"),
            ("Phi-4", "34.09", "25.68", "13.44", "24.40"),
            ("+ ToolDial", "55.64", "44.59", "13.64", "37.96"),
            ("+ ToolFlow", "49.12", "56.76", "15.61", "40.50"),
            ("+ ToolWeave-R (GPT-5-mini)", "75.19", "62.16", "32.41", "56.59"),
            ("+ ToolWeave (GPT-OSS-120B)", "71.68", "62.16", "33.60", "55.81"),
            ("+ ToolWeave (GPT-5-mini)", "76.69", "64.86", "31.42", "57.66"),
        ),
        head=("", "API-L1", "API-L2", "CONFETTI", "average"),
        why="needs models fine-tuned on the data, and API-Bank and CONFETTI run with them",
    ),
    PublishedTable(
        8,
        "Component ablation, Llama-3.1-8B-Instruct on BFCL-V3",
        (
            ("Full ToolWeave pipeline", "19.88"),
            ("without post-processing", "13.62"),
            ("without structured sampler (random walk)", "12.25"),
            ("without fine-grained planner (ToolFlow style)", "7.50"),
        ),
        head=("", "average accuracy"),
    ),
    PublishedTable(
        11,
        "Llama-3.1-70B by the model that synthesised its data, BFCL-V3",
        (
            ("ToolWeave (Mistral-Small-24B)", "28.00", "29.00", "32.50", "26.50", "24.00"),
            ("ToolWeave (Mistral-Medium)", "28.88", "27.50", "39.00", "30.00", "19.00"),
            ("ToolWeave (GPT-OSS-120B)", "33.25", "37.50", "35.00", "32.00", "28.50"),
            ("ToolWeave (GPT-5-mini)", "39.75", "42.50", "43.00", "37.00", "36.50"),
        ),
    ),
    PublishedTable(
        12,
        "Post-processing, Llama-3.1-8B-Instruct on BFCL-V3",
        (
            ("without post-processing", "13.62", "14.50", "14.50", "13.50", "12.00"),
            ("with post-processing", "19.88", "23.00", "21.50", "15.50", "19.50"),
            ("absolute gain", "+6.26", "+8.50", "+7.00", "+2.00", "+7.50"),
        ),
    ),
    PublishedTable(
        13,
        "Pipelines without post-processing, Llama-3.1-8B-Instruct on BFCL-V3",
        (
            ("ToolWeave", "13.62", "14.50", "14.50", "13.50", "12.00"),
            ("random sampling + ToolWeave", "12.25", "13.00", "14.00", "13.50", "8.50"),
            ("structured sampling + ToolFlow", "7.50", "9.50", "7.50", "5.00", "8.00"),
            ("ToolFlow baseline (GPT-OSS)", "7.62", "11.00", "4.50", "5.50", "9.50"),
        ),
    ),
)

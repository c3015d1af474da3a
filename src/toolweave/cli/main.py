"""The command line: one app over all commands, and one place where every failure becomes a line."""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Final

import typer
from typer.main import get_command

from toolweave.cli.batch import batch
from toolweave.cli.check import check
from toolweave.cli.compare import compare
from toolweave.cli.evaluate import evaluate
from toolweave.cli.export import export
from toolweave.cli.figures import figures
from toolweave.cli.generate import generate
from toolweave.cli.goals import goals
from toolweave.cli.judge import judge
from toolweave.cli.plan import plan
from toolweave.cli.refine import refine
from toolweave.cli.report import report
from toolweave.cli.schema import schema
from toolweave.cli.serve import serve
from toolweave.cli.simulate import simulate
from toolweave.cli.streams import INTERRUPTED, complain, forgiving
from toolweave.cli.studio import studio
from toolweave.cli.tools import TOOLS
from toolweave.cli.visualize import visualize
from toolweave.core.errors import (
    BindingError,
    BudgetError,
    ConformanceError,
    GenerationError,
    ToolweaveError,
)

FINDINGS: Final = 1
BAD_INPUT: Final = 2
BROKEN_PIPE: Final = 141
# A dialogue that could not be made is a failed record, not bad input.
_FAILED: Final = (BindingError, ConformanceError, GenerationError)
# typer does not export the class of all wrong usage, from which its BadParameter derives.
_WrongUsage: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Multi-turn tool-calling dialogues in which every argument has a known source.",
    epilog="Results go to stdout, progress and logs to stderr. "
    "Exit codes: 0 done, 1 findings or failures, 2 bad input.",
)
COMMANDS: Final[tuple[Callable[..., None], ...]] = (
    simulate, batch, generate, goals, plan, visualize, check, refine, figures, judge,
    compare, report, export, schema, serve, studio, evaluate,
)  # fmt: skip
for _command in COMMANDS:
    app.command()(_command)
app.add_typer(TOOLS, name="tools")


@app.callback(invoke_without_command=True)
def about(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Multi-turn tool-calling dialogues in which every argument has a known source."""
    if version:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as installed

        try:
            typer.echo(f"toolweave {installed('toolweave')}")
        except PackageNotFoundError:
            typer.echo("toolweave (not installed)")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; nothing but a defect raises."""
    forgiving()
    command = get_command(app)
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        with command.make_context("toolweave", given) as context:
            command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as done:
        return _flushed(done.exit_code)
    except _WrongUsage as error:
        complain(_usage(error))
        return BAD_INPUT
    except _FAILED as error:
        complain(f"failed: {error}")
        return FINDINGS
    except BudgetError as error:
        complain(str(error))
        return FINDINGS
    except ToolweaveError as error:
        complain(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return _broken_pipe()
    except OSError as error:
        complain(_reason(error))
        return BAD_INPUT
    return 0


def main() -> None:
    """The entry point of the ``toolweave`` command."""
    sys.exit(run())


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _broken_pipe()
    except OSError as error:
        complain(_reason(error))
        return BAD_INPUT
    return code


def _broken_pipe() -> int:
    """Whoever read the output has left; what is still buffered goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _usage(error: Exception) -> str:
    """What is wrong with the command line, and how to see what is right."""
    told = getattr(error, "format_message", None)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "toolweave"
    text = (told() if callable(told) else str(error)).replace("Value error, ", "").rstrip(".")
    return f"{text} (see {path} --help)"


def _reason(error: OSError) -> str:
    mends = {
        errno.ENOSPC: "make room and try again",
        errno.EDQUOT: "make room and try again",
        errno.EACCES: "make it accessible, or name another file",
        errno.ENOENT: "check the path",
        errno.EROFS: "name a file elsewhere",
    }
    where = f"{error.filename}: " if error.filename else ""
    mend = mends.get(error.errno or 0)
    reason = error.strerror or str(error) or type(error).__name__
    return f"{where}{reason}" + (f" ({mend})" if mend else "")


if __name__ == "__main__":
    main()

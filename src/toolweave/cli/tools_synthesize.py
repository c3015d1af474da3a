"""``toolweave tools synthesize``: the tools of a domain, grown from its name in five stages."""

from typing import Annotated

import typer


def synthesize(
    domain: Annotated[
        str,
        typer.Argument(
            help="A domain's name ('Real Estate'), or the file of a domain pack.",
            show_default=False,
        ),
    ],
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write here instead of stdout.")
    ] = None,
    counts: Annotated[
        str, typer.Option("--stages", metavar="N/N/N/N/N", help="How many tools per stage.")
    ] = "8/8/5/8/5",
    seed: Annotated[
        int, typer.Option("--seed", help="Decides among tools that fit equally well.")
    ] = 0,
    model: Annotated[
        str, typer.Option("--model", help="'offline' grows from the domain's pack.")
    ] = "offline",
    base_url: Annotated[
        str,
        typer.Option("--base-url", help="An OpenAI-compatible server.", show_default=False),
    ] = "",
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="Look the domain up in Wikidata and Wikipedia for the model."
        ),
    ] = False,
    log: Annotated[
        str | None,
        typer.Option("--log", metavar="FILE", help="Write every decision with its reason here."),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Show every decision and the log.")
    ] = False,
) -> None:
    """Grow a domain's tools from its name."""
    from toolweave.cli.growing import Order, run
    from toolweave.cli.streams import verbose as log_lines

    log_lines(verbose)
    order = Order(
        domain=domain,
        out=out,
        counts=counts,
        seed=seed,
        model=model,
        base_url=base_url,
        online=online,
        log=log,
        verbose=verbose,
    )
    raise typer.Exit(run(order))

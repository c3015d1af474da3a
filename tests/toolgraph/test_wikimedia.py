"""Looking a domain up: through a real HTTP server on loopback, cached, patient, never trusting."""

import asyncio
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from toolweave.core.errors import InputError, ServerError
from toolweave.schema.types import json_bytes
from toolweave.toolgraph.synthesis.context import DomainContext
from toolweave.toolgraph.synthesis.wikimedia import Wikimedia

Reply = tuple[int, dict[str, str], bytes]
Site = Callable[[dict[str, str]], Reply]


def ok(data: object) -> Reply:
    return 200, {}, json_bytes(data)


def claim(item: str) -> dict[str, Any]:
    return {"mainsnak": {"datavalue": {"value": {"id": item}}}}


LABELS = {"Q1": "beekeeping", "Q2": "animal husbandry", "Q3": "urban beekeeping", "P9": "hive"}


def honest(asked: dict[str, str]) -> Reply:
    if asked["action"] == "wbsearchentities":
        hits = [{"id": "Q1"}] if asked["search"] == "Beekeeping" else []
        return ok({"search": hits})
    if asked["action"] == "wbgetentities" and "claims" in asked["props"]:
        entity = {
            "labels": {"en": {"value": "beekeeping"}},
            "descriptions": {"en": {"value": "care of bees"}},
            "claims": {"P279": [claim("Q2")], "P1963": [claim("P9")]},
            "sitelinks": {"enwiki": {"title": "Beekeeping"}},
        }
        return ok({"entities": {"Q1": entity}})
    if asked["action"] == "wbgetentities":
        named = {one: {"labels": {"en": {"value": LABELS[one]}}} for one in asked["ids"].split("|")}
        return ok({"entities": named})
    if "srsearch" in asked:
        return ok({"query": {"search": [{"title": "Q3"}]}})
    text = "Beekeeping is the\u202e care\x07 of\nbees. " + "It takes patience. " * 200
    return ok({"query": {"pages": {"7": {"extract": text}}}})


class Served:
    """A site on loopback; ``asked`` are the requests it got."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.site: Site = honest


@pytest.fixture
def served() -> Iterator[tuple[Served, str]]:
    held = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
            held.asked.append(asked)
            status, headers, body = held.site(asked)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield held, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def looked_up(url: str, cache: Path | None = None, domain: str = "Beekeeping") -> DomainContext:
    client = Wikimedia(cache, wikidata=url, wikipedia=url, pause=0.01, timeout=2)
    return asyncio.run(client.context(domain))


def test_summary_and_facts_come_back_as_plain_short_lines(served: tuple[Served, str]) -> None:
    found = looked_up(served[1])
    assert found.summary.startswith("Beekeeping is the care of bees.")
    assert len(found.summary) < 1510
    assert found.facts == (
        "It is a kind of animal husbandry.",
        "It is told apart by the property hive.",
        "One kind of it is urban beekeeping.",
    )
    assert found.source == "Wikidata Q1 and Wikipedia"


def test_what_was_fetched_is_not_fetched_again(served: tuple[Served, str], tmp_path: Path) -> None:
    first = looked_up(served[1], tmp_path)
    asked = len(served[0].asked)
    assert looked_up(served[1], tmp_path) == first
    assert len(served[0].asked) == asked


def test_a_site_that_asks_for_patience_gets_it(served: tuple[Served, str]) -> None:
    refusals = iter([429, 503])

    def busy(asked: dict[str, str]) -> Reply:
        status = next(refusals, 200)
        return honest(asked) if status == 200 else (status, {"Retry-After": "0"}, b"")

    served[0].site = busy
    assert looked_up(served[1]).title == "beekeeping"


@pytest.mark.parametrize(
    "reply",
    [
        (500, {}, b""),
        (403, {}, b"no"),
        (302, {"Location": "http://192.0.2.1/"}, b""),
        (200, {}, b"<html>"),
        (200, {}, b"[1]"),
        (200, {}, b"{" * 100_000),
        (200, {}, b'"' + b"x" * 3_000_000 + b'"'),
    ],
)
def test_a_site_that_lies_is_one_clear_error(served: tuple[Served, str], reply: Reply) -> None:
    served[0].site = lambda asked: reply
    with pytest.raises(ServerError, match=r"127\.0\.0\.1"):
        looked_up(served[1])


def test_odd_shapes_are_taken_as_nothing(served: tuple[Served, str]) -> None:
    def odd(asked: dict[str, str]) -> Reply:
        if asked["action"] == "wbsearchentities":
            return honest(asked)
        return ok({"entities": [1], "query": {"search": {"a": 1}, "pages": []}})

    served[0].site = odd
    assert looked_up(served[1]) == DomainContext(title="Beekeeping", source="Wikidata Q1")


def test_a_name_nobody_knows_is_bad_input(served: tuple[Served, str]) -> None:
    with pytest.raises(InputError, match="Floristry"):
        looked_up(served[1], domain="Floristry")

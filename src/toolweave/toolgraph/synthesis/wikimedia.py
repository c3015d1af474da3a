"""Looking a domain up in Wikidata and Wikipedia, when asked for: cached, patient, never fatal.

Everything that comes back is data for a prompt: it is shortened, stripped of control characters
and never followed.
"""

import asyncio
import hashlib
import json
import logging
import os
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from toolweave.core.errors import InputError, ServerError
from toolweave.schema.whole import write_whole
from toolweave.toolgraph.synthesis.context import DomainContext

log = logging.getLogger(__name__)

WIKIDATA: Final = "https://www.wikidata.org"
WIKIPEDIA: Final = "https://en.wikipedia.org"
# The site's rules ask every program to name itself.
_AGENT: Final = "toolweave/0.1 (domain contexts for tool synthesis)"
_LARGEST: Final = 2 * 1024 * 1024
_TRIES: Final = 4
_LONGEST_WAIT: Final = 30.0
_SUMMARY_CHARS: Final = 1500
_FACT_CHARS: Final = 160
_PER_KIND: Final = 15
_REFERRED: Final[dict[str, str]] = {
    "P31": "is an instance of",
    "P279": "is a kind of",
    "P361": "is part of",
    "P527": "has as a part",
    "P1056": "makes",
    "P1963": "is told apart by the property",
    "P3095": "is practised by",
    "P425": "is the field of",
}


class Wikimedia:
    """A client for the two sites.

    Args:
        cache: a folder that keeps what was fetched; None keeps nothing.
        timeout: seconds for one request.
        wikidata, wikipedia: where the sites are.
        pause: seconds before the second try; later ones wait twice as long each.
    """

    def __init__(
        self,
        cache: Path | None,
        *,
        timeout: float = 10.0,
        wikidata: str = WIKIDATA,
        wikipedia: str = WIKIPEDIA,
        pause: float = 1.0,
    ) -> None:
        self.cache, self.timeout, self.pause = cache, timeout, pause
        self.wikidata, self.wikipedia = wikidata.rstrip("/"), wikipedia.rstrip("/")

    async def context(self, domain: str, item: str = "") -> DomainContext:
        """Summary and facts of a domain; ``item`` is its Wikidata item, where it is known.

        Raises:
            ServerError: the sites cannot be reached or keep refusing.
            InputError: Wikidata knows no such thing.
        """
        async with httpx.AsyncClient(
            timeout=self.timeout, headers={"User-Agent": _AGENT}, follow_redirects=False
        ) as client:
            found = item or await self._resolve(client, domain)
            entity = await self._entity(client, found)
            facts = await self._facts(client, entity)
            facts += await self._kinds(client, found)
            title = _text(_at(entity, "sitelinks", "enwiki", "title"))
            summary = await self._summary(client, title) if title else ""
        return DomainContext(
            title=_text(_at(entity, "labels", "en", "value")) or domain,
            summary=summary or _text(_at(entity, "descriptions", "en", "value")),
            facts=tuple(facts),
            source=f"Wikidata {found}" + (" and Wikipedia" if summary else ""),
        )

    async def _resolve(self, client: httpx.AsyncClient, domain: str) -> str:
        """The item of which the name is a label."""
        asked = {"action": "wbsearchentities", "search": domain, "language": "en", "limit": "5"}
        answer = await self._api(client, asked)
        for hit in _list(answer.get("search")):
            found = _text(hit.get("id")) if isinstance(hit, Mapping) else ""
            if found.startswith("Q") and found[1:].isdigit():
                return found
        raise InputError(f"Wikidata knows nothing called {domain!r}", mend="name it otherwise")

    async def _entity(self, client: httpx.AsyncClient, item: str) -> Mapping[str, Any]:
        asked = {
            "action": "wbgetentities",
            "ids": item,
            "props": "labels|descriptions|claims|sitelinks",
            "languages": "en",
            "sitefilter": "enwiki",
        }
        found = _at(await self._api(client, asked), "entities", item)
        return found if isinstance(found, Mapping) else {}

    async def _facts(self, client: httpx.AsyncClient, entity: Mapping[str, Any]) -> list[str]:
        """What the item's statements say, with the labels of what they name."""
        named = {key: _targets(entity, key) for key in _REFERRED}
        wanted = list(dict.fromkeys(item for items in named.values() for item in items))
        labels = await self._labels(client, wanted[:50])
        return [
            f"It {told} {labels[item]}."
            for key, told in _REFERRED.items()
            for item in named[key]
            if item in labels
        ]

    async def _labels(self, client: httpx.AsyncClient, items: Sequence[str]) -> dict[str, str]:
        if not items:
            return {}
        ids = "|".join(items)
        asked = {"action": "wbgetentities", "ids": ids, "props": "labels", "languages": "en"}
        found = _at(await self._api(client, asked), "entities")
        labels = {item: _text(_at(found, item, "labels", "en", "value")) for item in items}
        return {item: label for item, label in labels.items() if label}

    async def _kinds(self, client: httpx.AsyncClient, item: str) -> list[str]:
        """The subclasses of the item."""
        asked = {
            "action": "query",
            "list": "search",
            "srsearch": f"haswbstatement:P279={item}",
            "srlimit": str(_PER_KIND),
        }
        hits = _list(_at(await self._api(client, asked), "query", "search"))
        items = [_text(hit.get("title")) for hit in hits if isinstance(hit, Mapping)]
        labels = await self._labels(client, [one for one in items if one.startswith("Q")])
        return [f"One kind of it is {label}." for label in labels.values()]

    async def _summary(self, client: httpx.AsyncClient, title: str) -> str:
        asked = {
            "action": "query",
            "prop": "extracts",
            "exintro": "1",
            "explaintext": "1",
            "redirects": "1",
            "titles": title,
        }
        answer = await self._api(client, asked, self.wikipedia)
        pages = _at(answer, "query", "pages")
        first = next(iter(pages.values()), None) if isinstance(pages, Mapping) else None
        return _text(_at(first, "extract"), _SUMMARY_CHARS)

    async def _api(
        self, client: httpx.AsyncClient, asked: Mapping[str, str], site: str = ""
    ) -> Mapping[str, Any]:
        """One request's answer, from the cache where it holds it."""
        url = f"{site or self.wikidata}/w/api.php"
        asked = {**asked, "format": "json"}
        kept = self._kept(url, asked)
        if kept is not None and kept.is_file():
            try:
                held = json.loads(kept.read_text("utf-8"))
            except ValueError:
                held = None
            if isinstance(held, dict):
                return held
        answer = await self._fetch(client, url, asked)
        if kept is not None:
            _keep(kept, answer)
        return answer

    def _kept(self, url: str, asked: Mapping[str, str]) -> Path | None:
        if self.cache is None:
            return None
        exact = json.dumps([url, sorted(asked.items())])
        return self.cache / f"{hashlib.blake2b(exact.encode(), digest_size=16).hexdigest()}.json"

    async def _fetch(
        self, client: httpx.AsyncClient, url: str, asked: Mapping[str, str]
    ) -> Mapping[str, Any]:
        reason = ""
        for attempt in range(_TRIES):
            pause = self.pause * 2**attempt
            try:
                async with client.stream("GET", url, params=dict(asked)) as answer:
                    if answer.status_code == 200:
                        return _answered(await _body(answer, url), url)
                reason = f"status {answer.status_code}"
                if answer.status_code not in (429, 500, 502, 503, 504):
                    break
                pause = max(pause, _seconds(answer.headers.get("Retry-After", "")))
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
            if attempt + 1 < _TRIES:
                log.info("%s: %s, trying again", url, reason)
                await asyncio.sleep(min(pause, _LONGEST_WAIT))
        raise ServerError(f"{url} gave no answer: {reason} (try later, or leave out --online)")


def cache_folder() -> Path:
    """Where look-ups are kept: below the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "toolweave" / "wikimedia"


async def _body(answer: httpx.Response, url: str) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > _LARGEST:
            raise ServerError(f"{url} answered with more than {_LARGEST} bytes")
    return bytes(body)


def _answered(body: bytes, url: str) -> Mapping[str, Any]:
    try:
        held = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ServerError(f"{url} did not answer with JSON") from error
    if not isinstance(held, dict):
        raise ServerError(f"{url} answered with a {type(held).__name__}, not an object")
    return held


def _keep(path: Path, answer: Mapping[str, Any]) -> None:
    """A cache that cannot be written is no reason to fail."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(answer).encode())
    except OSError as error:
        log.info("not kept: %s", error)


def _targets(entity: Mapping[str, Any], key: str) -> list[str]:
    """The items that the statements of one property name."""
    found = []
    for claim in _list(_at(entity, "claims", key)):
        item = _text(_at(claim, "mainsnak", "datavalue", "value", "id"))
        if item[:1] in ("Q", "P") and item[1:].isdigit():
            found.append(item)
    return found[:_PER_KIND]


def _at(data: object, *keys: str) -> object:
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _list(data: object) -> list[Any]:
    return data if isinstance(data, list) else []


def _text(data: object, most: int = _FACT_CHARS) -> str:
    """Text from outside on one line, without controls, of bounded length."""
    if not isinstance(data, str):
        return ""
    shown = "".join(
        " " if char.isspace() else char
        for char in data[: 4 * most]
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    line = " ".join(shown.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 0.0

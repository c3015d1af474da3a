"""The two ways to a model: the client that a ChatOpenAI holds, or any LangChain chat model."""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import SplitResult, urlsplit

from toolweave.core.errors import InputError
from toolweave.llm.answers import Reply, reply_of, text_of, writable
from toolweave.llm.retries import Fault, Trouble, quoted, retry_after, trouble_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OPENAI_URL = "https://api.openai.com/v1"
DUMMY_KEY = "not-needed"


class Wire(Protocol):
    """Carries one request to a model and its reply back, once."""

    async def ask(self, request: dict[str, Any]) -> Reply:
        """The model's reply.

        Raises:
            Trouble: there is none.
        """
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...


class Address:
    """Where a server is and the key it wants: the arguments, else the environment.

    Raises:
        InputError: neither names a server, the address cannot be used, or OpenAI's key is missing.
    """

    def __init__(self, base_url: str | None, api_key: str | None) -> None:
        url = base_url or os.environ.get("OPENAI_BASE_URL", "").strip()
        key = (api_key or os.environ.get("OPENAI_API_KEY", "")).strip()
        if not (key.isascii() and key.isprintable()):
            raise InputError(
                "the key holds characters that no key has", mend="copy OPENAI_API_KEY again"
            )
        if not url and not key:
            raise InputError(
                "no model server is named",
                mend="give a base URL (--base-url or OPENAI_BASE_URL), or set OPENAI_API_KEY, "
                "or use the offline model",
            )
        parts = _split(url or OPENAI_URL)
        if "@" in parts.netloc:
            raise InputError(
                f"the address of {parts.hostname} holds a user or password",
                mend="put the key into OPENAI_API_KEY and leave it out of the address",
            )
        self.is_openai = parts.hostname == "api.openai.com"
        if self.is_openai and not key:
            raise InputError("OpenAI's server wants a key", mend="set OPENAI_API_KEY")
        self.url = url or OPENAI_URL
        self.key = key or DUMMY_KEY
        # Without what may stand after a question mark, which can be secret.
        self.shown = f"{parts.scheme}://{parts.netloc}{parts.path}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass  # brackets or a port that are none: said below like the rest
    raise InputError(
        f"{quoted(url)!r} is not the address of a server",
        mend="write it like http://127.0.0.1:8000/v1",
    )


class _Place(NamedTuple):
    """Where calls go to, for what is said about them."""

    shown: str
    timeout: float
    key: str = ""

    def reply(self, body: object) -> Reply:
        """The reply in what came back, or the trouble."""
        if isinstance(body, str):  # JSON sent under another content type, or a page of a proxy
            try:
                body = json.loads(body)
            except (ValueError, RecursionError):
                raise self._nonsense() from None
        reply = reply_of(body)
        if reply is not None:
            return reply
        if isinstance(body, Mapping) and body.get("error"):
            raise self._refused(200, body["error"], {})
        raise self._nonsense()

    def trouble(self, error: Exception) -> Trouble:
        """What an error of a client means."""
        import openai

        if isinstance(error, openai.APIStatusError):
            return self._refused(error.status_code, error.body, error.response.headers)
        if _timed_out(error):
            return Trouble(
                Fault.TIMEOUT,
                f"{self.shown} did not answer within {self.timeout:g} s",
                mend="raise the timeout, or lower --concurrency",
            )
        if isinstance(error, ValueError):
            return self._nonsense()
        return Trouble(
            Fault.UNREACHABLE,
            f"cannot reach {self.shown}: {_why(error)}",
            mend="check that the server runs and the base URL is right",
        )

    def _nonsense(self) -> Trouble:
        return Trouble(
            Fault.BROKEN,
            f"{self.shown} answered something that is no chat completion",
            mend="check the base URL, which usually ends in /v1",
        )

    def _refused(self, status: int, body: object, headers: Mapping[str, str]) -> Trouble:
        inner = body.get("error", body) if isinstance(body, Mapping) else body
        words, code = str(inner or ""), ""
        if isinstance(inner, Mapping):
            words = str(inner.get("message") or inner)
            number = inner.get("code")
            code = str(number or inner.get("type") or "")
            if status == 200:
                status = number if isinstance(number, int) and 400 <= number < 600 else 502
        wait = retry_after(headers, datetime.now(UTC))
        return trouble_of(status, quoted(words, self.key), code, wait, self.shown)


class OpenAIWire:
    """The fast way: posts through the AsyncOpenAI client of a configured ChatOpenAI.

    Bound to the event loop it is first used in.

    Args:
        timeout: seconds for one whole call.
    """

    def __init__(self, model: str, address: Address, timeout: float) -> None:
        import openai
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        self._at = _Place(address.shown, timeout, address.key)
        self._timeout = timeout
        chat = ChatOpenAI(
            model=model,
            base_url=address.url,
            api_key=SecretStr(address.key),
            max_retries=0,
            timeout=timeout,
            # A redirect would carry prompts to a server nobody named.
            http_async_client=openai.DefaultAioHttpClient(follow_redirects=False),
        )
        self._client: openai.AsyncOpenAI = chat.root_async_client

    async def ask(self, request: dict[str, Any]) -> Reply:
        """One request to ``/chat/completions``.

        Raises:
            Trouble: no chat completion came back.
        """
        return self._at.reply(await self.body(request))

    async def message(self, request: dict[str, Any]) -> Mapping[str, Any]:
        """The message that answers one request, with the calls in it.

        Raises:
            Trouble: no chat completion came back.
        """
        body = await self.body(request)
        self._at.reply(body)
        body = json.loads(body) if isinstance(body, str) else body
        choice = next(iter(body["choices"]), None) if isinstance(body, Mapping) else None
        message = choice.get("message") if isinstance(choice, Mapping) else None
        return message if isinstance(message, Mapping) else {}

    async def body(self, request: dict[str, Any]) -> object:
        """Whatever the server answers to one request.

        Raises:
            Trouble: it answers with an error, or not at all.
        """
        import openai

        try:
            async with asyncio.timeout(self._timeout):
                return await self._client.post("/chat/completions", cast_to=object, body=request)
        except (openai.APIError, TimeoutError, ValueError) as error:
            # Not chained: the client's error quotes the server, and servers quote keys.
            raise self._at.trouble(error) from None

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.close()


class LangChainWire:
    """The general way: ``ainvoke`` of a LangChain chat model that the user configured."""

    def __init__(self, model: "BaseChatModel", timeout: float) -> None:
        self._model = model
        self._timeout = timeout
        self._at = _Place(f"the model {name_of(model)!r}", timeout)

    async def ask(self, request: dict[str, Any]) -> Reply:
        """One call with the request's messages; the model's own settings rule the rest.

        Raises:
            Trouble: no answer came back. Errors of other providers' own kinds are left as they are.
        """
        import httpx
        import openai

        messages = [(message["role"], message["content"]) for message in request["messages"]]
        try:
            async with asyncio.timeout(self._timeout):
                said = await self._model.ainvoke(messages)
        except (openai.APIError, OSError, httpx.TransportError) as error:
            raise self._at.trouble(error) from None
        about = said.response_metadata or {}
        usage = said.usage_metadata or {"input_tokens": 0, "output_tokens": 0}
        calls = getattr(said, "tool_calls", None) or []
        refusal = said.additional_kwargs.get("refusal")
        return Reply(
            text=writable(text_of(said.content) or (json.dumps(calls[0]["args"]) if calls else "")),
            cut=(about.get("finish_reason") or about.get("stop_reason"))
            in ("length", "max_tokens", "MAX_TOKENS"),
            refusal=refusal if isinstance(refusal, str) else "",
            prompt_tokens=usage["input_tokens"],
            completion_tokens=usage["output_tokens"],
        )

    async def aclose(self) -> None:
        """Nothing to do: the model belongs to the user."""


def name_of(model: "BaseChatModel") -> str:
    """What a LangChain model is called on its server, or its class where it does not say."""
    for attribute in ("model_name", "model"):
        name = getattr(model, attribute, None)
        if isinstance(name, str) and name:
            return name
    return type(model).__name__


def settings_of(model: "BaseChatModel") -> str:
    """A LangChain model's settings in one string, keys left out, to tell cached answers apart."""
    from langchain_core.load import dumps

    return dumps(model)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(8):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def _timed_out(error: Exception) -> bool:
    import httpx
    import openai

    if any(isinstance(cause, TimeoutError | httpx.TimeoutException) for cause in _causes(error)):
        return True
    # The aiohttp transport also says ConnectTimeout when a connection is refused or breaks.
    kind = type(error.__cause__).__name__
    return isinstance(error, openai.APITimeoutError) and kind != "ConnectTimeout"


def _why(error: BaseException) -> str:
    """The operating system's word for what broke."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno and cause.errno > 0:
            return os.strerror(cause.errno)
        if isinstance(cause, OSError) and cause.strerror:
            return quoted(cause.strerror)
    return "the connection broke"

"""What a service is started with, handed from the command to its workers."""

import ipaddress
from collections.abc import Mapping
from typing import Final, Literal

from pydantic import Field

from toolweave.configs.run import ModelSettings
from toolweave.core.errors import InputError
from toolweave.core.model import FORMAT_VERSION, Record
from toolweave.core.tool import Toolset
from toolweave.graph.checkpoints import DEFAULT_STORE
from toolweave.graph.faults import FaultProfile

# What a worker reads; the command writes it before it starts them.
SETTINGS_VARIABLE: Final = "TOOLWEAVE_SERVICE"
KEY_VARIABLE: Final = "TOOLWEAVE_API_KEY"
SECRET_VARIABLE: Final = "TOOLWEAVE_TOKEN_SECRET"
STORE_VARIABLE: Final = "TOOLWEAVE_STORE"
LEAST_SECRET: Final = 16
# Enough for one client's work; beyond it, somebody tries keys or means harm.
RATE_ELSEWHERE: Final = 50.0
_LOCAL: Final = frozenset({"localhost", "ip6-localhost"})


class Access(Record):
    """Where something listens, and what it lets in.

    Attributes:
        host, port: where it listens.
        allowed_hosts: names it is called by beside its own address, for requests from elsewhere.
        most_body: bytes that a request may have.
        rate: requests a second that one client may make, 0 for any number.
        body_seconds: how long a client may take to send a request.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    allowed_hosts: tuple[str, ...] = ()
    most_body: int = Field(default=2_000_000, ge=1_000)
    rate: float = Field(default=0, ge=0)
    body_seconds: float = Field(default=20, gt=0)

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


class ServiceSettings(Access):
    """Everything about a service that is no secret; secrets stay in the environment.

    Attributes:
        tools: a file with the toolset that requests are about where they bring none of their own.
        workers: processes.
        model: who words turns, and who chooses calls in mode ``assistant``.
        lifetime: seconds after which context tokens end; None for never.
        faults: how often simulated calls fail.
        verbose: whether every request is logged.
    """

    version: Literal[1] = FORMAT_VERSION
    tools: str = ""
    workers: int = Field(default=1, ge=1, le=256)
    model: ModelSettings = ModelSettings()
    lifetime: float | None = Field(default=None, gt=0)
    faults: FaultProfile = FaultProfile()
    verbose: bool = False


class Secrets(Record):
    """What only the environment holds. ``token_keys`` sign, the last one of them anew."""

    api_key: str = ""
    token_keys: tuple[str, ...] = ()
    store: str = DEFAULT_STORE

    def __repr__(self) -> str:
        return "Secrets(…)"

    __str__ = __repr__


def secrets_of(environment: Mapping[str, str]) -> Secrets:
    """The secrets that the environment holds.

    Raises:
        InputError: one of them is too short to be one.
    """
    key = environment.get(KEY_VARIABLE, "").strip()
    tokens = tuple(filter(None, environment.get(SECRET_VARIABLE, "").split(",")))
    for name, secret in ((KEY_VARIABLE, key), *((SECRET_VARIABLE, one) for one in tokens)):
        if secret and len(secret) < LEAST_SECRET:
            problem = f"{name} has fewer than {LEAST_SECRET} characters"
            raise InputError(problem, mend="take a longer one: openssl rand -hex 24")
    store = environment.get(STORE_VARIABLE, "") or DEFAULT_STORE
    return Secrets(api_key=key, token_keys=tokens, store=store)


def guarded(settings: Access, secrets: Secrets) -> None:
    """See that nobody beyond this machine gets in without a key.

    Raises:
        InputError: the address can be reached from elsewhere, and there is no key.
    """
    if not settings.local and not secrets.api_key:
        raise InputError(
            f"{settings.host!r} can be reached from elsewhere, and there is no key",
            place="--host",
            mend=f"set {KEY_VARIABLE} in the environment, or listen on 127.0.0.1",
        )


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    text = host.strip("[]").casefold()
    if text in _LOCAL:
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def toolset_of(settings: ServiceSettings) -> Toolset | None:
    """The toolset that the service was started with.

    Raises:
        InputError: the file cannot be read.
    """
    if not settings.tools:
        return None
    from toolweave.toolgraph.inference.inferring import infer_results
    from toolweave.toolgraph.readers import load_tools

    return infer_results(load_tools(settings.tools))

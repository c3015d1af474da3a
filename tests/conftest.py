"""No test reaches beyond this machine: sockets connect to loopback and to local files only."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class BeyondLoopbackError(RuntimeError):
    """A test tried to reach another machine."""


def _is_loopback(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes | bytearray) else str(host)
    if text == "localhost":
        return True
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_beyond_loopback(family: int, address: Any) -> None:
    if family == socket.AF_UNIX or (isinstance(address, tuple) and _is_loopback(address[0])):
        return
    raise BeyondLoopbackError(f"tests stay on loopback, but one tried to reach {address!r}")


@pytest.fixture(scope="session", autouse=True)
def _stay_on_loopback() -> Iterator[None]:
    """Refuse connections, datagrams and name look-ups that would leave the machine."""
    real_look_up = socket.getaddrinfo

    def guarded(name: str) -> Any:
        real = getattr(socket.socket, name)

        def call(sock: socket.socket, *args: Any) -> Any:
            # sendto takes the address last, after the data and optional flags.
            _refuse_beyond_loopback(sock.family, args[-1])
            return real(sock, *args)

        return call

    def look_up(host: Any, *args: Any, **options: Any) -> Any:
        # No host at all means this machine.
        if host is not None and not _is_loopback(host):
            raise BeyondLoopbackError(f"tests stay on loopback, but one looked up {host!r}")
        return real_look_up(host, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, guarded(name))
        patch.setattr(socket, "getaddrinfo", look_up)
        yield

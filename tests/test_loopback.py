"""The guard that keeps tests on this machine."""

import socket
import tempfile
from pathlib import Path

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("0.0.0.0", 80), ("example.org", 80)])
def test_connections_beyond_loopback_are_refused(address: tuple[str, int]) -> None:
    with (
        socket.socket() as sock,
        pytest.raises(RuntimeError, match="stay on loopback"),
    ):
        sock.connect(address)


def test_datagrams_beyond_loopback_are_refused() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as sock,
        pytest.raises(RuntimeError, match="stay on loopback"),
    ):
        sock.sendto(b"hello", ("192.0.2.1", 53))


def test_names_of_other_machines_are_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"looked up 'example\.org'"):
        socket.create_connection(("example.org", 80))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port)) as client:
            client.sendall(b"hello")
            peer, _ = server.accept()
            with peer:
                assert peer.recv(5) == b"hello"


def test_local_socket_files_are_open() -> None:
    # Socket paths are short by law (about 100 bytes), so pytest's own long folder will not do.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        path = str(Path(folder) / "s")
        server.bind(path)
        server.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            assert client.getpeername() == path

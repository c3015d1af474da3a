"""The compose file: what it demands is what is read, and what it starts is what is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.deployment.conftest import seconds
from toolweave.core.errors import InputError
from toolweave.graph.checkpoints import check_url
from toolweave.service.serving import GRACE_SECONDS
from toolweave.service.settings import (
    KEY_VARIABLE,
    SECRET_VARIABLE,
    STORE_VARIABLE,
    ServiceSettings,
    guarded,
    secrets_of,
)

if TYPE_CHECKING:
    from tests.deployment.conftest import Image, Json, Parse

ROOT = Path(__file__).parents[2]
GIVEN = re.compile(r"\$\{(\w+):\?[^{}]+\}")
# What the image of PostgreSQL reads.
OF_POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


def filled(environment: Json) -> dict[str, str]:
    """The environment of a container where every variable that is asked for is given."""
    return {name: GIVEN.sub("given-and-long-enough", said) for name, said in environment.items()}


def test_no_secret_stands_in_it_and_none_may_be_left_out(compose: Json) -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    assert text.count("$") == len(GIVEN.findall(text))
    for one in compose["services"].values():
        for name, said in one["environment"].items():
            if re.search("KEY|SECRET|PASSWORD", name):
                assert GIVEN.fullmatch(said), name


def test_every_variable_is_one_that_somebody_reads(compose: Json, service: Json) -> None:
    pq = pytest.importorskip("psycopg.pq", reason="psycopg is not installed")
    drivers = {one.envvar.decode() for one in pq.Conninfo.get_defaults() if one.envvar}
    ours = {KEY_VARIABLE, SECRET_VARIABLE, STORE_VARIABLE}
    assert service["environment"].keys() - drivers == ours
    assert compose["services"]["postgres"]["environment"].keys() == OF_POSTGRES


def test_the_readme_writes_what_is_asked_for() -> None:
    asked = set(GIVEN.findall((ROOT / "compose.yaml").read_text("utf-8")))
    readme = (ROOT / "deploy" / "README.md").read_text("utf-8")
    (written,) = re.findall(r"for name in ([A-Z_ ]+); do", readme)
    assert set(written.split()) == asked
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").split()


def test_its_command_is_one_that_toolweave_knows(service: Json, image: Image, parse: Parse) -> None:
    given = parse([*image.command("ENTRYPOINT"), *service["command"]])
    assert given["command"] == "serve"
    assert given["workers"] > 1
    settings = ServiceSettings(host=given["host"], port=given["port"])
    environment = filled(service["environment"])
    guarded(settings, secrets_of(environment))
    with pytest.raises(InputError):
        guarded(settings, secrets_of({**environment, KEY_VARIABLE: ""}))
    (published,) = service["ports"]
    assert published == f"127.0.0.1:{given['port']}:{given['port']}"


def test_the_store_is_the_database_beside_it(compose: Json, service: Json) -> None:
    database = compose["services"]["postgres"]
    url = urlsplit(check_url(service["environment"][STORE_VARIABLE]))
    assert url.password is None
    assert url.hostname in compose["services"]
    names = (database["environment"]["POSTGRES_USER"], database["environment"]["POSTGRES_DB"])
    assert (url.username, url.path.strip("/")) == names
    assert service["environment"]["PGPASSWORD"] == database["environment"]["POSTGRES_PASSWORD"]
    probe = database["healthcheck"]["test"]
    for option, name in zip(("--username", "--dbname"), names, strict=True):
        assert probe[probe.index(option) + 1] == name
    assert service["depends_on"][url.hostname] == {"condition": "service_healthy"}
    assert "ports" not in database


def test_nothing_that_it_keeps_is_lost_with_a_container(compose: Json) -> None:
    (mounted,) = compose["services"]["postgres"]["volumes"]
    volume, _, place = mounted.partition(":")
    assert volume in compose["volumes"]
    assert place == "/var/lib/postgresql/data"


def test_it_waits_for_requests_to_finish_and_grants_no_rights(service: Json) -> None:
    assert seconds(service["stop_grace_period"]) > GRACE_SECONDS
    assert service["init"] is service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "/tmp" in service["tmpfs"]

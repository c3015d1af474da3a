"""OpenAPI operations become tools; one that is broken costs only itself."""

from typing import Any

import pytest

from toolweave.core.errors import InputError
from toolweave.core.tool import Effect, Tool
from toolweave.toolgraph.importing import Imported, import_tools
from toolweave.toolgraph.readers import check_toolset

_OK = {"200": {"description": "fine"}}


def _import(paths: dict[str, Any], version: str = "3.0.3", **more: Any) -> Imported:
    imported = import_tools({"openapi": version, "info": {}, "paths": paths, **more}, infer=False)
    check_toolset(imported.toolset)
    return imported


def _tool(path: str, method: str, operation: dict[str, Any], **more: Any) -> Tool:
    return _import(
        {path: {method: {"operationId": "op", "responses": _OK, **operation}}}, **more
    ).toolset.tools[0]


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _param(name: str, where: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "schema": {"type": "string"}, **more}


def test_path_query_header_and_body_are_merged_without_clashes() -> None:
    body = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "limit": {"type": "integer"}},
        "required": ["id"],
    }
    tool = _tool(
        "/things/{id}",
        "put",
        {
            "parameters": [
                _param("id", "path", required=True),
                _param("limit", "query"),
                _param("X-Trace", "header"),
            ],
            "requestBody": {"required": True, **_json(body)},
        },
    )
    assert list(tool.parameters["properties"]) == [
        "id",
        "limit",
        "X-Trace",
        "body_id",
        "body_limit",
    ]
    assert tool.parameters["required"] == ["id", "body_id"]
    assert tool.effect == Effect(kind="update", entity="thing")
    assert tool.origin is not None
    assert sum("stands twice" in note for note in tool.origin.notes) == 2


def test_a_prefixed_name_that_is_taken_too_gets_a_number() -> None:
    tool = _tool(
        "/a/{id}",
        "get",
        {"parameters": [_param("id", "path"), _param("id", "query"), _param("query_id", "query")]},
    )
    assert sorted(tool.parameters["properties"]) == ["id", "query_id", "query_id_2"]


def test_an_operations_parameter_stands_over_its_paths() -> None:
    item = {
        "parameters": [_param("a", "query", description="of the path"), _param("b", "query")],
        "get": {
            "parameters": [_param("a", "query", description="own", required=True)],
            "responses": _OK,
        },
    }
    tool = _import({"/x": item}).toolset.tools[0]
    assert tool.parameters["properties"]["a"]["description"] == "own"
    assert tool.parameters["required"] == ["a"]
    assert tool.name == "get_x"


def test_credentials_and_cookies_are_left_out_and_said() -> None:
    schemes = {"securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "appid"}}}
    tool = _tool(
        "/x",
        "get",
        {
            "parameters": [
                _param("Authorization", "header"),
                _param("sid", "cookie"),
                _param("appid", "query"),
                _param("q", "query"),
            ]
        },
        components=schemes,
    )
    assert list(tool.parameters["properties"]) == ["q"]
    assert tool.origin is not None
    assert len(tool.origin.notes) == 3


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_are_taken_apart(kind: str) -> None:
    schema = {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}, "n": {"type": "integer"}},
    }
    tool = _tool("/x", "post", {"requestBody": {"content": {kind: {"schema": schema}}}})
    assert sorted(tool.parameters["properties"]) == ["file", "n"]


def test_other_bodies_are_one_parameter() -> None:
    listed = _json({"type": "array", "items": {"$ref": "#/components/schemas/User"}})
    users = {
        "components": {
            "schemas": {"User": {"type": "object", "properties": {"n": {"type": "string"}}}}
        }
    }
    assert list(_tool("/x", "post", {"requestBody": listed}, **users).parameters["properties"]) == [
        "users"
    ]
    raw = {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    }
    assert list(_tool("/x", "post", {"requestBody": raw}).parameters["properties"]) == ["file"]
    choice = _json({"oneOf": [{"type": "object"}, {"type": "string"}]})
    assert list(_tool("/x", "post", {"requestBody": choice}).parameters["properties"]) == ["body"]


def test_read_only_properties_are_not_asked_for_and_write_only_ones_not_returned() -> None:
    schemas = {
        "User": {
            "type": "object",
            "required": ["id", "secret"],
            "properties": {
                "id": {"type": "string", "readOnly": True},
                "secret": {"type": "string", "writeOnly": True},
            },
        }
    }
    ref = {"$ref": "#/components/schemas/User"}
    tool = _tool(
        "/users",
        "post",
        {"requestBody": _json(ref), "responses": {"201": {"description": "d", **_json(ref)}}},
        components={"schemas": schemas},
    )
    assert tool.parameters["required"] == ["secret"]
    assert list(tool.results["properties"]) == ["id"]


def test_an_update_keeps_the_identifier_without_which_nothing_is_named() -> None:
    pet = {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "name": {"type": "string"},
            "age": {"type": "integer", "readOnly": True},
        },
    }
    kept = _tool("/pet", "put", {"requestBody": _json(pet)})
    assert list(kept.parameters["properties"]) == ["id", "name"]
    assert kept.parameters["required"] == ["id"]
    assert kept.origin is not None
    assert any("'id' is readOnly and was kept" in note for note in kept.origin.notes)
    named = [{"name": "petId", "in": "path", "required": True, "schema": {"type": "integer"}}]
    told = _tool("/pet/{petId}", "put", {"requestBody": _json(pet), "parameters": named})
    assert list(told.parameters["properties"]) == ["petId", "name"]
    made = _tool("/pet", "post", {"requestBody": _json(pet)})
    assert list(made.parameters["properties"]) == ["name"]


def test_results_are_objects_named_for_what_they_hold() -> None:
    def results(schema: dict[str, Any]) -> dict[str, Any]:
        return _tool(
            "/pets", "get", {"responses": {"200": {"description": "d", **_json(schema)}}}
        ).results

    assert list(results({"type": "array", "items": {"type": "string"}})["properties"]) == ["pets"]
    assert results({"type": "integer"})["properties"] == {"result": {"type": "integer"}}
    parts = {
        "allOf": [
            {"type": "object", "properties": {"a": {}}},
            {"type": "object", "properties": {"b": {}}},
        ]
    }
    assert list(results(parts)["properties"]) == ["a", "b"]
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert results(counts) == counts


def test_documented_failures_become_errors() -> None:
    responses = {
        "200": {"description": "fine"},
        "404": {"description": "No such pet"},
        409: {"description": ""},
        "5XX": {"description": "Broken"},
        "default": {"$ref": "#/components/responses/Odd"},
    }
    tool = _tool(
        "/pets/{id}",
        "delete",
        {"responses": responses},
        components={"responses": {"Odd": {"description": "Odd"}}},
    )
    found = {error.code: error.message for error in tool.errors}
    assert found == {
        "not_found": "No such pet",
        "conflict": "Conflict",
        "server_error": "Broken",
        "error": "Odd",
    }
    assert tool.effect == Effect(kind="delete", entity="pet")


@pytest.mark.parametrize(
    ("method", "path", "name", "effect"),
    [
        ("get", "/pets", "listPets", Effect(kind="read", entity="pet")),
        ("post", "/pets", "addPet", Effect(kind="create", entity="pet")),
        ("post", "/pets/search", "searchPets", Effect(kind="read", entity="pet")),
        ("post", "/orders/{id}/cancel", "cancelOrder", Effect(kind="delete", entity="order")),
        ("post", "/pets/{id}/photo", "uploadIt", Effect(kind="create", entity="photo")),
        ("post", "/pets/{id}/uploadImage", "uploadIt", Effect(kind="update", entity="pet")),
        ("post", "/pets/{id}", "store", Effect(kind="update", entity="pet")),
        ("patch", "/v2/PhoneNumbers/{Number}", "patchIt", Effect(kind="update", entity="number")),
    ],
)
def test_method_name_and_path_give_the_effect(
    method: str, path: str, name: str, effect: Effect
) -> None:
    assert _tool(path, method, {"operationId": name}).effect == effect


def test_a_recursive_schema_stays_finite() -> None:
    schemas = {
        "Node": {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node"}}}
    }
    ref = {"$ref": "#/components/schemas/Node"}
    tool = _tool(
        "/n",
        "get",
        {"responses": {"200": {"description": "d", **_json(ref)}}},
        components={"schemas": schemas},
    )
    assert tool.results["properties"]["child"] == {"$ref": "#/$defs/Node"}
    assert tool.results["$defs"]["Node"]["properties"]["child"] == {"$ref": "#/$defs/Node"}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"parameters": [{"$ref": "other.yaml#/P"}]}, "nothing is fetched"),
        ({"parameters": [{"$ref": "#/components/parameters/None"}]}, "does not resolve"),
        ({"parameters": [{"$ref": "#/components/parameters/Loop"}]}, "leads back to itself"),
        ({"requestBody": _json({"$ref": "http://example.com/a.json"})}, "nothing is fetched"),
        ({"responses": {"200": _json({"$ref": "#/components/schemas/Loop"})}}, "itself"),
        ({"parameters": [7]}, "not an object"),
        (5, "not an object"),
    ],
)
def test_a_broken_operation_is_listed_and_its_siblings_stay(broken: Any, said: str) -> None:
    loop = {"$ref": "#/components/parameters/Loop"}
    schema = {"$ref": "#/components/schemas/Loop"}
    imported = _import(
        {
            "/good": {"get": {"operationId": "good"}},
            "/bad": {"get": broken},
            "/fine": {"post": {"operationId": "fine"}},
        },
        components={"parameters": {"Loop": loop}, "schemas": {"Loop": schema}},
    )
    assert [tool.name for tool in imported.toolset.tools] == ["good", "fine"]
    assert [dropped.place for dropped in imported.dropped] == ["GET /bad"]
    assert said in imported.dropped[0].reason


def test_webhooks_are_ignored_and_said() -> None:
    imported = _import({"/a": {"get": {}}}, "3.1.0", webhooks={"w": {"post": {}}})
    assert imported.remarks == ("webhooks were ignored: 1",)


def test_an_older_document_is_refused_in_one_line() -> None:
    with pytest.raises(InputError, match=r"Swagger 2\.0 documents are not read"):
        import_tools({"swagger": "2.0", "paths": {}})
    with pytest.raises(InputError, match="has no paths"):
        import_tools({"openapi": "3.1.0"})


def test_shared_definitions_are_converted_alike_in_every_operation() -> None:
    schemas = {"S": {"type": "object", "properties": {"a": {"type": "string", "nullable": True}}}}
    held = {
        "description": "d",
        **_json({"type": "object", "properties": {"s": {"$ref": "#/components/schemas/S"}}}),
    }
    paths = {f"/x{i}": {"get": {"responses": {"200": held}}} for i in range(3)}
    tools = _import(paths, components={"schemas": schemas}).toolset.tools
    assert len({str(tool.results) for tool in tools}) == 1
    assert tools[2].results["$defs"]["S"]["properties"]["a"] == {"type": ["string", "null"]}
    assert all(tool.origin and tool.origin.notes for tool in tools)

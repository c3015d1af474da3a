"""Results of tools grown from a pack agree with each other, by what the pack says of attributes."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from toolweave.configs.packs import load_pack
from toolweave.configs.vocabulary import vocabulary
from toolweave.core.binding import Selector
from toolweave.core.model import JsonObject
from toolweave.core.plan import Decision
from toolweave.core.tool import Effect, EffectKind, Origin, Tool
from toolweave.memory.identity import Identity
from toolweave.memory.world import commit, narrowing, new_world, settle
from toolweave.schema.sampling import sample

NOW = datetime(2025, 8, 27, 21, 24, 5, tzinfo=UTC)
SEEDS = range(12)


def grown(
    domain: str,
    name: str,
    effect: tuple[EffectKind, str],
    takes: Sequence[str],
    gives: Sequence[str],
    rows: str = "",
) -> Tool:
    """A tool as it grows from a shipped pack: its attributes have the pack's schemas."""
    known = vocabulary(load_pack(domain))

    def described(names: Sequence[str], required: Sequence[str]) -> JsonObject:
        properties = {one: dict(known[one].schema) for one in names}
        return {"type": "object", "properties": properties, "required": list(required)}

    results = described(gives, gives)
    if rows:
        listed = {"type": "array", "items": results}
        results = {"type": "object", "properties": {rows: listed}, "required": [rows]}
    return Tool(
        name=name,
        parameters=described(takes, ()),
        results=results,
        effect=Effect(kind=effect[0], entity=effect[1]),
        origin=Origin(source=f"synthesized:pack/{domain}"),
    )


class Desk:
    """Calls tools one after the other in one world."""

    def __init__(self, *tools: Tool, seed: int = 0) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self.identity = Identity.of(tools)
        self.world = new_world(NOW)
        self.rng = random.Random(seed)

    def call(self, name: str, arguments: dict[str, Any], **needs: Any) -> Any:
        tool = self.tools[name]
        granted = narrowing(tool, arguments, self.world, self.identity, rng=self.rng, **needs)
        drawn = sample(granted.schema, self.rng, optional=1)
        result = settle(drawn, tool, arguments, granted.schema)
        self.world = commit(self.world, tool, arguments, result, self.identity)
        return result


FIND_CREW = grown(
    "film_industry", "search_crew", ("read", "crew_member"), ["crew_position"],
    ["crew_id", "crew_name", "day_rate"], "crew_members",
)  # fmt: skip
NAMED_CREW = grown(
    "film_industry", "find_crew_by_name", ("read", "crew_member"), ["crew_name"],
    ["crew_id", "crew_position", "day_rate"], "crew_members",
)  # fmt: skip
OFFER = grown(
    "film_industry", "offer_crew_deal", ("create", "crew_deal"),
    ["production_code", "crew_id", "deal_start", "deal_end", "day_rate", "kit_allowance"],
    ["deal_number", "deal_total"],
)  # fmt: skip
START_RETURN = grown(
    "customer_support", "start_return", ("create", "return"),
    ["order_number", "return_reason", "packing_state"], ["return_number", "return_status"],
)  # fmt: skip
GET_RETURN = grown(
    "customer_support", "get_return", ("read", "return"), ["return_number"],
    ["order_number", "return_status"],
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_who_was_found_by_their_work_is_found_by_their_name(seed: int) -> None:
    desk = Desk(FIND_CREW, NAMED_CREW, seed=seed)
    found = desk.call(
        "search_crew", {"crew_position": "gaffer"},
        picks=[("crew_members[].crew_id", Selector(kind="only"))],
    )["crew_members"][0]  # fmt: skip
    again = desk.call("find_crew_by_name", {"crew_name": found["crew_name"]})["crew_members"]
    assert again == [
        {"crew_id": found["crew_id"], "crew_position": "gaffer", "day_rate": found["day_rate"]}
    ]


def test_pay_for_all_days_is_the_rate_times_the_days_and_what_is_added() -> None:
    terms = {
        "production_code": "PR-5574", "crew_id": "CR-35300", "deal_start": "2025-09-29",
        "deal_end": "2025-10-01", "day_rate": 650, "kit_allowance": 75,
    }  # fmt: skip
    assert Desk(OFFER).call("offer_crew_deal", terms)["deal_total"] == 3 * 650 + 75


@pytest.mark.parametrize("seed", SEEDS)
def test_a_return_belongs_to_the_order_that_it_was_made_for(seed: int) -> None:
    desk = Desk(START_RETURN, GET_RETURN, seed=seed)
    sent = {"order_number": "3319-84700", "return_reason": "damaged", "packing_state": "not_packed"}
    made = desk.call("start_return", sent)
    assert made["return_status"] == "announced", "how it is packed is not where the return stands"
    read = desk.call("get_return", {"return_number": made["return_number"]})
    assert read == {"order_number": "3319-84700", "return_status": "announced"}


LIST_FIELDS = grown(
    "agriculture", "list_fields", ("read", "field"), ["member_number", "field_status"],
    ["field_id", "field_status"], "fields",
)  # fmt: skip
GET_FIELD = grown(
    "agriculture", "get_field", ("read", "field"), ["field_id"], ["acres", "field_status"]
)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_asked_for_by_its_state_comes_in_that_state_whatever_was_planned(
    seed: int,
) -> None:
    desk = Desk(LIST_FIELDS, GET_FIELD, seed=seed)
    planned = Decision(call="c1", path="fields[].field_status", operator="==", value="leased_out")
    only = [("fields[].field_id", Selector(kind="only"))]
    asked = {"member_number": "M-20417", "field_status": "prepared"}
    rows = desk.call("list_fields", asked, decisions=[planned], picks=only)["fields"]
    assert [row["field_status"] for row in rows] == ["prepared"]
    later = planned.model_copy(update={"path": "field_status"})
    read = desk.call("get_field", {"field_id": rows[0]["field_id"]}, decisions=[later])
    assert read["field_status"] == "prepared"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_state_that_is_decided_for_the_chosen_row_leaves_the_others_their_own(seed: int) -> None:
    desk = Desk(LIST_FIELDS, seed=seed)
    planned = Decision(call="c1", path="fields[].field_status", operator="==", value="leased_out")
    third = [("fields[].field_id", Selector(kind="index", index=2))]
    rows = desk.call("list_fields", {"member_number": "M-1"}, decisions=[planned], picks=third)
    assert rows["fields"][2]["field_status"] == "leased_out"
    if seed == 0:
        found = [
            row["field_status"]
            for other in range(20)
            for row in Desk(LIST_FIELDS, seed=other).call(
                "list_fields", {"member_number": "M-1"}, decisions=[planned], picks=third
            )["fields"]
        ]
        assert len({*found}) > 1


GET_BOOKING = grown(
    "transportation", "get_booking", ("read", "booking"), ["booking_code"],
    ["train_number", "travel_day", "departure_time", "booking_state"],
)  # fmt: skip
GET_DEPARTURE = grown(
    "transportation", "get_departure", ("read", "departure"), ["train_number"],
    ["origin_station", "departure_time"],
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ticket_that_was_used_is_for_a_day_gone_by(seed: int) -> None:
    used = Decision(call="c1", path="booking_state", operator="==", value="used")
    found = Desk(GET_BOOKING, seed=seed).call(
        "get_booking", {"booking_code": "HJB226"}, decisions=[used]
    )
    assert found["travel_day"] < NOW.date().isoformat()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_train_leaves_when_the_booking_says_it_does(seed: int) -> None:
    desk = Desk(GET_BOOKING, GET_DEPARTURE, seed=seed)
    booked = desk.call("get_booking", {"booking_code": "HJB226"})
    train = desk.call("get_departure", {"train_number": booked["train_number"]})
    assert train["departure_time"] == booked["departure_time"]


SUPPLIERS = grown(
    "retail", "search_suppliers", ("read", "supplier"), ["product_group"],
    ["supplier_number", "supplier_name"], "suppliers",
)  # fmt: skip
ARTICLES = grown(
    "retail", "search_articles", ("read", "article"), ["article_name"],
    ["article_number", "product_group", "shelf_price"], "articles",
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_goods_belong_to_their_group_and_come_from_who_deals_in_it(seed: int) -> None:
    desk = Desk(SUPPLIERS, ARTICLES, seed=seed)
    found = desk.call("search_suppliers", {"product_group": "storage"})["suppliers"]
    names = [row["supplier_name"] for row in found]
    assert {*names} <= {"Tidewell Home", "Pinecrest Furniture"} and len({*names}) == len(names)
    chairs = desk.call("search_articles", {"article_name": "folding chair"})["articles"]
    assert {row["product_group"] for row in chairs} <= {"furniture", "garden"}


CHANGE_COVER = grown(
    "insurance", "change_cover", ("update", "policy"), ["policy_number", "cover"],
    ["recalculated_premium", "invoice_number"],
)  # fmt: skip
INVOICES = grown(
    "insurance", "list_invoices", ("read", "invoice"), ["policy_number"],
    ["invoice_number", "invoice_amount"], "invoices",
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_invoice_of_a_change_is_among_the_policys_invoices(seed: int) -> None:
    desk = Desk(CHANGE_COVER, INVOICES, seed=seed)
    policy = {"policy_number": "AU-785953-T"}
    made = desk.call("change_cover", {**policy, "cover": "full_cover"})
    listed = desk.call("list_invoices", policy)["invoices"]
    assert made["invoice_number"] in [row["invoice_number"] for row in listed]


SIGN_INS = grown(
    "cybersecurity", "list_sign_ins", ("read", "login"), ["login_id", "sign_in_country"],
    ["sign_in_country", "source_ip", "device_id"], "sign_ins",
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_without_a_name_of_their_own_keep_to_the_filter_too(seed: int) -> None:
    asked = {"login_id": "u33672", "sign_in_country": "Vietnam"}
    rows = Desk(SIGN_INS, seed=seed).call("list_sign_ins", asked)["sign_ins"]
    assert {row["sign_in_country"] for row in rows} <= {"Vietnam"}


ORDERS = grown(
    "customer_support", "get_order", ("read", "order"), ["order_number"],
    ["product_name", "warranty_number"],
)  # fmt: skip
WARRANTY = grown(
    "customer_support", "get_warranty", ("read", "warranty"), ["warranty_number"],
    ["order_number", "product_name"],
)  # fmt: skip
DELIVERIES = grown(
    "supply_chain", "list_deliveries", ("read", "delivery"), ["warehouse_name", "arriving_from"],
    ["delivery_number", "expected_arrival"], "deliveries",
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_warranty_of_an_order_covers_what_was_ordered(seed: int) -> None:
    desk = Desk(ORDERS, WARRANTY, seed=seed)
    order = desk.call("get_order", {"order_number": "3102-85037"})
    read = desk.call("get_warranty", {"warranty_number": order["warranty_number"]})
    assert read == {"order_number": "3102-85037", "product_name": order["product_name"]}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_arrives_from_a_day_on_arrives_no_earlier(seed: int) -> None:
    asked = {"warehouse_name": "Canal Yard", "arriving_from": "2025-08-30"}
    rows = Desk(DELIVERIES, seed=seed).call("list_deliveries", asked)["deliveries"]
    assert all(row["expected_arrival"] >= "2025-08-30" for row in rows)


CHECK_CASE = grown(
    "logistics", "check_customs_case", ("read", "customs_case"), ["customs_case_id"],
    ["declaration_id", "tracking_number", "hold_reason"],
)  # fmt: skip
GET_DECLARATION = grown(
    "logistics", "get_customs_declaration", ("read", "customs_declaration"), ["declaration_id"],
    ["tracking_number", "customs_case_id"],
)  # fmt: skip
GET_SHIPMENT = grown(
    "logistics", "track_shipment", ("read", "shipment"), ["tracking_number"], ["shipment_status"]
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_thing_is_about_what_the_thing_that_named_it_is_about(seed: int) -> None:
    desk = Desk(CHECK_CASE, GET_DECLARATION, GET_SHIPMENT, seed=seed)
    case = desk.call("check_customs_case", {"customs_case_id": "CU817896"})
    papers = desk.call("get_customs_declaration", {"declaration_id": case["declaration_id"]})
    assert papers == {
        "tracking_number": case["tracking_number"], "customs_case_id": "CU817896",
    }  # fmt: skip

"""What things of common kinds are told by: the fields and states that people expect of them."""

from collections.abc import Mapping
from typing import Final

from toolweave.checks.words_en import listed

_FIELDS: Final[dict[str, str]] = {
    "doctor physician dentist specialist therapist": "specialty next_available_date rating",
    "nurse employee staff colleague": "department email",
    "hotel hostel resort": "city rating price_per_night",
    "room": "room_type price_per_night capacity",
    "flight": "departure_time arrival_time price",
    "train bus ferry": "departure_time arrival_time price",
    "airport station": "city country",
    "restaurant cafe bar": "cuisine address rating",
    "dish menu_item": "price description",
    "product": "price stock",
    "book": "author year price",
    "movie film": "director year rating",
    "song track": "artist duration_minutes",
    "album playlist": "artist track_count",
    "event meeting conference class workshop": "start_time end_time location",
    "concert show match game": "start_time venue_name ticket_price",
    "slot window": "start_time end_time",
    "appointment": "start_time location",
    "repository repo": "description language star_count",
    "commit": "message author committed_at",
    "branch": "author updated_at",
    "file document attachment": "size_kb modified_at",
    "folder directory": "item_count modified_at",
    "job vacancy": "company city salary",
    "course": "instructor start_date price",
    "apartment house listing home": "address price bedroom_count",
    "car vehicle": "model year price",
    "article news headline": "source published_at",
    "recipe": "duration_minutes servings",
    "store shop branch_office pharmacy": "address phone",
    "stock share quote": "price change_percent volume",
    "holding position": "quantity price market_value",
    "transaction charge": "amount transaction_date merchant_name",
    "payment deposit": "amount payment_date",
    "invoice bill": "amount due_date",
    "order purchase": "total order_date",
    "email mail": "sender_name subject sent_at",
    "message notification": "sender_name sent_at",
    "contact customer person client user member": "email phone",
    "lead": "company email",
    "company organization": "city employee_count",
    "deal opportunity": "amount close_date",
    "task todo reminder": "due_date",
    "project": "due_date owner_name",
    "ticket issue case incident": "created_at",
    "alarm": "time",
    "device sensor": "room battery_percent",
    "shipment package parcel delivery": "carrier estimated_delivery_date",
    "loan": "amount interest_rate term_months",
    "policy plan": "premium start_date end_date",
    "medication prescription medicine": "dosage start_date end_date",
    "result test": "value result_date",
    "item line": "quantity price",
    "review": "rating author created_at",
    "weather": "temperature humidity conditions",
    "forecast": "date temperature conditions",
    "cart basket": "item_count subtotal",
    "account": "balance currency",
    "card": "expiry_date credit_limit",
    "reservation booking": "start_date end_date",
    "calendar": "timezone",
}  # fmt: skip
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    noun: tuple(listed(row)) for nouns, row in _FIELDS.items() for noun in nouns.split()
}
# What stands for the things that it holds: who asks for a menu is shown its items.
HOLDS: Final[Mapping[str, str]] = {
    "menu": "dish", "portfolio": "holding", "availability": "slot", "schedule": "event",
    "agenda": "event", "watchlist": "stock", "catalog": "product", "catalogue": "product",
    "wishlist": "product", "statement": "transaction", "timetable": "train", "inbox": "email",
    "itinerary": "flight", "roster": "employee", "cart": "item", "basket": "item",
}  # fmt: skip
# Things that nobody gives a name.
NAMELESS: Final = frozenset(
    listed("slot window commit quote price transaction visit measurement reading log entry record")
)
# What is shown rather than told: a link to it is what a tool gives.
SHOWN: Final = frozenset(
    listed(
        "image photo picture logo icon chart diagram graph screenshot thumbnail avatar qr url link "
        "video map plot"
    )
)
# Things that reach somebody.
DISPATCHED: Final = frozenset(
    listed("message email mail sms text notification alert reminder push fax letter invitation")
)

"""Words by which names of fields are taken apart and turned into labels."""

# Where these stand last, the noun before them or around the field says what it holds.
BARE = frozenset(
    {"name", "title", "query", "search", "keyword", "keywords", "term", "q", "text", "string",
     "names", "titles", "list", "items", "value", "label", "type"}
)  # fmt: skip
# Tools with such words in their names are given the folder to look in.
LOOKING = frozenset({"search", "list", "find", "tree", "glob", "watch", "ls"})
PREPOSITIONS = frozenset({"to", "for", "by", "with", "from", "in", "of", "on", "at", "and", "as"})
FACETS = frozenset(
    {"details", "detail", "info", "information", "status", "list", "history", "summary", "data",
     "records", "results", "options", "profile", "metadata", "item", "items", "request", "log",
     "entry", "record", "stats", "v1", "v2", "api", "tool", "tree"}
)  # fmt: skip
# Kinds that makers know all about, and those that are told by their words alone.
OF_THEIR_OWN = frozenset(
    {"boolean", "flag", "enum", "group", "date", "datetime", "time", "email", "phone", "first_name",
     "last_name", "street", "postcode", "address", "latitude", "longitude", "uuid", "epoch",
     "airport_code", "currency", "language", "language_code", "timezone", "country",
     "country_code", "region", "city", "ip", "hostname", "card_number", "username", "token", "url",
     "base64", "month_year", "problem"}
)  # fmt: skip
KNOWN_FOR = frozenset({"artist", "singer", "author", "director", "actor", "player", "doctor"})
NOISE_BEFORE = frozenset({"user", "my", "input", "the", "your", "given", "in"})
NOISE_BEHIND = frozenset({"str", "string", "list", "value", "input", "array", "param", "arg"})
# What is said with its owner: "user ID", not "ID".
SOMEBODYS = frozenset(
    {"id", "ids", "name", "names", "number", "type", "role", "status", "group", "agent", "level",
     "data", "key", "code"}
)  # fmt: skip
RELATIVE = frozenset({"after", "before", "since", "until"})
TRAVEL = frozenset({"travel", "trip", "flight", "journey", "ride", "from", "to"})
# How a place and an airport at either end of a way are called.
PLACES = {
    "from": ("place of departure", "departure airport"), "to": ("destination", "arrival airport"),
    "origin": ("starting point", "departure airport"),
    "destination": ("destination", "destination airport"),
}  # fmt: skip
VAGUE_NOUNS = {
    "city": "place", "word": "value", "file_path": "path", "folder_path": "folder",
    "language_code": "language", "identifier": "account",
}  # fmt: skip
SPELT_OUT = {
    "urls": "links", "ssn": "social security number", "cc": "people in copy",
    "bcc": "people in blind copy", "dir": "folder", "lang": "language", "lat": "latitude",
    "lng": "longitude", "lon": "longitude", "max": "maximum", "min": "minimum",
    "tz": "time zone", "timezone": "time zone", "desc": "description", "msg": "message",
    "src": "source", "dest": "destination", "pwd": "password", "num": "number", "amt": "amount",
    "pct": "percentage", "temp": "temperature", "q": "search term", "iata": "airport",
    "cwd": "folder", "exp": "expiry", "db": "database", "param": "parameter",
    "params": "parameters", "doc": "document", "repo": "repository", "config": "configuration",
    "org": "organization",
}  # fmt: skip
# Numbers that are told apart by their place alone.
OPERANDS = {
    name: nth
    for nth, names in (("first", "a num1 number1 value1 operand1 n1 x1"),
                       ("second", "b num2 number2 value2 operand2 n2 x2"),
                       ("third", "c num3 number3 value3 operand3 n3 x3"))
    for name in names.split()
}  # fmt: skip
# Tools with such words in their names are about somebody other than whoever asks.
ABOUT_OTHERS = frozenset(
    {"sms", "send", "call", "invite", "contact", "contacts", "lookup", "validate", "search",
     "find", "employee", "patient", "lead", "candidate", "mail", "whatsapp", "share", "assign"}
)  # fmt: skip
DETAILS = frozenset({"email", "phone", "first_name", "last_name"})
OWN_DETAIL = frozenset(
    {"email", "mail", "phone", "mobile", "telephone", "cell", "tel", "number", "name"}
)
WRITTEN_TO = frozenset({"email", "phone", "person", "group"})
BEGINNINGS: dict[tuple[str, ...], str] = {
    ("date", "from"): "start date", ("date", "to"): "end date", ("from", "date"): "start date",
    ("to", "date"): "end date", ("time", "from"): "start time", ("time", "to"): "end time",
    ("from", "time"): "start time", ("to", "time"): "end time",
}  # fmt: skip
ACRONYMS = {"id": "ID", "url": "URL", "sku": "SKU", "vin": "VIN", "iban": "IBAN", "pin": "PIN",
            "ip": "IP", "vat": "VAT", "gps": "GPS", "api": "API", "isbn": "ISBN", "usd": "USD",
            "eta": "ETA", "sim": "SIM", "imei": "IMEI", "cvv": "CVV", "dob": "date of birth",
            "qty": "quantity", "num": "number", "no": "number", "addr": "address"}  # fmt: skip
AUXILIARIES = frozenset(
    {"is", "has", "have", "include", "includes", "with", "want", "wants", "need", "needs", "allow",
     "allows", "enable", "enabled", "require", "requires", "use", "add", "show", "send"}
)  # fmt: skip
UNIT_TAILS = frozenset(
    {"minutes", "mins", "hours", "days", "seconds", "km", "kg", "usd", "eur", "percent", "pct",
     "celsius", "miles", "meters", "metres", "cm", "mm"}
)  # fmt: skip
HOURS_OF = frozenset({"opening", "business", "working", "office", "number", "total", "max", "min"})
GROUPS = frozenset(
    {"details", "info", "information", "data", "address", "preferences", "options", "settings",
     "name", "range", "period", "filters", "criteria", "s"}
)  # fmt: skip

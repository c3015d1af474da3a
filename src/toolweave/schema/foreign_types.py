"""What other languages and formats call the types of JSON Schema."""

from typing import Final

from toolweave.schema.types import TYPES

JSON_TYPE: Final[dict[str, str]] = {
    other: name
    for name, others in {
        "object": ("dict", "dictionary", "map", "mapping", "hashmap", "hashtable", "json", "struct",
                   "record", "key-value"),
        "array": ("list", "tuple", "set", "sequence", "arraylist", "queue", "stack", "vector",
                  "iterable"),
        "integer": ("int", "long", "short", "byte", "int32", "int64", "bigint", "uint"),
        "number": ("float", "double", "decimal", "real", "numeric", "float32", "float64", "num"),
        "string": ("str", "text", "char", "varchar", "date", "datetime", "date-time", "time",
                   "uuid", "url", "uri", "email", "file", "binary", "base64", "enum", "password"),
        "boolean": ("bool",),
        "null": ("none", "nonetype", "nil", "void", "undefined"),
    }.items()
    for other in others
} | {name: name for name in TYPES}  # fmt: skip
FORMAT_OF: Final[dict[str, str]] = {
    "date": "date", "datetime": "date-time", "date-time": "date-time", "uuid": "uuid",
    "url": "uri", "uri": "uri", "email": "email",
}  # fmt: skip

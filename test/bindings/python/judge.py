"""Judges payloads and envelopes by the JSON Schemas, for `mission-dossier conformance`.

Usage: judge.py schemas/

Reads a case a line, {"id", "event_type", "payload"}, and answers each with a line,
{"id", "valid", "violations"}. Needs the standard library only.
"""

import json
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAX_DEPTH = 32


def violations(schema: dict, value: Any, path: str, root: dict) -> Iterator[dict]:
    """The broken rules. Knows the keywords that the schemas of this contract use."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    choices = schema.get("anyOf", [])
    if choices and all(any(violations(each, value, path, root)) for each in choices):
        yield {"field": path, "rule": "anyOf"}
    for keyword, is_met in RULES.items():
        if keyword in schema and not is_met(schema[keyword], value):
            yield {"field": path, "rule": keyword}
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                yield {"field": joined(path, name), "rule": "required"}
        properties = schema.get("properties", {})
        for name, item in value.items():
            inner = properties.get(name, schema.get("additionalProperties", True))
            if inner is False:
                yield {"field": joined(path, name), "rule": "additionalProperties"}
            elif isinstance(inner, dict):
                yield from violations(inner, item, joined(path, name), root)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from violations(schema["items"], item, f"{path}[{index}]", root)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def has_type(types: str | list[str], value: Any) -> bool:
    return any(TYPES[name](value) for name in ([types] if isinstance(types, str) else types))


TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    # 1.0 is an integer to JSON Schema.
    "integer": lambda value: is_number(value) and math.isfinite(value) and value == int(value),
    "number": is_number,
}

RULES = {
    "type": has_type,
    "enum": lambda values, value: value in values,
    "minLength": lambda least, value: not isinstance(value, str) or len(value) >= least,
    # `$` of Python also matches before a line feed at the end.
    "pattern": lambda pattern, value: not isinstance(value, str)
    or re.search(pattern.removesuffix("$") + r"\Z", value) is not None,
    "minimum": lambda least, value: not is_number(value) or value >= least,
    "maximum": lambda most, value: not is_number(value) or value <= most,
    "exclusiveMaximum": lambda limit, value: not is_number(value) or value < limit,
}


def joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def beyond_schemas(value: Any, is_envelope: bool) -> Iterator[dict]:
    """The rules that JSON Schema cannot express; docs/porting.md has them."""
    if is_envelope:
        # The payload is judged by itself.
        value = {**value, "payload": None} if isinstance(value, dict) else value
    elif depth(value) > MAX_DEPTH:
        yield {"field": "", "rule": "depth"}
    elif any(math.isinf(number) for number in numbers(value)):
        yield {"field": "", "rule": "finite"}
    if re.search("[\ud800-\udfff]", json.dumps(value, ensure_ascii=False)):
        yield {"field": "", "rule": "unicode"}


def children(value: Any) -> list:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def depth(value: Any) -> int:
    return 1 + max(map(depth, children(value)), default=0) if isinstance(value, dict | list) else 0


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    for child in children(value):
        yield from numbers(child)


def schema_of(folder: Path, event_type: str) -> dict:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", event_type).lower()
    name = name if event_type == "Event" else f"{name}_payload"
    return json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: judge.py SCHEMAS", file=sys.stderr)
        return 2
    for line in sys.stdin.buffer:
        case = json.loads(line)
        payload, event_type = case["payload"], case["event_type"]
        schema = schema_of(Path(arguments[0]), event_type)
        found = [
            *violations(schema, payload, "", schema),
            *beyond_schemas(payload, event_type == "Event"),
        ]
        answer = {"id": case["id"], "valid": not found, "violations": found}
        # Flushed, since the next case comes after the answer to this one.
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Reports how stock Protobuf, ProtoJSON and protovalidate for Python handle the vectors.

Usage: driver.py fixtures/vectors/messages.jsonl

Prints a line of JSON for each vector: the result, without judging whether it is right.
"""

import json
import sys
from collections.abc import Iterator

import protovalidate
from google.protobuf import json_format, symbol_database
from google.protobuf.message import DecodeError, Message
from protovalidate import FieldPathPb

from namespace_key import namespace_key
from parity_hash import RULES

# Imported so that their messages can be found by name.
from speckitty.dossier.v1 import event_pb2, options_pb2, payloads_pb2, state_pb2  # noqa: F401
import speckitty.dossier.v3.event_pb2  # noqa: F401
import speckitty.dossier.v3.payloads_pb2  # noqa: F401
import speckitty.dossier.v3.state_pb2  # noqa: F401


def observe(vector: dict) -> dict:
    message_class = symbol_database.Default().GetSymbol(vector["message"])
    plain, _ = read_json(vector["json"], message_class(), ignore_unknown_fields=False)
    lenient, message = read_json(vector["json"], message_class(), ignore_unknown_fields=True)
    options = message_class.DESCRIPTOR.GetOptions()
    return {
        "id": vector["id"],
        "plain": plain,
        "lenient": lenient,
        "violations": None if message is None else violations(message),
        "binary": None if message is None else binary(message),
        "json": None if message is None else json_format.MessageToJson(message),
        "from_binary": from_binary(vector["binary"], message_class(), message),
        "keys": keys(message) if isinstance(message, state_pb2.MissionDossierState) else None,
        "event_type": options.Extensions[options_pb2.event_type] or None,
    }


def keys(state: state_pb2.MissionDossierState) -> dict:
    return {
        "namespace_key": {
            scope: namespace_key(state.namespace, scope) for scope in ("mission", "step")
        }
        if state.HasField("namespace")
        else None,
        "parity_hash": {rule: parity_hash(state) for rule, parity_hash in RULES.items()},
    }


def read_json(
    text: str, message: Message, *, ignore_unknown_fields: bool
) -> tuple[str, None] | tuple[None, Message]:
    try:
        return None, json_format.Parse(text, message, ignore_unknown_fields=ignore_unknown_fields)
    except json_format.ParseError as error:
        return str(error), None


def from_binary(digits: str | None, message: Message, expected: Message | None) -> dict | None:
    if digits is None:
        return None
    try:
        message.ParseFromString(bytes.fromhex(digits))
    except DecodeError as error:
        return {"error": str(error), "equal": None, "violations": None}
    equal = None if expected is None else message == expected
    return {"error": None, "equal": equal, "violations": violations(message)}


def binary(message: Message) -> str:
    return message.SerializeToString(deterministic=True).hex()


def violations(message: Message) -> list[dict]:
    return [
        {"field": dotted(violation.proto.field), "rule": violation.proto.rule_id}
        for violation in protovalidate.collect_violations(message)
    ]


def dotted(path: FieldPathPb | None) -> str:
    return "".join(steps(path)).removeprefix(".")


def steps(path: FieldPathPb | None) -> Iterator[str]:
    for element in path.elements if path is not None else []:
        yield f".{element.field_name}"
        if element.subscript is not None:
            yield f"[{json.dumps(element.subscript.value, ensure_ascii=False)}]"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: driver.py MESSAGES.jsonl", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8", newline="\n") as lines:
            for line in lines:
                print(json.dumps(observe(json.loads(line))))
    except (OSError, ValueError, KeyError) as error:
        print(f"driver.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

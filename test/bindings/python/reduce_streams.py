"""Reduces the streams of the vectors with the reducer in reducer.py.

Usage: reduce_streams.py fixtures/vectors/streams.jsonl

Prints a line of JSON for each stream.
"""

import json
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from google.protobuf import json_format

from driver import binary
from reducer import MixedNamespacesError, Scope, State, StreamEvent, read_events, reduce


def result(events: Iterable[StreamEvent], scope: Scope) -> dict:
    try:
        state, skipped = reduce(events, scope)
    except MixedNamespacesError as error:
        mixed = dict(zip(("expected", "got"), error.args, strict=True))
        return {"state": None, "binary": None, "mixed": mixed, "skipped": []}
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    digits = binary(json_format.ParseDict(state, State()))
    return {
        "state": text,
        "binary": digits,
        "mixed": None,
        "skipped": skipped,
    }


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: reduce_streams.py STREAMS.jsonl", file=sys.stderr)
        return 2
    try:
        fixtures = Path(arguments[0]).resolve().parent.parent
        with open(arguments[0], encoding="utf-8", newline="\n") as lines:
            for stream in map(json.loads, lines):
                events = chain(*(read_events(fixtures / path) for path in stream["events"]))
                print(json.dumps(result(events, stream["scope"])))
    except (OSError, ValueError, KeyError) as error:
        print(f"reduce_streams.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A reducer for the events of a mission dossier, after docs/porting.md, on stock Protobuf."""

import json
import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple
from uuid import UUID

from google.protobuf import message_factory
from google.protobuf.message import Message
from speckitty.dossier.v1 import event_pb2, options_pb2, payloads_pb2
from speckitty.dossier.v1.state_pb2 import MissionDossierState as State
from speckitty.dossier.v1.values_pb2 import LocalNamespaceTuple as Namespace

from driver import read_json, violations

Scope = Literal["mission", "step"]
PAYLOADS = {
    event_type: message_factory.GetMessageClass(descriptor)
    for descriptor in payloads_pb2.DESCRIPTOR.message_types_by_name.values()
    if (event_type := descriptor.GetOptions().Extensions[options_pb2.event_type])
}


class MixedNamespacesError(ValueError):
    """Carries the expected namespace and the first one that differs from it."""


class StreamEvent(NamedTuple):
    when: tuple[int, int, str]  # The Lamport clock, then the exact timestamp.
    id: str  # Completes the sort key. The rest only orders events of a broken producer.
    event_type: str
    payload: str  # From the JSON text: the Struct of the envelope rounds large integers.


def read_events(path: Path) -> Iterator[StreamEvent]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            envelope = event_pb2.Event()
            json_envelope = json.loads(line)
            # No Struct carries every payload. A bad one must not make its envelope invalid.
            payload = json_envelope.pop("payload", None) or {}
            if broken := read(json.dumps(json_envelope), envelope):
                raise ValueError(f"{path}:{number}: no event {envelope.event_id!r}: {broken}")
            event_id = envelope.event_id
            event_id = event_id.upper() if len(event_id) == 26 else str(UUID(event_id))
            when = envelope.lamport_clock, *instant(envelope.timestamp)
            text = json.dumps(payload, sort_keys=True)
            yield StreamEvent(when, event_id, envelope.event_type, text)


def read(text: str, message: Message) -> list[dict]:
    """Fills the message and returns its violations. JSON that cannot be read breaks `type`."""
    error, _ = read_json(text, message, ignore_unknown_fields=True)
    return [{"field": "", "rule": "type"}] if error else violations(message)


def instant(timestamp: str) -> tuple[int, str]:
    """Exact, unlike datetime, which has no year 0, no second 60, and only six fraction digits."""
    year, second, rest = int(timestamp[:4]), int(timestamp[17:19]), timestamp[19:].upper()
    zone = rest.lstrip(".0123456789")
    # The calendar repeats every 400 years, which are 146,097 days.
    minute = datetime.fromisoformat(f"{2000 + year % 400}{timestamp[4:16]}{zone or 'Z'}")
    seconds = int(minute.timestamp()) + second + year // 400 * 146_097 * 86_400
    return seconds, rest.removesuffix(zone).rstrip(".0")


def reduce(events: Iterable[StreamEvent], scope: Scope = "mission") -> tuple[dict, list[dict]]:
    """Returns the state as JSON, since a Protobuf map has no order, and the skipped events."""
    backward = sorted((event for event in events if event.event_type in PAYLOADS), reverse=True)
    # A dict keeps the last event of each id, which is the first in order here.
    distinct = sorted({event.id: event for event in backward}.values())
    state: dict = dict.fromkeys(State.DESCRIPTOR.fields_by_name)
    state |= {"namespace": agreed_namespace(distinct, scope), "event_count": len(distinct)}
    state |= {"artifacts": {}, "anomalies": [], "drift_history": []}
    skipped = []
    for event in distinct:
        payload = PAYLOADS[event.event_type]()
        broken = [{"field": "", "rule": "type"}] if odd(json.loads(event.payload)) else []
        if broken := broken or read(event.payload, payload):
            skipped.append({"event_id": event.id, "violations": broken})
        else:
            fold(state, payload)
    without_drift = "clean" if state["latest_snapshot"] else "unknown"
    state["parity_status"] = "drifted" if state["drift_history"] else without_drift
    return state, skipped


def odd(value: Any, levels: int = 32) -> bool:
    """Whether no Struct can carry a value, because of anything in it at any depth."""
    if isinstance(value, dict | list):
        items = [*value, *value.values()] if isinstance(value, dict) else value
        return levels == 0 or any(odd(item, levels - 1) for item in items)
    if isinstance(value, str):
        return any("\ud800" <= character <= "\udfff" for character in value)
    return isinstance(value, float) and not math.isfinite(value)


def agreed_namespace(events: Iterable[StreamEvent], scope: Scope) -> dict | None:
    """Reads the namespaces alone, since those of invalid payloads count, too."""
    texts = (json.dumps(json.loads(event.payload).get("namespace")) for event in events)
    found = [plain(each) for text in texts if not read(text, each := Namespace())]
    ignored = "step_id" if scope == "mission" else None
    for other in found:
        if any(other[name] != found[0][name] for name in other if name != ignored):
            raise MixedNamespacesError(found[0], other)
    if len({namespace["step_id"] for namespace in found} - {None}) > 1:
        found[0]["step_id"] = None
    return found[0] if found else None


def fold(state: dict, payload: Message) -> None:
    match payload:
        case payloads_pb2.MissionDossierArtifactIndexedPayload(artifact_id=identity):
            if replaced := state["artifacts"].get(payload.supersedes.path):
                replaced["superseded"] = True
            new = plain(payload, State.ArtifactEntry, identity=identity, superseded=False)
            state["artifacts"][identity.path] = new
        case payloads_pb2.MissionDossierArtifactMissingPayload():
            new = plain(payload, State.AnomalyEntry, anomaly_type="missing_artifact")
            state["anomalies"].append(new)
        case payloads_pb2.MissionDossierSnapshotComputedPayload():
            state["latest_snapshot"] = plain(payload, State.SnapshotSummary, algorithm="sha256")
        case payloads_pb2.MissionDossierParityDriftDetectedPayload():
            state["drift_history"].append(plain(payload, State.DriftRecord))


def plain(value: Any, kind: type[Message] | None = None, **defaults: Any) -> Any:
    """Makes JSON with every field of the message, or of a kind with fields of the same names."""
    if isinstance(value, Message):
        known = defaults | {field.name: content for field, content in value.ListFields()}
        return {name: plain(known.get(name)) for name in (kind or value).DESCRIPTOR.fields_by_name}
    if isinstance(value, int) and value >= 2**53:
        return str(value)
    return value if value is None or isinstance(value, int | str) else [*map(plain, value)]

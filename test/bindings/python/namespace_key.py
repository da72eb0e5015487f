"""The key of a namespace, after docs/porting.md."""

import hashlib

from speckitty.dossier.v1.values_pb2 import LocalNamespaceTuple

FIELDS = ("project_uuid", "feature_slug", "target_branch", "mission_key", "manifest_version")


def namespace_key(namespace: LocalNamespaceTuple, scope: str) -> str:
    digest = hashlib.sha256()
    for field in FIELDS:
        digest.update(with_length(getattr(namespace, field)))
    if scope == "step":
        has_step = namespace.HasField("step_id")
        digest.update(b"\1" + with_length(namespace.step_id) if has_step else b"\0")
    return digest.hexdigest()[:32]


def with_length(text: str) -> bytes:
    encoded = text.encode("utf-8")
    return len(encoded).to_bytes(4, "big") + encoded

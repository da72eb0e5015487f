"""The key of a namespace, after docs/porting.md."""

import hashlib

FIELDS = ("project_uuid", "feature_slug", "target_branch", "mission_key", "manifest_version")


def namespace_key(namespace: dict, scope: str) -> str:
    digest = hashlib.sha256()
    for field in FIELDS:
        digest.update(with_length(namespace[field]))
    if scope == "step":
        step_id = namespace.get("step_id")
        digest.update(b"\0" if step_id is None else b"\1" + with_length(step_id))
    return digest.hexdigest()[:32]


def with_length(text: str) -> bytes:
    encoded = text.encode("utf-8")
    return len(encoded).to_bytes(4, "big") + encoded

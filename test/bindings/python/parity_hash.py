"""The parity hash of a state, after docs/porting.md."""

import hashlib
from collections.abc import Callable

from speckitty.dossier.v1.state_pb2 import MissionDossierState as State

PREFIXES = ("sha256:", "sha512:", "md5:")


def path_hash(state: State) -> str:
    # Python sorts text by code point.
    lines = (f"{path}\t{content}" for path, content in sorted(present(state)))
    return "sha256:" + sha256("\n".join(lines))


def hashes(state: State) -> str:
    return sha256("".join(sorted(content for _, content in present(state))))


RULES: dict[str, Callable[[State], str]] = {"path-hash": path_hash, "hashes": hashes}


def present(state: State) -> list[tuple[str, str]]:
    return [
        (path, bare(entry.content_ref.hash))
        for path, entry in state.artifacts.items()
        if not entry.superseded
    ]


def bare(content_hash: str) -> str:
    prefix = next((prefix for prefix in PREFIXES if content_hash.startswith(prefix)), "")
    return content_hash.removeprefix(prefix)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

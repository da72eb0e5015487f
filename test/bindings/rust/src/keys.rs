//! The key of a namespace and the parity hash of a state, after docs/porting.md.

use std::collections::BTreeMap;

use mission_dossier::v1::{LocalNamespaceTuple, MissionDossierState};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::to_hex;

/// The key by scope, `None` without a namespace, and the hash by rule.
#[derive(Serialize)]
pub struct StateKeys {
    namespace_key: Option<BTreeMap<&'static str, String>>,
    parity_hash: BTreeMap<&'static str, String>,
}

pub fn keys(state: &MissionDossierState) -> StateKeys {
    let by_scope = |namespace| {
        [false, true]
            .map(|of_step| {
                let scope = if of_step { "step" } else { "mission" };
                (scope, namespace_key(namespace, of_step))
            })
            .into()
    };
    StateKeys {
        namespace_key: state.namespace.as_ref().map(by_scope),
        parity_hash: [("path-hash", path_hash(state)), ("hashes", hashes(state))].into(),
    }
}

fn namespace_key(namespace: &LocalNamespaceTuple, of_step: bool) -> String {
    let mut digest = Sha256::new();
    for text in [
        &namespace.project_uuid,
        &namespace.feature_slug,
        &namespace.target_branch,
        &namespace.mission_key,
        &namespace.manifest_version,
    ] {
        digest.update(with_length(text.as_deref().unwrap_or_default()));
    }
    match &namespace.step_id {
        _ if !of_step => {}
        None => digest.update([0]),
        Some(step) => {
            digest.update([1]);
            digest.update(with_length(step));
        }
    }
    to_hex(&digest.finalize())[..32].to_owned()
}

fn with_length(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("a short text").to_be_bytes();
    [&length, text.as_bytes()].concat()
}

fn path_hash(state: &MissionDossierState) -> String {
    let mut present = present(state);
    // Rust sorts text by byte, which in UTF-8 is by code point.
    present.sort_unstable();
    let lines: Vec<_> = present
        .iter()
        .map(|(path, hash)| format!("{path}\t{hash}"))
        .collect();
    format!("sha256:{}", sha256(&lines.join("\n")))
}

fn hashes(state: &MissionDossierState) -> String {
    let mut hashes: Vec<_> = present(state).into_iter().map(|(_, hash)| hash).collect();
    hashes.sort_unstable();
    sha256(&hashes.concat())
}

/// The paths and content hashes of the artifacts that are present.
fn present(state: &MissionDossierState) -> Vec<(&str, &str)> {
    state
        .artifacts
        .iter()
        .filter(|(_, entry)| !entry.superseded)
        .filter_map(|(path, entry)| {
            let hash = entry.content_ref.as_ref()?.hash.as_deref()?;
            Some((path.as_str(), bare(hash)))
        })
        .collect()
}

fn bare(hash: &str) -> &str {
    ["sha256:", "sha512:", "md5:"]
        .iter()
        .find_map(|prefix| hash.strip_prefix(prefix))
        .unwrap_or(hash)
}

fn sha256(text: &str) -> String {
    to_hex(&Sha256::digest(text))
}

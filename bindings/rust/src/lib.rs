//! The messages of the mission dossier contract, with their rules for protovalidate.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use mission_dossier::v1::Event;
//! use prost::Message;
//!
//! let event = Event::decode(&std::fs::read("event.binpb")?[..])?;
//! prost_protovalidate::validate(&event)?;
//! # Ok(())
//! # }
//! ```

use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

/// The messages of contract 2.4.0.
#[allow(clippy::all)]
pub mod v1 {
    include!("speckitty.dossier.v1.rs");
    include!("speckitty.dossier.v1.reflect.rs");
}

/// The messages of contract 3.0.0.
#[allow(clippy::all)]
pub mod v3 {
    include!("speckitty.dossier.v3.rs");
    include!("speckitty.dossier.v3.reflect.rs");
}

/// The descriptors of the contract. Those of `buf.validate` are protovalidate's own, so that it
/// recognizes the rules.
pub static DESCRIPTOR_POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let mut pool = prost_protovalidate::types::DESCRIPTOR_POOL.clone();
    let well_known = DescriptorPool::global();
    let google = well_known
        .files()
        .map(|file| file.file_descriptor_proto().clone())
        .filter(|file| pool.get_file_by_name(file.name()).is_none())
        .collect::<Vec<_>>();
    pool.add_file_descriptor_protos(google)
        .expect("the well-known types do not conflict");
    pool.decode_file_descriptor_set(include_bytes!("descriptor_set.binpb").as_slice())
        .expect("the descriptors were generated together");
    pool
});

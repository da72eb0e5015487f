//! Reports how stock Protobuf, ProtoJSON and protovalidate for Rust handle the vectors.
//!
//! Usage: driver fixtures/vectors/messages.jsonl
//!
//! Prints a line of JSON for each vector: the result, without judging whether it is right.

mod keys;

use std::error::Error;
use std::fs::File;
use std::io::{stdout, BufRead, BufReader, BufWriter, Write};
use std::process::ExitCode;

use mission_dossier::{v1, v3, DESCRIPTOR_POOL};
use prost_protovalidate::Validator;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor, ReflectMessage};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Vector {
    id: String,
    message: String,
    json: String,
    binary: Option<String>,
}

#[derive(Serialize)]
struct Observation {
    id: String,
    plain: Option<String>,
    lenient: Option<String>,
    violations: Option<Vec<RuleAt>>,
    binary: Option<String>,
    json: Option<String>,
    from_binary: Option<FromBinary>,
    keys: Option<keys::StateKeys>,
    event_type: Option<String>,
}

#[derive(Serialize)]
struct FromBinary {
    error: Option<String>,
    equal: Option<bool>,
    violations: Option<Vec<RuleAt>>,
}

#[derive(Serialize)]
struct RuleAt {
    field: String,
    rule: String,
}

type AnyError = Box<dyn Error>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [path] = arguments.as_slice() else {
        eprintln!("usage: driver MESSAGES.jsonl");
        return ExitCode::from(2);
    };
    match run(path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("driver: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(path: &str) -> Result<(), AnyError> {
    let validator = Validator::new();
    let mut out = BufWriter::new(stdout().lock());
    for line in BufReader::new(File::open(path)?).lines() {
        let vector: Vector = serde_json::from_str(&line?)?;
        let observe =
            observer(&vector.message).ok_or_else(|| format!("no message {}", vector.message))?;
        serde_json::to_writer(&mut out, &observe(vector, &validator)?)?;
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

type Observer = fn(Vector, &Validator) -> Result<Observation, AnyError>;

/// The observer of a message by its full name, since a struct is found by its type only.
fn observer(message: &str) -> Option<Observer> {
    macro_rules! observers {
        ($($name:literal => $package:ident::$message:ident,)*) => {
            match message.strip_prefix("speckitty.dossier.")? {
                "v1.MissionDossierState" => Some(observe_state),
                $($name => Some(observe::<$package::$message>),)*
                _ => None,
            }
        };
    }
    observers! {
        "v1.Event" => v1::Event,
        "v1.MissionDossierArtifactIndexedPayload" => v1::MissionDossierArtifactIndexedPayload,
        "v1.MissionDossierArtifactMissingPayload" => v1::MissionDossierArtifactMissingPayload,
        "v1.MissionDossierSnapshotComputedPayload" => v1::MissionDossierSnapshotComputedPayload,
        "v1.MissionDossierParityDriftDetectedPayload" => v1::MissionDossierParityDriftDetectedPayload,
        "v3.Event" => v3::Event,
        "v3.MissionDossierState" => v3::MissionDossierState,
        "v3.MissionDossierArtifactIndexedPayload" => v3::MissionDossierArtifactIndexedPayload,
        "v3.MissionDossierArtifactMissingPayload" => v3::MissionDossierArtifactMissingPayload,
        "v3.MissionDossierSnapshotComputedPayload" => v3::MissionDossierSnapshotComputedPayload,
        "v3.MissionDossierParityDriftDetectedPayload" => v3::MissionDossierParityDriftDetectedPayload,
    }
}

fn observe<M>(vector: Vector, validator: &Validator) -> Result<Observation, AnyError>
where
    M: ReflectMessage + Default + PartialEq,
{
    let descriptor = M::default().descriptor();
    let plain = read_json::<M>(&vector.json, &DeserializeOptions::new()).err();
    let ignoring = DeserializeOptions::new().deny_unknown_fields(false);
    let lenient = read_json::<M>(&vector.json, &ignoring);
    let message = lenient.as_ref().ok();
    Ok(Observation {
        id: vector.id,
        plain: plain.map(|error| error.to_string()),
        violations: message.map(|read| violations(read, validator)).transpose()?,
        binary: message.map(|read| to_hex(&read.encode_to_vec())),
        json: message
            .map(|read| serde_json::to_string(&read.transcode_to_dynamic()))
            .transpose()?,
        from_binary: match vector.binary {
            Some(digits) => Some(from_binary(&digits, message, validator)?),
            None => None,
        },
        keys: None,
        event_type: event_type(&descriptor),
        lenient: lenient.as_ref().err().map(|error| error.to_string()),
    })
}

fn observe_state(vector: Vector, validator: &Validator) -> Result<Observation, AnyError> {
    let ignoring = DeserializeOptions::new().deny_unknown_fields(false);
    let state = read_json::<v1::MissionDossierState>(&vector.json, &ignoring);
    Ok(Observation {
        keys: state.ok().as_ref().map(keys::keys),
        ..observe::<v1::MissionDossierState>(vector, validator)?
    })
}

/// Reads ProtoJSON into a dynamic message, and converts that to the generated struct.
fn read_json<M>(text: &str, options: &DeserializeOptions) -> Result<M, AnyError>
where
    M: ReflectMessage + Default,
{
    let mut json = serde_json::Deserializer::from_str(text);
    let descriptor = M::default().descriptor();
    let message = DynamicMessage::deserialize_with_options(descriptor, &mut json, options)?;
    json.end()?;
    Ok(message.transcode_to()?)
}

fn from_binary<M>(
    digits: &str,
    expected: Option<&M>,
    validator: &Validator,
) -> Result<FromBinary, AnyError>
where
    M: ReflectMessage + Default + PartialEq,
{
    Ok(match M::decode(from_hex(digits)?.as_slice()) {
        Ok(message) => FromBinary {
            error: None,
            equal: expected.map(|other| message == *other),
            violations: Some(violations(&message, validator)?),
        },
        Err(error) => FromBinary {
            error: Some(error.to_string()),
            equal: None,
            violations: None,
        },
    })
}

fn violations<M: ReflectMessage>(
    message: &M,
    validator: &Validator,
) -> Result<Vec<RuleAt>, AnyError> {
    match validator.validate(message) {
        Ok(()) => Ok(Vec::new()),
        Err(prost_protovalidate::Error::Validation(error)) => Ok(error
            .violations()
            .iter()
            .map(|violation| RuleAt {
                field: violation.field_path(),
                rule: violation.rule_id().to_owned(),
            })
            .collect()),
        Err(error) => Err(error.into()),
    }
}

fn event_type(descriptor: &MessageDescriptor) -> Option<String> {
    let option = DESCRIPTOR_POOL.get_extension_by_name("speckitty.dossier.v1.event_type")?;
    let options = descriptor.options();
    let set = options.has_extension(&option);
    set.then(|| options.get_extension(&option).as_str().map(str::to_owned))?
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(digits: &str) -> Result<Vec<u8>, AnyError> {
    (0..digits.len())
        .step_by(2)
        .map(|start| Ok(u8::from_str_radix(&digits[start..start + 2], 16)?))
        .collect()
}

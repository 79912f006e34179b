//! JSON to a guest's encoding and back.
//!
//! | type | JSON |
//! | --- | --- |
//! | integers | a number, or a string of decimal digits (`u64` and wider) |
//! | `bool`, floats, `char`, `String`, `&str` | as one would write them |
//! | sequences, arrays, tuples | an array; of bytes also `"0x…"`, which is how they are shown |
//! | `()` | `null` or `[]` |
//! | `Option` | `null` or the value |
//! | `Result` | `{"Ok": …}` or `{"Err": …}` |
//! | `BTreeMap` | an array of pairs |
//! | a type of the guest | `{"postcard": "0x…"}`: its encoding |

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thiserror::Error;

use super::ty::Type;
use super::{Argument, Signature, Visibility};

/// A guest's inputs, encoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Seen by the verifier.
    pub public: Vec<u8>,
    /// Not sent.
    pub private: Vec<u8>,
}

/// Why values are no inputs of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InputError {
    /// The arguments are neither a list nor an object.
    #[error("arguments are a JSON object by name, or an array in order")]
    Shape,
    /// A list of another length.
    #[error("the guest takes {expected} arguments, not {found}")]
    Count {
        /// How many the guest takes.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// An argument is not there.
    #[error("no value for argument `{name}: {ty}`")]
    Missing {
        /// Its name.
        name: String,
        /// Its type.
        ty: String,
    },
    /// The guest has no such argument.
    #[error("the guest has no argument `{0}`")]
    Unknown(String),
    /// A value does not fit its type.
    #[error("argument `{name}: {ty}`: {reason}")]
    Value {
        /// Name of the argument.
        name: String,
        /// Type of the argument.
        ty: String,
        /// What does not fit, and what would.
        reason: String,
    },
}

/// Why bytes are no output of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the output is no encoding of `{ty}`")]
pub struct OutputError {
    /// The guest's return type.
    pub ty: String,
}

impl Signature {
    /// Encodes arguments: a JSON object by name, or an array in order.
    ///
    /// # Errors
    /// The first argument that is missing, unknown or of another type.
    pub fn encode(&self, arguments: &Value) -> Result<Inputs, InputError> {
        let mut inputs = Inputs::default();
        for (argument, value) in self.arguments.iter().zip(self.values(arguments)?) {
            let bytes = match argument.visibility {
                Visibility::Public => &mut inputs.public,
                Visibility::Private => &mut inputs.private,
            };
            encode(&Type::parse(&argument.ty), value, bytes).map_err(|reason| InputError::Value {
                name: argument.name.clone(),
                ty: argument.ty.clone(),
                reason,
            })?;
        }
        Ok(inputs)
    }

    /// One value for each argument, in order.
    fn values<'a>(&self, values: &'a Value) -> Result<Vec<&'a Value>, InputError> {
        let expected = self.arguments.len();
        match values {
            Value::Array(values) if values.len() == expected => Ok(values.iter().collect()),
            Value::Array(values) => Err(InputError::Count { expected, found: values.len() }),
            Value::Object(values) => {
                let known = |name: &str| self.arguments.iter().any(|a| a.name == name);
                if let Some(name) = values.keys().find(|name| !known(name)) {
                    return Err(InputError::Unknown(name.clone()));
                }
                let missing =
                    |Argument { name, ty, .. }: &Argument| InputError::Missing { name: name.clone(), ty: ty.clone() };
                let value = |argument: &Argument| values.get(&argument.name).ok_or_else(|| missing(argument));
                self.arguments.iter().map(value).collect()
            }
            _ => Err(InputError::Shape),
        }
    }

    /// Decodes an output. A type of the guest, at any depth, leaves the output as it is:
    /// `{"postcard": "0x…"}`.
    ///
    /// # Errors
    /// If the bytes are no encoding of the return type, or too many.
    pub fn decode_output(&self, bytes: &[u8]) -> Result<Value, OutputError> {
        let ty = Type::parse(&self.returns);
        if ty.unknown().is_some() {
            return Ok(json!({ "postcard": hex(bytes) }));
        }
        let mut rest = bytes;
        match decode(&ty, &mut rest) {
            Some(value) if rest.is_empty() => Ok(value),
            _ => Err(OutputError { ty: self.returns.clone() }),
        }
    }
}

fn encode(ty: &Type, value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    if let Some(bytes) = value.as_object().and_then(|object| object.get("postcard")) {
        let bytes = bytes.as_str().and_then(unhex).ok_or("\"postcard\" is followed by \"0x…\"")?;
        out.extend(bytes);
        return Ok(());
    }
    match ty {
        Type::U8 => integer::<u8>(value, out),
        Type::U16 => integer::<u16>(value, out),
        Type::U32 => integer::<u32>(value, out),
        Type::U64 => integer::<u64>(value, out),
        Type::U128 => integer::<u128>(value, out),
        Type::I8 => integer::<i8>(value, out),
        Type::I16 => integer::<i16>(value, out),
        Type::I32 => integer::<i32>(value, out),
        Type::I64 => integer::<i64>(value, out),
        Type::I128 => integer::<i128>(value, out),
        Type::Bool => leaf::<bool>(value, out),
        Type::F32 => leaf::<f32>(value, out),
        Type::F64 => leaf::<f64>(value, out),
        Type::Char => leaf::<char>(value, out),
        Type::String => leaf::<String>(value, out),
        Type::Option(inner) => match value {
            Value::Null => push(&0u8, out),
            value => push(&1u8, out).and_then(|()| encode(inner, value, out)),
        },
        Type::Result(ok, err) => variant(ok, err, value, out),
        Type::Sequence(element) => {
            let values = elements(element, value)?;
            push(&values.len(), out)?;
            values.iter().try_for_each(|value| encode(element, value, out))
        }
        Type::Array(element, length) => {
            let values = elements(element, value)?;
            if values.len() != *length {
                return Err(format!("{length} elements expected, not {}", values.len()));
            }
            values.iter().try_for_each(|value| encode(element, value, out))
        }
        Type::Tuple(types) => tuple(types, value, out),
        Type::Map(key, entry) => {
            let pairs = value.as_array().ok_or("an array of pairs expected")?;
            push(&pairs.len(), out)?;
            let types = [(**key).clone(), (**entry).clone()];
            pairs.iter().try_for_each(|pair| tuple(&types, pair, out))
        }
        Type::Other(name) => {
            Err(format!("`{name}` is a type of the guest: give its encoding as {{\"postcard\": \"0x…\"}}"))
        }
    }
}

fn push<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), String> {
    out.extend(postcard::to_allocvec(value).map_err(|error| error.to_string())?);
    Ok(())
}

fn leaf<T: Serialize + DeserializeOwned>(value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let value: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    push(&value, out)
}

fn integer<T: Serialize + DeserializeOwned>(value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    // JSON numbers of other programs are exact to 53 bits only, so digits may come in a string.
    let text = value.as_str().filter(|text| !text.is_empty());
    let parsed = text.map(serde_json::from_str::<T>);
    match parsed {
        Some(parsed) => push(&parsed.map_err(|error| error.to_string())?, out),
        None => leaf::<T>(value, out),
    }
}

fn elements(element: &Type, value: &Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(values) => Ok(values.clone()),
        Value::String(text) if *element == Type::U8 => {
            let bytes = unhex(text).ok_or("bytes are \"0x…\" with an even number of digits")?;
            Ok(bytes.into_iter().map(Value::from).collect())
        }
        _ => Err("an array expected".to_owned()),
    }
}

fn tuple(types: &[Type], value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let values = match value {
        Value::Array(values) => &values[..],
        Value::Null if types.is_empty() => &[],
        _ => return Err("an array expected".to_owned()),
    };
    if values.len() != types.len() {
        return Err(format!("{} elements expected, not {}", types.len(), values.len()));
    }
    types.iter().zip(values).try_for_each(|(ty, value)| encode(ty, value, out))
}

fn variant(ok: &Type, err: &Type, value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let single = value.as_object().filter(|object| object.len() == 1);
    match single.and_then(|object| object.iter().next()) {
        Some((name, value)) if name == "Ok" => push(&0u8, out).and_then(|()| encode(ok, value, out)),
        Some((name, value)) if name == "Err" => push(&1u8, out).and_then(|()| encode(err, value, out)),
        _ => Err("{\"Ok\": …} or {\"Err\": …} expected".to_owned()),
    }
}

fn decode(ty: &Type, rest: &mut &[u8]) -> Option<Value> {
    Some(match ty {
        Type::U8 => json!(take::<u8>(rest)?),
        Type::U16 => json!(take::<u16>(rest)?),
        Type::U32 => json!(take::<u32>(rest)?),
        Type::U64 => json!(take::<u64>(rest)?),
        Type::U128 => wide(take::<u128>(rest)?),
        Type::I8 => json!(take::<i8>(rest)?),
        Type::I16 => json!(take::<i16>(rest)?),
        Type::I32 => json!(take::<i32>(rest)?),
        Type::I64 => json!(take::<i64>(rest)?),
        Type::I128 => wide(take::<i128>(rest)?),
        Type::Bool => json!(take::<bool>(rest)?),
        Type::F32 => json!(take::<f32>(rest)?),
        Type::F64 => json!(take::<f64>(rest)?),
        Type::Char => json!(take::<char>(rest)?),
        Type::String => json!(take::<String>(rest)?),
        Type::Option(inner) => match take::<u8>(rest)? {
            0 => Value::Null,
            1 => decode(inner, rest)?,
            _ => return None,
        },
        Type::Result(ok, err) => match take::<u8>(rest)? {
            0 => json!({ "Ok": decode(ok, rest)? }),
            1 => json!({ "Err": decode(err, rest)? }),
            _ => return None,
        },
        Type::Sequence(element) => {
            let length = take::<usize>(rest)?;
            repeated(element, length, rest)?
        }
        Type::Array(element, length) => repeated(element, *length, rest)?,
        Type::Tuple(types) if types.is_empty() => Value::Null,
        Type::Tuple(types) => types.iter().map(|ty| decode(ty, rest)).collect::<Option<Vec<_>>>()?.into(),
        Type::Map(key, entry) => {
            let length = take::<usize>(rest)?;
            let length = bounded(length, rest)?;
            let pair = |_| Some(json!([decode(key, rest)?, decode(entry, rest)?]));
            (0..length).map(pair).collect::<Option<Vec<_>>>()?.into()
        }
        Type::Other(_) => return None,
    })
}

fn take<T: DeserializeOwned>(rest: &mut &[u8]) -> Option<T> {
    let (value, left) = postcard::take_from_bytes(rest).ok()?;
    *rest = left;
    Some(value)
}

/// A number beyond what JSON's readers agree on, as digits.
fn wide(number: impl ToString) -> Value {
    let digits = number.to_string();
    serde_json::from_str::<i64>(&digits).map_or(Value::String(digits), Value::from)
}

fn repeated(element: &Type, length: usize, rest: &mut &[u8]) -> Option<Value> {
    if *element == Type::U8 {
        let (bytes, left) = rest.split_at_checked(length)?;
        *rest = left;
        return Some(hex(bytes).into());
    }
    (0..bounded(length, rest)?).map(|_| decode(element, rest)).collect::<Option<Vec<_>>>().map(Value::from)
}

/// A number of elements, if the bytes left can hold them: one byte each at least. That excludes
/// elements without an encoding, of which a few bytes could claim any number.
fn bounded(length: usize, rest: &[u8]) -> Option<usize> {
    if length <= rest.len() { Some(length) } else { None }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?;
    if digits.len() % 2 != 0 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn signature(types: &[&str], returns: &str) -> Signature {
        let argument = |(index, ty): (usize, &&str)| Argument {
            name: format!("a{index}"),
            ty: (*ty).to_owned(),
            visibility: if index % 2 == 0 { Visibility::Public } else { Visibility::Private },
        };
        let arguments = types.iter().enumerate().map(argument).collect();
        Signature { name: "f".into(), arguments, returns: returns.into() }
    }

    /// The value through JSON's reading of `ty`, and back.
    fn agree<T: Serialize>(ty: &str, json: Value, value: T) {
        let bytes = postcard::to_allocvec(&value).unwrap();
        let signature = signature(&[ty], ty);
        assert_eq!(signature.encode(&json!([json])).unwrap().public, bytes, "{ty}");
        assert_eq!(signature.decode_output(&bytes).unwrap(), json, "{ty}");
    }

    #[test]
    fn values_are_encoded_as_the_guest_encodes_them() {
        agree("()", Value::Null, ());
        agree("bool", json!(true), true);
        agree("u8", json!(200), 200u8);
        agree("i8", json!(-5), -5i8);
        agree("u16", json!(40_000), 40_000u16);
        agree("u64", json!(u64::MAX), u64::MAX);
        agree("i32", json!(-70_000), -70_000i32);
        agree("u128", json!(u128::MAX.to_string()), u128::MAX);
        agree("i128", json!(-3), -3i128);
        agree("f32", json!(1.5), 1.5f32);
        agree("char", json!("ß"), 'ß');
        agree("&str", json!("text"), "text");
        agree("&[u8]", json!("0x00ff"), &[0u8, 255][..]);
        agree("[u8; 3]", json!("0x010203"), [1u8, 2, 3]);
        agree("Vec<(u32, bool)>", json!([[1, true], [300, false]]), vec![(1u32, true), (300, false)]);
        agree("Option<u32>", Value::Null, None::<u32>);
        agree("Option<String>", json!("a"), Some("a"));
        agree("Result<u8, String>", json!({"Err": "no"}), Err::<u8, _>("no"));
        agree("BTreeMap<u8, i64>", json!([[1, -1], [2, 5]]), BTreeMap::from([(1u8, -1i64), (2, 5)]));
    }

    #[test]
    fn arguments_go_to_their_input_by_name_or_in_order() {
        let signature = signature(&["u8", "u8", "u8"], "()");
        let expected = Inputs { public: vec![1, 3], private: vec![2] };
        assert_eq!(signature.encode(&json!({"a2": 3, "a1": 2, "a0": 1})), Ok(expected.clone()));
        assert_eq!(signature.encode(&json!([1, 2, 3])), Ok(expected));
    }

    #[test]
    fn each_misfit_is_named() {
        let signature = signature(&["u8", "[u8; 2]"], "u8");
        let message = |value: Value| signature.encode(&value).unwrap_err().to_string();
        assert_eq!(message(json!([1])), "the guest takes 2 arguments, not 1");
        assert_eq!(message(json!({"a0": 1})), "no value for argument `a1: [u8; 2]`");
        assert_eq!(message(json!({"b": 1})), "the guest has no argument `b`");
        assert_eq!(message(json!({"a0": 1, "a1": [1]})), "argument `a1: [u8; 2]`: 2 elements expected, not 1");
        assert!(message(json!({"a0": 256, "a1": [1, 2]})).starts_with("argument `a0: u8`: "));
        assert!(message(json!(1)).starts_with("arguments are"));
    }

    #[test]
    fn types_of_the_guest_pass_through_encoded() {
        let signature = signature(&["Vec<Transfer>"], "Result<(), Error>");
        let value = json!({"a0": [{"postcard": "0x0102"}, {"postcard": "0x03"}]});
        assert_eq!(signature.encode(&value).unwrap().public, [2, 1, 2, 3]);
        let error = signature.encode(&json!([[{"from": 1}]])).unwrap_err().to_string();
        assert!(error.contains("`Transfer` is a type of the guest"), "{error}");
        assert_eq!(signature.decode_output(&[1, 7]), Ok(json!({"postcard": "0x0107"})));
    }

    #[test]
    fn an_output_cut_short_or_too_long_is_refused() {
        let returns = |ty: &str| signature(&[], ty);
        assert!(returns("u32").decode_output(&[0x80]).is_err());
        assert!(returns("u32").decode_output(&[1, 1]).is_err());
        assert!(returns("Vec<()>").decode_output(&[0xff, 0xff, 0xff, 0x7f]).is_err());
    }
}

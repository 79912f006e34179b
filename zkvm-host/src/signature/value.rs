//! JSON to a guest's encoding and back.
//!
//! | type | JSON |
//! | --- | --- |
//! | integers | a number, or a string of decimal digits |
//! | `bool`, floats, `char`, `String`, `&str` | as one would write them |
//! | sequences, arrays, tuples | an array; of bytes also `"0x…"`, which is how they are shown |
//! | `()` | `null` or `[]` |
//! | `Option` | `null` or the value |
//! | `Result` | `{"Ok": …}` or `{"Err": …}` |
//! | `BTreeMap` | an array of pairs; with text as keys, an object |
//! | a type of the guest | as serde has it: an object of its fields, `"Variant"`, `{"Variant": …}` |
//! | a type of the guest without a definition | `{"postcard": "0x…"}`: its encoding |
//!
//! JSON's readers round integers of more than 64 bits: [`parse`] does not. Messages name arguments and
//! say what would fit, but never quote a value, which may be private.

use serde_json::{Value, json};
use thiserror::Error;

use super::decode::Decoder;
use super::encode::Encoder;
use super::ty::{Definitions, Type};
use super::{Argument, Signature, Visibility};

/// A guest's inputs, encoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Seen by the verifier.
    pub public: Vec<u8>,
    /// Known to the prover alone.
    pub private: Vec<u8>,
}

/// Why values are no inputs of a guest.
#[derive(Clone, PartialEq, Eq, Error)]
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
        /// What would.
        reason: String,
    },
}

/// Why bytes are no output of a guest.
#[derive(Clone, PartialEq, Eq, Error)]
#[error("the output is no encoding of `{ty}`")]
pub struct OutputError {
    /// The guest's return type.
    pub ty: String,
}

crate::readable::debug_as_display!(InputError, OutputError);

/// Reads JSON without rounding: an integer that does not fit 64 bits becomes the string of its digits.
///
/// # Errors
/// If the text is no JSON.
pub fn parse(json: &str) -> Result<Value, serde_json::Error> {
    let mut exact = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(length) = rest.chars().next().map(|first| token(first, rest)) {
        let (token, after) = rest.split_at(length);
        let is_wide = is_integer(token) && token.parse::<i64>().is_err() && token.parse::<u64>().is_err();
        if is_wide {
            exact.extend(["\"", token, "\""])
        } else {
            exact.push_str(token)
        }
        rest = after;
    }
    serde_json::from_str(&exact)
}

/// The length of the string or number that a text begins with, else that of its first character.
fn token(first: char, text: &str) -> usize {
    match first {
        '"' => {
            let mut escaped = false;
            let end = text[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(text.len(), |end| end + 2)
        }
        '-' | '0'..='9' => {
            let is_part = |c: char| c.is_ascii_alphanumeric() || ['-', '+', '.'].contains(&c);
            text.find(|c| !is_part(c)).unwrap_or(text.len())
        }
        other => other.len_utf8(),
    }
}

/// Whether a token is an integer as JSON has it.
fn is_integer(token: &str) -> bool {
    let digits = token.strip_prefix('-').unwrap_or(token);
    digits.starts_with(|c: char| ('1'..='9').contains(&c)) && digits.bytes().all(|c| c.is_ascii_digit())
}

impl Signature {
    /// Encodes arguments: a JSON object by name, or an array in order.
    ///
    /// # Errors
    /// The first argument that is missing, unknown or of another type.
    pub fn encode(&self, arguments: &Value) -> Result<Inputs, InputError> {
        let definitions = Definitions::parse(&self.definitions);
        let mut inputs = Inputs::default();
        for (argument, value) in self.arguments.iter().zip(self.values(arguments)?) {
            let bytes = match argument.visibility {
                Visibility::Public => &mut inputs.public,
                Visibility::Private => &mut inputs.private,
            };
            let mut encoder = Encoder { definitions: &definitions, bytes, depth: 0 };
            encoder.encode(&Type::parse(&argument.ty), value).map_err(|reason| InputError::Value {
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

    /// Decodes an output. A type without a definition, at any depth, leaves the output as it is:
    /// `{"postcard": "0x…"}`.
    ///
    /// # Errors
    /// If the bytes are no encoding of the return type, or too many.
    pub fn decode_output(&self, bytes: &[u8]) -> Result<Value, OutputError> {
        let definitions = Definitions::parse(&self.definitions);
        let ty = Type::parse(&self.returns);
        if definitions.unknown(&ty).is_some() {
            return Ok(json!({ "postcard": hex(bytes) }));
        }
        let mut decoder = Decoder::new(&definitions, bytes);
        match decoder.decode(&ty) {
            Some(value) if decoder.rest.is_empty() => Ok(value),
            _ => Err(OutputError { ty: self.returns.clone() }),
        }
    }
}

/// Values within each other, at most.
pub(super) const MAX_DEPTH: usize = 256;

/// Bytes as `0x…`.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Bytes of `0x…`.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?;
    if digits.len() % 2 != 0 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use std::collections::BTreeMap;

    fn signature(types: &[&str], returns: &str) -> Signature {
        let argument = |(index, ty): (usize, &&str)| Argument {
            name: format!("a{index}"),
            ty: (*ty).to_owned(),
            visibility: if index % 2 == 0 { Visibility::Public } else { Visibility::Private },
        };
        let arguments = types.iter().enumerate().map(argument).collect();
        Signature { name: "f".into(), arguments, returns: returns.into(), definitions: Vec::new() }
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
        agree("BTreeMap<String, u8>", json!({"a": 1, "b": 2}), BTreeMap::from([("a", 1u8), ("b", 2)]));
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
        let message_of = |value: &str| message(json!({"a0": value, "a1": [1, 2]}));
        assert_eq!(message_of("abc"), "argument `a0: u8`: an integer from 0 to 255 expected");
        assert_eq!(message_of("256"), message_of("abc"));
        assert!(message(json!(1)).starts_with("arguments are"));
    }

    #[test]
    fn no_message_quotes_a_value() {
        let types = ["u8", "i128", "bool", "char", "f64", "String", "[u8; 2]", "Vec<u8>", "(u8, u8)", "Option<u8>"];
        let types = [&types[..], &["Result<u8, u8>", "BTreeMap<u8, u8>", "Order", "Kind", "Unknown"]].concat();
        let values = [
            json!("777secret"),
            json!(777_777),
            json!([777_777, "777secret", 777_777]),
            json!({"777secret": 777_777}),
            json!({"postcard": "777secret"}),
            json!({"Ok": "777secret"}),
        ];
        for ty in types {
            let mut signature = signature(&[ty], "()");
            signature.definitions = vec!["struct Order {items: u8}".into(), "enum Kind {Book(u8)}".into()];
            for error in values.iter().filter_map(|value| signature.encode(&json!([value])).err()) {
                assert!(!error.to_string().contains("777") && !format!("{error:?}").contains("777"), "{error}");
            }
        }
    }

    #[test]
    fn integers_beyond_64_bits_are_exact() {
        let (least, most) = (i128::MIN, u128::MAX);
        let parsed = parse(&format!("{{\"a\\\"1\": [{most}, {least}, {}], \"b\": \"{most}\"}}", u64::MAX)).unwrap();
        let expected = json!({"a\"1": [most.to_string(), least.to_string(), u64::MAX], "b": most.to_string()});
        assert_eq!(parsed, expected);
        for json in ["1.5", "-7", "1e3", "[true, null]", "\"\\\\\"", "\"ß\"", "\"unended", "01", "-", "1a", "{", ""] {
            assert_eq!(parse(json).ok(), serde_json::from_str(json).ok(), "{json}");
        }
        let signature = signature(&["u128", "i128", "f64"], "()");
        let json = parse(&format!("[{most}, {least}, 100000000000000000000]")).unwrap();
        let inputs = signature.encode(&json).unwrap();
        assert_eq!(inputs.public, postcard::to_allocvec(&(most, 1e20)).unwrap());
        assert_eq!(inputs.private, postcard::to_allocvec(&least).unwrap());
        assert!(signature.encode(&parse(&format!("[{most}0, 1, 1]")).unwrap()).is_err());
    }

    #[test]
    fn types_without_a_definition_pass_through_encoded() {
        let signature = signature(&["Vec<Transfer>"], "Result<(), Error>");
        let value = json!({"a0": [{"postcard": "0x0102"}, {"postcard": "0x03"}]});
        assert_eq!(signature.encode(&value).unwrap().public, [2, 1, 2, 3]);
        let error = signature.encode(&json!([[{"from": 1}]])).unwrap_err().to_string();
        assert!(error.contains("the definition of `Transfer` is not known"), "{error}");
        assert_eq!(signature.decode_output(&[1, 7]), Ok(json!({"postcard": "0x0107"})));
    }

    #[test]
    fn an_output_cut_short_or_too_long_is_refused() {
        let returns = |ty: &str| signature(&[], ty);
        assert!(returns("u32").decode_output(&[0x80]).is_err());
        assert!(returns("u32").decode_output(&[1, 1]).is_err());
        assert!(returns("Vec<()>").decode_output(&[0xff, 0xff, 0xff, 0x7f]).is_err());
    }

    #[test]
    fn types_of_the_guest_are_encoded_as_serde_has_them() {
        #[derive(Serialize)]
        enum Tree {
            Empty,
            Leaf(u8),
            Pair(i8, Option<Box<Tree>>),
            Node { left: Box<Tree>, name: String },
        }
        let definitions = [
            "enum Tree {Empty, Leaf(u8), Pair(i8, Option<Box<Tree>>), Node {left: Box<Tree>, name: String}}",
            "struct Wrapper(Tree);",
            "type Forest = Vec<Wrapper>;",
        ];
        let mut signature = signature(&["Forest"], "Forest");
        signature.definitions = definitions.map(str::to_owned).to_vec();
        let forest = vec![
            Tree::Empty,
            Tree::Leaf(7),
            Tree::Pair(-1, None),
            Tree::Node { left: Box::new(Tree::Leaf(3)), name: "n".into() },
        ];
        let json = json!(["Empty", {"Leaf": 7}, {"Pair": [-1, null]}, {"Node": {"left": {"Leaf": 3}, "name": "n"}}]);
        let bytes = postcard::to_allocvec(&forest).unwrap();
        assert_eq!(signature.encode(&json!([json])).unwrap().public, bytes);
        assert_eq!(signature.decode_output(&bytes), Ok(json));
        let error = signature.encode(&json!([["Bush"]])).unwrap_err().to_string();
        assert!(error.ends_with("no such variant; there are Empty, Leaf, Pair, Node"), "{error}");
        let error = signature.encode(&json!([[{"Node": {"left": "Empty"}}]])).unwrap_err().to_string();
        assert!(error.ends_with("no field `name`"), "{error}");
    }

    #[test]
    fn values_without_an_encoding_do_not_multiply() {
        let mut signature = signature(&[], "T0");
        signature.definitions = (0..60).map(|i| format!("struct T{i}(T{0}, T{0});", i + 1)).collect();
        signature.definitions.push("struct T60;".into());
        assert!(signature.decode_output(&[]).is_err());
        signature.returns = "[[[(); 1000]; 1000]; 1000]".into();
        assert!(signature.decode_output(&[0; 1000]).is_err());
    }

    #[test]
    fn a_type_that_contains_itself_ends() {
        let mut signature = signature(&["Endless"], "Endless");
        signature.definitions = vec!["struct Endless(Box<Endless>);".into()];
        assert!(signature.encode(&json!([null])).is_err());
        assert!(signature.decode_output(&[]).is_err());
    }
}

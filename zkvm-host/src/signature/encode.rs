//! From JSON to a guest's encoding.
//!
//! What does not fit is told by what would: a value may be private, so no message quotes one.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ty::{Definition, Definitions, Fields, Type};
use super::value::{MAX_DEPTH, unhex};

/// Appends encodings to bytes.
pub(super) struct Encoder<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) bytes: &'a mut Vec<u8>,
    /// Types entered.
    pub(super) depth: usize,
}

/// What would have fitted.
type Reason = String;

impl Encoder<'_> {
    /// Appends `value` as a `ty`.
    pub(super) fn encode(&mut self, ty: &Type, value: &Value) -> Result<(), Reason> {
        if self.depth == MAX_DEPTH {
            return Err("the value is nested too deeply".to_owned());
        }
        self.depth += 1;
        let encoded = self.value(ty, value);
        self.depth -= 1;
        encoded
    }

    fn value(&mut self, ty: &Type, value: &Value) -> Result<(), Reason> {
        if let Some(bytes) = value.as_object().and_then(|object| object.get("postcard")) {
            let bytes = bytes.as_str().and_then(unhex).ok_or("\"postcard\" is followed by \"0x…\"")?;
            self.bytes.extend(bytes);
            return Ok(());
        }
        match ty {
            Type::U8 => self.integer(value, u8::MIN..=u8::MAX),
            Type::U16 => self.integer(value, u16::MIN..=u16::MAX),
            Type::U32 => self.integer(value, u32::MIN..=u32::MAX),
            Type::U64 => self.integer(value, u64::MIN..=u64::MAX),
            Type::U128 => self.integer(value, u128::MIN..=u128::MAX),
            Type::I8 => self.integer(value, i8::MIN..=i8::MAX),
            Type::I16 => self.integer(value, i16::MIN..=i16::MAX),
            Type::I32 => self.integer(value, i32::MIN..=i32::MAX),
            Type::I64 => self.integer(value, i64::MIN..=i64::MAX),
            Type::I128 => self.integer(value, i128::MIN..=i128::MAX),
            Type::Bool => self.leaf::<bool>(value, "true or false"),
            Type::F32 => self.float::<f32>(value),
            Type::F64 => self.float::<f64>(value),
            Type::Char => self.leaf::<char>(value, "one character"),
            Type::String => self.leaf::<String>(value, "text"),
            Type::Option(_) if value.is_null() => self.push(&0u8),
            Type::Option(inner) => {
                self.push(&1u8)?;
                self.encode(inner, value)
            }
            Type::Result(ok, err) => self.result(ok, err, value),
            Type::Sequence(element) => {
                let values = elements(element, value)?;
                self.push(&values.len())?;
                values.iter().try_for_each(|value| self.encode(element, value))
            }
            Type::Array(element, length) => {
                let values = elements(element, value)?;
                expect_count(*length, values.len())?;
                values.iter().try_for_each(|value| self.encode(element, value))
            }
            Type::Tuple(types) => self.tuple(types, value),
            Type::Map(key, entry) => self.map(key, entry, value),
            Type::Named(name) => self.named(name, value),
        }
    }

    fn push<T: Serialize>(&mut self, value: &T) -> Result<(), Reason> {
        self.bytes.extend(postcard::to_allocvec(value).map_err(|error| error.to_string())?);
        Ok(())
    }

    fn leaf<T: Serialize + DeserializeOwned>(&mut self, value: &Value, expected: &str) -> Result<(), Reason> {
        let value: T = serde_json::from_value(value.clone()).map_err(|_| format!("{expected} expected"))?;
        self.push(&value)
    }

    /// A number, or its digits in a string: other programs' JSON numbers are exact to 53 bits only.
    fn integer<T: Serialize + FromStr + Display>(
        &mut self,
        value: &Value,
        range: RangeInclusive<T>,
    ) -> Result<(), Reason> {
        let number = match value {
            Value::Number(number) => number.to_string().parse().ok(),
            Value::String(digits) => digits.parse().ok(),
            _ => None,
        };
        let expected = || format!("an integer from {} to {} expected", range.start(), range.end());
        let number: T = number.ok_or_else(expected)?;
        self.push(&number)
    }

    /// A number; one of many digits, which [`parse`](super::value::parse) gives as a string, too.
    fn float<T: Serialize + DeserializeOwned + FromStr>(&mut self, value: &Value) -> Result<(), Reason> {
        let digits = value.as_str().filter(|text| text.bytes().all(|c| c == b'-' || c.is_ascii_digit()));
        match digits.and_then(|digits| digits.parse::<T>().ok()) {
            Some(number) => self.push(&number),
            None => self.leaf::<T>(value, "a number"),
        }
    }

    fn tuple(&mut self, types: &[Type], value: &Value) -> Result<(), Reason> {
        let values = match value {
            Value::Array(values) => &values[..],
            Value::Null if types.is_empty() => &[],
            _ => return Err("an array expected".to_owned()),
        };
        expect_count(types.len(), values.len())?;
        types.iter().zip(values).try_for_each(|(ty, value)| self.encode(ty, value))
    }

    /// An object if the keys are text, else an array of pairs.
    fn map(&mut self, key: &Type, entry: &Type, value: &Value) -> Result<(), Reason> {
        match value {
            Value::Object(entries) if *key == Type::String => {
                self.push(&entries.len())?;
                entries.iter().try_for_each(|(name, value)| {
                    self.push(name)?;
                    self.encode(entry, value)
                })
            }
            Value::Array(pairs) => {
                self.push(&pairs.len())?;
                let types = [key.clone(), entry.clone()];
                pairs.iter().try_for_each(|pair| self.tuple(&types, pair))
            }
            _ => Err("an array of pairs expected, or an object if the keys are text".to_owned()),
        }
    }

    fn result(&mut self, ok: &Type, err: &Type, value: &Value) -> Result<(), Reason> {
        match single(value) {
            Some(("Ok", value)) => {
                self.push(&0u8)?;
                self.encode(ok, value)
            }
            Some(("Err", value)) => {
                self.push(&1u8)?;
                self.encode(err, value)
            }
            _ => Err("{\"Ok\": …} or {\"Err\": …} expected".to_owned()),
        }
    }

    fn named(&mut self, name: &str, value: &Value) -> Result<(), Reason> {
        let definition = self.definitions.get(name).ok_or_else(|| {
            format!("the definition of `{name}` is not known: give its encoding as {{\"postcard\": \"0x…\"}}")
        })?;
        match definition {
            Definition::Alias(ty) => self.encode(ty, value),
            Definition::Struct(fields) => self.fields(fields, value),
            Definition::Enum(variants) => self.variant(variants, value),
        }
    }

    fn variant(&mut self, variants: &[(String, Fields)], value: &Value) -> Result<(), Reason> {
        let null = Value::Null;
        let (name, content) = match value {
            Value::String(name) => (&**name, &null),
            value => single(value).ok_or("a variant expected: its name, or an object of its name")?,
        };
        let Some(index) = variants.iter().position(|(variant, _)| variant == name) else {
            let names: Vec<_> = variants.iter().map(|(name, _)| &**name).collect();
            return Err(format!("no such variant; there are {}", names.join(", ")));
        };
        self.push(&(index as u32))?;
        self.fields(&variants[index].1, content)
    }

    fn fields(&mut self, fields: &Fields, value: &Value) -> Result<(), Reason> {
        match fields {
            Fields::Tuple(types) => match &types[..] {
                [single] => self.encode(single, value),
                types => self.tuple(types, value),
            },
            Fields::Named(fields) => {
                let object = value.as_object().ok_or("an object expected")?;
                expect_fields(fields, object)?;
                fields.iter().try_for_each(|(name, ty)| {
                    let value = object.get(name).ok_or_else(|| format!("no field `{name}`"))?;
                    self.encode(ty, value).map_err(|reason| format!("field `{name}`: {reason}"))
                })
            }
        }
    }
}

fn elements(element: &Type, value: &Value) -> Result<Vec<Value>, Reason> {
    match value {
        Value::Array(values) => Ok(values.clone()),
        Value::String(text) if *element == Type::U8 => {
            let bytes = unhex(text).ok_or("bytes are \"0x…\" with an even number of digits")?;
            Ok(bytes.into_iter().map(Value::from).collect())
        }
        _ => Err("an array expected".to_owned()),
    }
}

fn expect_count(expected: usize, found: usize) -> Result<(), Reason> {
    if expected == found { Ok(()) } else { Err(format!("{expected} elements expected, not {found}")) }
}

fn expect_fields(fields: &[(String, Type)], object: &Map<String, Value>) -> Result<(), Reason> {
    if object.keys().all(|key| fields.iter().any(|(name, _)| name == key)) {
        return Ok(());
    }
    let names: Vec<_> = fields.iter().map(|(name, _)| &**name).collect();
    Err(format!("no such field; there are {}", names.join(", ")))
}

/// The name and value of an object with one entry.
fn single(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(name, value)| (&**name, value))
}

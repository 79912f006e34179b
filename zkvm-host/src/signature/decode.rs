//! From a guest's encoding to JSON.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::ty::{Definition, Definitions, Fields, Type};
use super::value::{MAX_DEPTH, hex};

/// Most values of one output. Values without an encoding count, too: a few definitions could make any
/// number of them.
const MAX_VALUES: usize = 1 << 20;

/// Reads values from bytes.
pub(super) struct Decoder<'a> {
    definitions: &'a Definitions,
    /// What is not yet read.
    pub(super) rest: &'a [u8],
    /// Types entered.
    depth: usize,
    /// Values begun.
    count: usize,
}

impl<'a> Decoder<'a> {
    /// A decoder at the start of `bytes`.
    pub(super) fn new(definitions: &'a Definitions, bytes: &'a [u8]) -> Self {
        Decoder { definitions, rest: bytes, depth: 0, count: 0 }
    }

    /// The next value as a `ty`; none if the bytes are no encoding of one.
    pub(super) fn decode(&mut self, ty: &Type) -> Option<Value> {
        if self.depth == MAX_DEPTH || self.count == MAX_VALUES {
            return None;
        }
        (self.depth, self.count) = (self.depth + 1, self.count + 1);
        let value = self.value(ty);
        self.depth -= 1;
        value
    }

    fn value(&mut self, ty: &Type) -> Option<Value> {
        Some(match ty {
            Type::U8 => json!(self.take::<u8>()?),
            Type::U16 => json!(self.take::<u16>()?),
            Type::U32 => json!(self.take::<u32>()?),
            Type::U64 => json!(self.take::<u64>()?),
            Type::U128 => wide(self.take::<u128>()?),
            Type::I8 => json!(self.take::<i8>()?),
            Type::I16 => json!(self.take::<i16>()?),
            Type::I32 => json!(self.take::<i32>()?),
            Type::I64 => json!(self.take::<i64>()?),
            Type::I128 => wide(self.take::<i128>()?),
            Type::Bool => json!(self.take::<bool>()?),
            Type::F32 => json!(self.take::<f32>()?),
            Type::F64 => json!(self.take::<f64>()?),
            Type::Char => json!(self.take::<char>()?),
            Type::String => json!(self.take::<String>()?),
            Type::Option(inner) => match self.take::<u8>()? {
                0 => Value::Null,
                1 => self.decode(inner)?,
                _ => return None,
            },
            Type::Result(ok, err) => match self.take::<u32>()? {
                0 => json!({ "Ok": self.decode(ok)? }),
                1 => json!({ "Err": self.decode(err)? }),
                _ => return None,
            },
            Type::Sequence(element) => {
                let length = self.take::<usize>()?;
                self.repeated(element, length)?
            }
            Type::Array(element, length) => self.repeated(element, *length)?,
            Type::Tuple(types) => self.tuple(types)?,
            Type::Map(key, entry) => self.map(key, entry)?,
            Type::Named(name) => self.named(name)?,
        })
    }

    fn take<T: DeserializeOwned>(&mut self) -> Option<T> {
        let (value, rest) = postcard::take_from_bytes(self.rest).ok()?;
        self.rest = rest;
        Some(value)
    }

    /// A number of elements, if the bytes left can hold them: one byte each at least. That excludes
    /// elements without an encoding, of which a few bytes could claim any number.
    fn bounded(&self, length: usize) -> Option<usize> {
        if length <= self.rest.len() { Some(length) } else { None }
    }

    fn repeated(&mut self, element: &Type, length: usize) -> Option<Value> {
        let length = self.bounded(length)?;
        if *element == Type::U8 {
            let (bytes, rest) = self.rest.split_at(length);
            self.rest = rest;
            return Some(hex(bytes).into());
        }
        (0..length).map(|_| self.decode(element)).collect::<Option<Vec<_>>>().map(Value::from)
    }

    fn tuple(&mut self, types: &[Type]) -> Option<Value> {
        match types {
            [] => Some(Value::Null),
            types => types.iter().map(|ty| self.decode(ty)).collect::<Option<Vec<_>>>().map(Value::from),
        }
    }

    fn map(&mut self, key: &Type, entry: &Type) -> Option<Value> {
        let length = self.take::<usize>()?;
        let length = self.bounded(length)?;
        if *key == Type::String {
            let entry = |_| Some((self.take::<String>()?, self.decode(entry)?));
            return (0..length).map(entry).collect::<Option<Map<_, _>>>().map(Value::from);
        }
        let pair = |_| Some(json!([self.decode(key)?, self.decode(entry)?]));
        (0..length).map(pair).collect::<Option<Vec<_>>>().map(Value::from)
    }

    fn named(&mut self, name: &str) -> Option<Value> {
        match self.definitions.get(name)? {
            Definition::Alias(ty) => self.decode(ty),
            Definition::Struct(fields) => self.fields(fields),
            Definition::Enum(variants) => {
                let index = self.take::<u32>()?;
                let (name, fields) = variants.get(index as usize)?;
                match fields {
                    Fields::Tuple(types) if types.is_empty() => Some(json!(name)),
                    fields => self.fields(fields).map(|value| json!({ name: value })),
                }
            }
        }
    }

    fn fields(&mut self, fields: &Fields) -> Option<Value> {
        match fields {
            Fields::Tuple(types) => match &types[..] {
                [single] => self.decode(single),
                types => self.tuple(types),
            },
            Fields::Named(fields) => {
                let field = |(name, ty): &(String, Type)| Some((name.clone(), self.decode(ty)?));
                fields.iter().map(field).collect::<Option<Map<_, _>>>().map(Value::from)
            }
        }
    }
}

/// A number beyond what JSON's readers agree on, as digits.
fn wide(number: impl ToString) -> Value {
    let digits = number.to_string();
    serde_json::from_str::<i64>(&digits).map_or(Value::String(digits), Value::from)
}

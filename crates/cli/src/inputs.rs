//! Inputs of a guest: typed values by its signature, or raw bytes.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};
use zkvm_host::signature::value::{self, Inputs};
use zkvm_host::signature::{Signature, Visibility};
use zkvm_host::{FileError, Input, read_file};

use crate::args::GuestArgs;
use crate::failure::{Class, Failure};

/// The guest's inputs.
#[derive(Args, Clone, Debug)]
pub struct InputArgs {
    /// Arguments by name, such as n=10: JSON, or text
    #[arg(value_name = "NAME=VALUE")]
    pub values: Vec<String>,
    /// Arguments as JSON: an object by name, an array in order, a file that holds one, or - for
    /// the standard input
    #[arg(long, value_name = "JSON|FILE", conflicts_with = "values", help_heading = "Input")]
    pub input: Option<String>,
    /// Public input as hexadecimal bytes, as they are
    #[arg(long, value_name = "HEX", conflicts_with_all = ["values", "input"], help_heading = "Input")]
    pub public_hex: Option<String>,
    /// File with the public input, as it is
    #[arg(long, value_name = "FILE", conflicts_with_all = ["values", "input", "public_hex"], help_heading = "Input")]
    pub public_file: Option<PathBuf>,
    /// Private input as hexadecimal bytes, as they are
    #[arg(long, value_name = "HEX", conflicts_with_all = ["values", "input"], help_heading = "Input")]
    pub private_hex: Option<String>,
    /// File with the private input, as it is
    #[arg(long, value_name = "FILE", conflicts_with_all = ["values", "input", "private_hex"], help_heading = "Input")]
    pub private_file: Option<PathBuf>,
}

/// A guest and its inputs. What looks like `name=value` and is no file is a value.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    #[command(flatten)]
    guest: GuestArgs,
    #[command(flatten)]
    input: InputArgs,
}

impl RunArgs {
    /// Guest and inputs, told apart.
    pub fn split(&self) -> Result<(GuestArgs, InputArgs), Failure> {
        let (mut guest, mut input) = (self.guest.clone(), self.input.clone());
        let first = guest.path.take_if(|path| !path.exists() && path.to_string_lossy().contains('='));
        if let Some(first) = first {
            input.values.insert(0, first.to_string_lossy().into_owned());
            if input.input.is_some() || input.is_raw() {
                let message = "values by name cannot be used with --input or raw inputs";
                return Err(Class::Input.because(message));
            }
        }
        Ok((guest, input))
    }
}

impl InputArgs {
    /// Encodes the inputs.
    pub fn encode(&self, signature: Option<&Signature>) -> Result<Input, Failure> {
        let inputs = match signature {
            _ if self.is_raw() => self.raw()?,
            Some(signature) => signature.encode(&self.typed(signature)?)?,
            None if self.values.is_empty() && self.input.is_none() => Inputs::default(),
            None => {
                let message = "the guest states no signature: pass its input with --public-hex, \
                    --public-file, --private-hex or --private-file";
                return Err(Class::Input.because(message));
            }
        };
        Input::new(inputs.public, inputs.private).map_err(|error| Class::Input.because(error))
    }

    /// Encodes the inputs that the verifier sees. To give others is an error: a verification cannot
    /// depend on them, and whoever has them should not spread them.
    pub fn encode_public(&self, signature: Option<&Signature>) -> Result<Vec<u8>, Failure> {
        if self.private_hex.is_some() || self.private_file.is_some() {
            return Err(Class::Input.because("a verifier has no private input: leave it out"));
        }
        let signature = match signature {
            _ if self.is_raw() => return Ok(self.raw()?.public),
            None if self.values.is_empty() && self.input.is_none() => return Ok(Vec::new()),
            Some(signature) => signature,
            None => {
                let message = "a key states no signature: give it with --signature, or the public input with \
                    --public-hex or --public-file";
                return Err(Class::Input.because(message));
            }
        };
        let arguments = self.typed(signature)?;
        let given = |name: &str| arguments.as_object().is_some_and(|values| values.contains_key(name));
        if let Some(private) = signature.arguments(Visibility::Private).find(|argument| given(&argument.name)) {
            let message = format!("argument `{}` is private: a verifier does not have it, leave it out", private.name);
            return Err(Class::Input.because(message));
        }
        if let Value::Array(values) = &arguments
            && values.len() == signature.arguments.len()
            && signature.arguments(Visibility::Private).next().is_some()
        {
            return Err(Class::Input.because("a verifier has the public arguments alone: leave the private ones out"));
        }
        let public =
            Signature { arguments: signature.arguments(Visibility::Public).cloned().collect(), ..signature.clone() };
        Ok(public.encode(&arguments)?.public)
    }

    fn is_raw(&self) -> bool {
        let hex = self.public_hex.is_some() || self.private_hex.is_some();
        hex || self.public_file.is_some() || self.private_file.is_some()
    }

    fn raw(&self) -> Result<Inputs, Failure> {
        let public = bytes(self.public_hex.as_deref(), self.public_file.as_deref())?;
        let private = bytes(self.private_hex.as_deref(), self.private_file.as_deref())?;
        Ok(Inputs { public, private })
    }

    /// The arguments as JSON.
    fn typed(&self, signature: &Signature) -> Result<Value, Failure> {
        if let Some(text) = &self.input {
            let json = if text.trim_start().starts_with(['{', '[']) { text.clone() } else { read(text)? };
            return value::parse(&json).map_err(|error| Class::Input.because(format_args!("--input: {error}")));
        }
        let mut values = Map::new();
        for (index, pair) in self.values.iter().enumerate() {
            let Some((name, text)) = pair.split_once('=') else {
                // Without quoting it: it may be a private value.
                let message = format!("value {} is not of the form name=value; the guest is `{signature}`", index + 1);
                return Err(Class::Input.because(message));
            };
            let argument = signature.arguments.iter().find(|argument| argument.name == name);
            let value = json_or_text(argument.map(|argument| &*argument.ty), text);
            if values.insert(name.to_owned(), value).is_some() {
                return Err(Class::Input.because(format_args!("argument `{name}` is given twice")));
            }
        }
        Ok(Value::Object(values))
    }
}

/// The value that `text` stands for: JSON, else the text itself. Text for a string is never a number.
fn json_or_text(ty: Option<&str>, text: &str) -> Value {
    let plain = || Value::String(text.to_owned());
    let is_text = matches!(ty, Some("String" | "&str" | "char"));
    match value::parse(text) {
        Ok(json @ Value::String(_)) => json,
        Ok(json) if !is_text => json,
        _ => plain(),
    }
}

/// The content of a file, or of the standard input for `-`.
fn read(path: &str) -> Result<String, Failure> {
    let cannot_read = |error| Failure::from(FileError::Read { path: path.into(), error });
    if path == "-" {
        let mut text = String::new();
        return io::stdin().read_to_string(&mut text).map(|_| text).map_err(cannot_read);
    }
    String::from_utf8(read_file(path)?).map_err(|error| cannot_read(io::Error::other(error.utf8_error())))
}

fn bytes(hex: Option<&str>, file: Option<&Path>) -> Result<Vec<u8>, Failure> {
    match (hex, file) {
        (Some(hex), _) => unhex(hex).ok_or_else(|| {
            let message = "raw input is an even number of hexadecimal digits";
            Class::Input.because(message)
        }),
        (None, Some(path)) => Ok(read_file(path)?),
        (None, None) => Ok(Vec::new()),
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_json_or_text() {
        assert_eq!(json_or_text(Some("u32"), "10"), json!(10));
        assert_eq!(json_or_text(Some("Vec<u8>"), "[1, 2]"), json!([1, 2]));
        assert_eq!(json_or_text(Some("[u8; 2]"), "0x0102"), json!("0x0102"));
        assert_eq!(json_or_text(Some("String"), "10"), json!("10"));
        assert_eq!(json_or_text(Some("&str"), "\"quoted\""), json!("quoted"));
        assert_eq!(json_or_text(None, "plain"), json!("plain"));
        let wide = u128::MAX.to_string();
        assert_eq!(json_or_text(Some("u128"), &wide), json!(wide));
        assert_eq!(json_or_text(Some("String"), &wide), json!(wide));
    }

    #[test]
    fn raw_bytes_are_hexadecimal() {
        assert_eq!(unhex("0x00fF"), Some(vec![0, 255]));
        assert_eq!(unhex(""), Some(vec![]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("+1"), None);
        assert_eq!(unhex("zz"), None);
    }
}

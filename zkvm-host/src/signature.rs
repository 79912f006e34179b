//! A guest's interface, as its ELF file states it.
//!
//! `#[zkvm::main]` writes the names, types and visibility of the arguments into the section
//! `.zkvm.abi`. That serves programs that cannot name the guest's types, such as a command line;
//! [`Signature::encode`] and [`Signature::decode_output`] translate between JSON and the encoding
//! that the guest reads and writes. See [`value`] for the types understood.

mod decode;
mod encode;
mod ty;
pub mod value;

use std::fmt;
use std::str::FromStr;

use object::LittleEndian;
use object::elf::FileHeader32;
use object::read::elf::{FileHeader, SectionHeader};
use quote::ToTokens;
use serde::{Deserialize, Serialize};
use syn::parse::{ParseStream, Parser};
use syn::{FnArg, Pat, ReturnType};
use thiserror::Error;

/// Name of the section.
const SECTION: &[u8] = b".zkvm.abi";

/// Name, arguments and return type of a guest's function. Types are written as in its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Name of the function.
    pub name: String,
    /// Its arguments in order.
    pub arguments: Vec<Argument>,
    /// Its return type, `()` if it has none.
    pub returns: String,
    /// The structs, enums and aliases of the guest's package that these types use, in Rust.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub definitions: Vec<String>,
}

/// An argument of a guest's function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: String,
    /// Whether the verifier sees it.
    pub visibility: Visibility,
}

/// Whether the verifier sees an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Part of what a proof states.
    Public,
    /// Known to the prover alone.
    Private,
}

/// Why a signature cannot be read.
#[derive(Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The file is no 32-bit ELF file, or is damaged.
    #[error("the guest's ELF file cannot be read: {0}")]
    Elf(#[from] object::read::Error),
    /// The section does not hold a signature.
    #[error("the signature in the section .zkvm.abi cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
}

crate::readable::debug_as_display!(SignatureError);

impl Signature {
    /// Reads the signature of an ELF file; none if it has no section for it.
    ///
    /// # Errors
    /// If the file's sections or the signature cannot be read.
    pub fn of_elf(elf: &[u8]) -> Result<Option<Self>, SignatureError> {
        let header = FileHeader32::<LittleEndian>::parse(elf)?;
        let endian = header.endian()?;
        let sections = header.sections(endian, elf)?;
        let Some((_, section)) = sections.section_by_name(endian, SECTION) else {
            return Ok(None);
        };
        Ok(Some(serde_json::from_slice(section.data(endian, elf)?)?))
    }

    /// The arguments that the verifier sees, or those that it does not.
    pub fn arguments(&self, visibility: Visibility) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(move |argument| argument.visibility == visibility)
    }
}

impl From<&syn::Signature> for Signature {
    fn from(function: &syn::Signature) -> Self {
        let arguments = function.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(Argument {
                name: match &*typed.pat {
                    Pat::Ident(name) => name.ident.to_string(),
                    pattern => pattern.to_token_stream().to_string(),
                },
                ty: typed.ty.to_token_stream().to_string(),
                visibility: if typed.attrs.iter().any(|a| a.path().is_ident("private")) {
                    Visibility::Private
                } else {
                    Visibility::Public
                },
            }),
            FnArg::Receiver(_) => None,
        });
        Signature {
            name: function.ident.to_string(),
            arguments: arguments.collect(),
            returns: match &function.output {
                ReturnType::Default => "()".to_owned(),
                ReturnType::Type(_, ty) => ty.to_token_stream().to_string(),
            },
            definitions: Vec::new(),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes: `fn f(#[private] n: u32) -> u64`.
impl FromStr for Signature {
    type Err = syn::Error;

    fn from_str(text: &str) -> Result<Self, syn::Error> {
        if !ty::is_shallow(text) {
            let refuse =
                |input: ParseStream| Err(input.error("no signature of a function, or types nested too deeply"));
            return refuse.parse_str("");
        }
        syn::parse_str::<syn::Signature>(text).map(|function| Self::from(&function))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fn {}(", self.name)?;
        let marked = self.arguments(Visibility::Private).next().is_some();
        for (index, Argument { name, ty, visibility }) in self.arguments.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let mark = match visibility {
                Visibility::Private => "#[private] ",
                Visibility::Public if marked => "#[public] ",
                Visibility::Public => "",
            };
            write!(f, "{comma}{mark}{name}: {ty}")?;
        }
        match &*self.returns {
            "()" => f.write_str(")"),
            returns => write!(f, ") -> {returns}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const OWNS: &str = r#"{"name":"owns","arguments":[
        {"name":"root","type":"[u8; 32]","visibility":"public"},
        {"name":"leaf","type":"&[u8]","visibility":"private"}],"returns":"bool"}"#;

    #[test]
    fn a_signature_reads_like_the_function() {
        let signature: Signature = serde_json::from_str(OWNS).unwrap();
        let text = "fn owns(#[public] root: [u8; 32], #[private] leaf: &[u8]) -> bool";
        assert_eq!(signature.to_string(), text);
        let private: Vec<_> = signature.arguments(Visibility::Private).map(|a| &*a.name).collect();
        assert_eq!(private, ["leaf"]);
        let read: Signature = text.parse().unwrap();
        let types: Vec<_> = read.arguments.iter().map(|a| (&*a.name, a.visibility)).collect();
        assert_eq!(types, [("root", Visibility::Public), ("leaf", Visibility::Private)]);
        assert_eq!(read.encode(&json!(["0x".to_owned() + &"00".repeat(32), "0x01"])).unwrap().private, [1, 1]);
        assert!("owns".parse::<Signature>().is_err());
        let deep = format!("fn f(a: {}u8)", "&".repeat(100_000)).parse::<Signature>().unwrap_err();
        assert!(deep.to_string().contains("nested too deeply"), "{deep}");
    }

    #[test]
    fn a_file_that_is_no_elf_file_is_an_error() {
        assert!(matches!(Signature::of_elf(b"#!/bin/sh"), Err(SignatureError::Elf(_))));
    }
}

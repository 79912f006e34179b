//! Guests in the build script of a host program.
//!
//! `build.rs` compiles the guest:
//!
//! ```no_run
//! // fn main
//! zkvm_host::build::script::guest("fibonacci", "../guest");
//! ```
//!
//! and writes a module of data to `$OUT_DIR/fibonacci.rs`:
//!
//! ```
//! /// The ELF file of the guest.
//! pub const ELF: &[u8] = &[]; // in truth included from a file
//! /// Types of all arguments.
//! pub type Arguments = (u32,);
//! /// Types of the arguments that the verifier sees.
//! pub type PublicArguments = (u32,);
//! /// Which of the arguments the verifier sees.
//! pub const PUBLIC: [bool; 1] = [true];
//! /// Type of the output.
//! pub type Output = u64;
//! ```
//!
//! Types are those of the guest's function, with `String` for `&str` and `Vec<u8>` for `&[u8]`, which
//! have the same encodings. Types of the guest must be in scope where the module is included.
//!
//! Clippy and rust-analyzer need the types only. For them the signature is read from the guest's
//! `src/main.rs`, nothing is compiled, and `ELF` is empty.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use quote::quote;
use syn::{Attribute, Item, Type};
use thiserror::Error;

use super::{BuildError, GuestBuilder, target::update};
use crate::signature::{Argument, Signature, Visibility};

/// Compiles the guest in `directory`, relative to the package of the build script, and writes the
/// module `name`. Ends the build script with a message if that fails.
pub fn guest(name: &str, directory: impl Into<PathBuf>) {
    build(name, GuestBuilder::new(directory));
}

/// As [`guest`], with options for the compilation.
pub fn build(name: &str, builder: GuestBuilder) {
    if let Err(error) = emit(name, &builder) {
        eprintln!("guest `{name}`: {error}");
        process::exit(1);
    }
}

/// Why a build script has no guest.
#[derive(Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// The guest does not compile.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The guest has no function that is its entry point.
    #[error("{}: no `#[zkvm::main]` function", .0.display())]
    NoEntryPoint(PathBuf),
    /// The guest's source cannot be parsed.
    #[error("{}: {error}", path.display())]
    Source {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: syn::Error,
    },
    /// The name is no identifier, or a type of the signature no type.
    #[error("the module for the guest is no Rust: {0}")]
    Module(#[from] syn::Error),
    /// The program is not a build script.
    #[error("no OUT_DIR: not run as a build script")]
    NoOutDir,
}

crate::readable::debug_as_display!(ScriptError);

fn emit(name: &str, builder: &GuestBuilder) -> Result<(), ScriptError> {
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or(ScriptError::NoOutDir)?;
    for variable in [SKIP, crate::toolchain::OVERRIDE].iter().chain(&WRAPPERS) {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let (elf, signature) = if types_suffice() {
        (Vec::new(), source_signature(&builder.directory)?)
    } else {
        let built = builder.build()?;
        for source in &built.sources {
            println!("cargo::rerun-if-changed={}", source.display());
        }
        let missing = || ScriptError::NoEntryPoint(built.path.clone());
        (built.elf, built.signature.ok_or_else(missing)?)
    };
    let file = out.join(name).with_extension("elf");
    write(&file, elf)?;
    write(&out.join(name).with_extension("rs"), module(&file, &signature)?)
}

fn write(file: &Path, content: impl AsRef<[u8]>) -> Result<(), ScriptError> {
    update(file, content).map_err(|error| super::io_error(file)(error).into())
}

/// Environment variable that makes build scripts leave guests uncompiled.
const SKIP: &str = "ZKVM_SKIP_GUESTS";

/// Environment variables by which Clippy and rust-analyzer take the compiler's place.
const WRAPPERS: [&str; 3] = ["RUSTC_WORKSPACE_WRAPPER", "RUSTC_WRAPPER", "RA_RUSTC_WRAPPER"];

/// Whether nobody will run the program that is being built.
fn types_suffice() -> bool {
    let [workspace, all, analyzer] = WRAPPERS.map(|variable| env::var_os(variable).map(PathBuf::from));
    let is = |wrapper: Option<PathBuf>, name: &str| {
        wrapper.is_some_and(|path| path.file_stem().is_some_and(|stem| stem == name))
    };
    env::var_os(SKIP).is_some() || is(workspace, "clippy-driver") || is(all, "rust-analyzer") || analyzer.is_some()
}

/// The module's source.
fn module(elf: &Path, signature: &Signature) -> Result<String, ScriptError> {
    let ty = |argument: &Argument| owned(&argument.ty);
    let all = signature.arguments.iter().map(ty).collect::<Result<Vec<_>, _>>()?;
    let public = signature.arguments(Visibility::Public).map(ty).collect::<Result<Vec<_>, _>>()?;
    let is_public = signature.arguments.iter().map(|a| a.visibility == Visibility::Public);
    let count = signature.arguments.len();
    let output = owned(&signature.returns)?;
    let elf = elf.to_string_lossy();
    let module = quote! {
        /// The ELF file of the guest.
        pub const ELF: &[u8] = include_bytes!(#elf);
        /// Types of all arguments.
        pub type Arguments = (#(#all,)*);
        /// Types of the arguments that the verifier sees.
        pub type PublicArguments = (#(#public,)*);
        /// Which of the arguments the verifier sees.
        pub const PUBLIC: [bool; #count] = [#(#is_public),*];
        /// Type of the output.
        pub type Output = #output;
    };
    Ok(module.to_string())
}

/// The type that a host uses for a guest's: references to bytes and text become owned.
fn owned(name: &str) -> Result<Type, syn::Error> {
    let ty: Type = syn::parse_str(name)?;
    let Type::Reference(reference) = &ty else { return Ok(ty) };
    syn::parse_str(match &*reference.elem {
        Type::Slice(_) => "::std::vec::Vec<u8>",
        _ => "::std::string::String",
    })
}

/// The signature as the guest's `src/main.rs` has it.
fn source_signature(directory: &Path) -> Result<Signature, ScriptError> {
    let path = directory.join("src/main.rs");
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(&path).map_err(super::io_error(&path))?;
    let file = syn::parse_file(&text);
    let file = file.map_err(|error| ScriptError::Source { path: path.clone(), error })?;
    let function = file.items.iter().find_map(|item| match item {
        Item::Fn(function) if function.attrs.iter().any(is_main) => Some(function),
        _ => None,
    });
    function.map(|function| Signature::from(&function.sig)).ok_or(ScriptError::NoEntryPoint(path))
}

fn is_main(attribute: &Attribute) -> bool {
    let path = attribute.path();
    let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    names == ["zkvm", "main"] || names == ["main"]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owns() -> Signature {
        Signature::from(&syn::parse_quote! {
            fn owns(#[public] root: [u8; 32], #[private] leaf: &[u8], #[private] who: &str) -> bool
        })
    }

    #[test]
    fn the_module_states_the_types_of_the_signature() {
        let text = module(Path::new("/out/owns.elf"), &owns()).unwrap();
        let expected = quote! {
            pub type Arguments = ([u8; 32], ::std::vec::Vec<u8>, ::std::string::String,);
        };
        assert!(text.contains(&expected.to_string()), "{text}");
        assert!(
            text.contains(
                &quote!(
                    pub type PublicArguments = ([u8; 32],);
                )
                .to_string()
            ),
            "{text}"
        );
        assert!(text.contains(&quote!([bool; 3usize] = [true, false, false]).to_string()), "{text}");
        assert!(
            text.contains(
                &quote!(
                    pub type Output = bool;
                )
                .to_string()
            ),
            "{text}"
        );
    }

    #[test]
    fn a_guest_without_arguments_and_value_has_empty_types() {
        let text = module(Path::new("/out/f.elf"), &Signature::from(&syn::parse_quote!(fn f()))).unwrap();
        assert!(
            text.contains(
                &quote!(
                    pub type Arguments = ();
                )
                .to_string()
            ),
            "{text}"
        );
        assert!(
            text.contains(
                &quote!(
                    pub type Output = ();
                )
                .to_string()
            ),
            "{text}"
        );
    }
}

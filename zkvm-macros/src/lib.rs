//! The `#[zkvm::main]` attribute.
//!
//! Three steps: `parse` reads the tokens, `validate` turns the function into a `Guest` or says all
//! that is wrong with it, `expand` writes the entry point and the `signature`.

mod definitions;
mod expand;
mod parse;
mod signature;
mod validate;

use proc_macro::TokenStream;

/// Makes a function the entry point of a guest program.
///
/// The function takes any number of arguments and returns any value; each type is a
/// `serde::Deserialize` or `serde::Serialize` one. `&[u8]` and `&str` arguments borrow from the input
/// without a copy; other references are refused.
///
/// All arguments are public until one is marked; then each says which it is:
///
/// ```text
/// #[zkvm::main]
/// fn owns(#[public] root: [u8; 32], #[private] leaf: &[u8]) -> bool { … }
/// ```
///
/// Private arguments are not sent to the verifier, and the proof of a run that has any is
/// zero-knowledge unless the prover asks for another: it shows nothing of them but what follows from the
/// public values and the sizes of the run.
///
/// The entry point takes attributes that Rust calls unsafe: a crate may `deny(unsafe_code)`, but not
/// forbid it.
///
/// The function itself stays as written, so that the host can call and test it. On the host the
/// attribute adds only a `main` that says what the package is.
///
/// The name, the arguments and the return type are written into the section `.zkvm.abi` of the
/// guest's ELF file, which is not loaded, as JSON, with the definitions of the package's own types:
///
/// ```json
/// {"name":"owns","arguments":[{"name":"root","type":"[u8; 32]","visibility":"public"},…],
///  "returns":"Proof","definitions":["struct Proof{depth:u32}",…]}
/// ```
#[proc_macro_attribute]
pub fn main(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let function = match parse::parse(attribute.into(), item.into()) {
        Ok(function) => function,
        Err(error) => return error.into_compile_error().into(),
    };
    match validate::validate(&function) {
        Ok(guest) => expand::expand(&guest).into(),
        Err(error) => {
            // The function without the entry point: one mistake should not make its callers fail.
            let function = validate::without_visibility(&function);
            let error = error.into_compile_error();
            quote::quote!(#error #function).into()
        }
    }
}

//! From tokens to a function.

use proc_macro2::TokenStream;
use syn::{Error, Item, ItemFn, Result};

/// Reads the annotated item, which must be a function, and the attribute's arguments, which must
/// be none.
pub(crate) fn parse(attribute: TokenStream, item: TokenStream) -> Result<ItemFn> {
    if !attribute.is_empty() {
        return Err(Error::new_spanned(attribute, "`#[zkvm::main]` takes no arguments"));
    }
    match syn::parse2(item)? {
        Item::Fn(function) => Ok(function),
        other => Err(Error::new_spanned(other, "`#[zkvm::main]` belongs on a function")),
    }
}

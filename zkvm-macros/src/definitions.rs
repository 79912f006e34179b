//! The guest's own types, as its sources define them.
//!
//! An attribute sees one function. What its types are stands elsewhere in the package, so the
//! package's sources are read for the definitions that programs without those types need, such as a
//! command line that takes JSON. Only what is certain is used: plain derives of serde, one definition
//! of a name, no generics and no attributes of serde.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Fields, Generics, Item, Type, Visibility};

/// Definitions by name; none for a name that does not serve.
type Definitions = BTreeMap<String, Option<Item>>;

/// The definitions that the types use, directly or not, in order of their names.
pub(crate) fn used_by<'a>(types: impl IntoIterator<Item = &'a Type>) -> Vec<Item> {
    let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let mut all = Definitions::new();
    read_directory(&root.join("src"), &mut all);
    reachable(types, &all)
}

fn reachable<'a>(types: impl IntoIterator<Item = &'a Type>, all: &Definitions) -> Vec<Item> {
    let mut found: BTreeMap<String, Item> = BTreeMap::new();
    let mut open: Vec<TokenStream> = types.into_iter().map(ToTokens::to_token_stream).collect();
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Ident(name) => {
                    let name = name.to_string();
                    if let Some(Some(item)) = all.get(&name)
                        && !found.contains_key(&name)
                    {
                        open.push(item.to_token_stream());
                        found.insert(name, item.clone());
                    }
                }
                _ => {}
            }
        }
    }
    found.into_values().collect()
}

fn read_directory(directory: &Path, all: &mut Definitions) {
    for entry in directory.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_directory(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && let Ok(text) = fs::read_to_string(&path)
            && let Ok(file) = syn::parse_file(&text)
        {
            read_items(file.items, all);
        }
    }
}

fn read_items(items: Vec<Item>, all: &mut Definitions) {
    for item in items {
        let (name, definition) = match item {
            Item::Mod(module) => {
                read_items(module.content.map(|(_, items)| items).unwrap_or_default(), all);
                continue;
            }
            Item::Struct(item) => (item.ident.to_string(), plain(Item::Struct(item))),
            Item::Enum(item) => (item.ident.to_string(), plain(Item::Enum(item))),
            Item::Type(item) => (item.ident.to_string(), plain(Item::Type(item))),
            _ => continue,
        };
        // Two definitions of one name: which is meant cannot be told from here.
        all.entry(name).and_modify(|before| *before = None).or_insert(definition);
    }
}

/// The definition without attributes, if it says all about its encoding.
fn plain(mut item: Item) -> Option<Item> {
    let certain = match &mut item {
        Item::Struct(item) => {
            let derived = derives_serde(&item.attrs);
            item.vis = Visibility::Inherited;
            derived && strip(&mut item.attrs) && strip_fields(&mut item.fields) && is_concrete(&item.generics)
        }
        Item::Enum(item) => {
            let derived = derives_serde(&item.attrs);
            item.vis = Visibility::Inherited;
            let mut variants = item.variants.iter_mut();
            derived
                && strip(&mut item.attrs)
                && variants.all(|variant| strip(&mut variant.attrs) && strip_fields(&mut variant.fields))
                && is_concrete(&item.generics)
        }
        Item::Type(item) => {
            item.vis = Visibility::Inherited;
            strip(&mut item.attrs) && is_concrete(&item.generics)
        }
        _ => false,
    };
    certain.then_some(item)
}

fn derives_serde(attributes: &[Attribute]) -> bool {
    let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let text: String = derives.map(|attribute| attribute.meta.to_token_stream().to_string()).collect();
    text.contains("Serialize") || text.contains("Deserialize")
}

fn is_concrete(generics: &Generics) -> bool {
    generics.params.is_empty()
}

/// Removes attributes; false if one of them is serde's.
fn strip(attributes: &mut Vec<Attribute>) -> bool {
    let plain = attributes.iter().all(|attribute| !attribute.path().is_ident("serde"));
    attributes.clear();
    plain
}

fn strip_fields(fields: &mut Fields) -> bool {
    fields.iter_mut().all(|field| {
        field.vis = Visibility::Inherited;
        strip(&mut field.attrs)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definitions(source: &str, types: &[&str]) -> Vec<String> {
        let mut all = Definitions::new();
        read_items(syn::parse_file(source).unwrap().items, &mut all);
        let types: Vec<Type> = types.iter().map(|ty| syn::parse_str(ty).unwrap()).collect();
        let found = reachable(&types, &all);
        found.iter().map(crate::signature::text).collect()
    }

    #[test]
    fn the_types_in_use_are_defined_without_what_only_the_compiler_needs() {
        let source = "
            /// Documentation.
            #[derive(Debug, Serialize, Deserialize)]
            pub struct Order {
                /// Documentation.
                pub items: Vec<Item>,
                paid: bool
            }
            mod inner { #[derive(serde::Deserialize)] enum Item { #[default] Book, Other(Name) } }
            pub type Name = String;
            #[derive(Serialize)] struct Unused(u8);
        ";
        let expected =
            ["enum Item{Book, Other(Name)}", "type Name=String;", "struct Order{items:Vec<Item>, paid:bool}"];
        assert_eq!(definitions(source, &["Option<Order>"]), expected);
    }

    #[test]
    fn what_is_not_certain_is_left_out() {
        let source = "
            #[derive(Serialize)] struct Renamed { #[serde(rename = \"b\")] a: u8 }
            #[derive(Serialize)] struct Generic<T>(T);
            struct ByHand(u8);
            #[derive(Serialize)] struct Twice(u8);
            mod tests { #[derive(Serialize)] struct Twice(u16); }
        ";
        assert!(definitions(source, &["(Renamed, Generic<u8>, ByHand, Twice)"]).is_empty());
    }
}

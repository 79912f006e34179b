//! Types read from their names and definitions.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::{Expr, ExprLit, GenericArgument, Item, Lit, PathArguments};

/// Bound on the nesting of a type in its text.
const MAX_NESTING: usize = 128;

/// Whether Rust's text nests little. The parser calls itself for every level, signatures come from
/// files of others, and a stack is soon exhausted. The depth is at most the number of open brackets
/// plus the words and signs since the last comma (`&&&&u8`), plus the arrows and bars, whose types and
/// expressions nest beyond a comma (`fn(u8,) -> `, `|a,| `). Literals and comments, which could hide
/// brackets, have no place in a type.
pub(super) fn is_shallow(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let is_character = |three: &[char]| three[0] == '\'' && three[2] == '\'';
    let beyond_commas = text.matches("->").count() + text.matches('|').count();
    if text.contains(['"', '/', '\\']) || chars.windows(3).any(is_character) || beyond_commas > MAX_NESTING {
        return false;
    }
    let (mut open, mut run, mut before) = (Vec::new(), 0, ' ');
    for c in chars {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        match c {
            ',' | ';' => run = 0,
            '<' | '(' | '[' | '{' => open.push(c),
            // An arrow or a comparison closes nothing.
            '>' if before == '-' || open.last() != Some(&'<') => run += 1,
            '>' => drop(open.pop()),
            ')' | ']' | '}' => {
                let opening = if c == ')' {
                    '('
                } else if c == ']' {
                    '['
                } else {
                    '{'
                };
                open.truncate(open.iter().rposition(|open| *open == opening).unwrap_or(open.len()));
            }
            _ if c.is_whitespace() || is_word(c) && is_word(before) => {}
            _ => run += 1,
        }
        before = c;
        if open.len() + run > MAX_NESTING {
            return false;
        }
    }
    true
}

/// A type whose encoding follows from its name, or one by name.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Bool,
    U8,
    U16,
    U32,
    U64,
    U128,
    I8,
    I16,
    I32,
    I64,
    I128,
    F32,
    F64,
    Char,
    String,
    Option(Box<Type>),
    Result(Box<Type>, Box<Type>),
    /// A length, then the elements.
    Sequence(Box<Type>),
    /// A length, then keys and values in turn.
    Map(Box<Type>, Box<Type>),
    /// The elements; no element for `()`.
    Tuple(Vec<Type>),
    Array(Box<Type>, usize),
    /// A type of the guest.
    Named(String),
}

/// What a type of the guest is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Definition {
    Alias(Type),
    Struct(Fields),
    /// Names and fields of the variants, in order.
    Enum(Vec<(String, Fields)>),
}

/// The fields of a struct or variant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fields {
    /// By position; none for a unit.
    Tuple(Vec<Type>),
    Named(Vec<(String, Type)>),
}

/// The types of a guest.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Definitions(BTreeMap<String, Definition>);

impl Definitions {
    /// Reads definitions in Rust's syntax; what is none is left out.
    pub(super) fn parse(items: &[String]) -> Self {
        let shallow = items.iter().filter(|item| is_shallow(item));
        Self(shallow.filter_map(|item| definition(&syn::parse_str(item).ok()?)).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&Definition> {
        self.0.get(name)
    }

    /// The first type within `ty` whose definition is not known.
    pub(super) fn unknown<'a>(&'a self, ty: &'a Type) -> Option<&'a str> {
        // Without recursion: a chain of definitions may be long.
        let (mut seen, mut pending) = (BTreeSet::new(), vec![ty]);
        while let Some(ty) = pending.pop() {
            let mut parts: Vec<&Type> = match ty {
                Type::Option(inner) | Type::Sequence(inner) | Type::Array(inner, _) => vec![inner],
                Type::Result(a, b) | Type::Map(a, b) => vec![a, b],
                Type::Tuple(elements) => elements.iter().collect(),
                Type::Named(name) if !seen.insert(name) => continue,
                Type::Named(name) => match self.get(name) {
                    None => return Some(name),
                    Some(Definition::Alias(ty)) => vec![ty],
                    Some(Definition::Struct(fields)) => fields.types().collect(),
                    Some(Definition::Enum(variants)) => {
                        variants.iter().flat_map(|(_, fields)| fields.types()).collect()
                    }
                },
                _ => continue,
            };
            parts.reverse();
            pending.append(&mut parts);
        }
        None
    }
}

fn definition(item: &Item) -> Option<(String, Definition)> {
    Some(match item {
        Item::Type(item) => (item.ident.to_string(), Definition::Alias(Type::of(&item.ty))),
        Item::Struct(item) => (item.ident.to_string(), Definition::Struct(Fields::of(&item.fields))),
        Item::Enum(item) => {
            let variants = item.variants.iter().map(|v| (v.ident.to_string(), Fields::of(&v.fields)));
            (item.ident.to_string(), Definition::Enum(variants.collect()))
        }
        _ => return None,
    })
}

impl Fields {
    fn of(fields: &syn::Fields) -> Self {
        match fields {
            syn::Fields::Named(fields) => Self::Named(
                fields.named.iter().filter_map(|f| Some((f.ident.as_ref()?.to_string(), Type::of(&f.ty)))).collect(),
            ),
            fields => Self::Tuple(fields.iter().map(|field| Type::of(&field.ty)).collect()),
        }
    }

    fn types(&self) -> Box<dyn Iterator<Item = &Type> + '_> {
        match self {
            Self::Tuple(types) => Box::new(types.iter()),
            Self::Named(fields) => Box::new(fields.iter().map(|(_, ty)| ty)),
        }
    }
}

impl Type {
    /// Reads a type as the signature writes it.
    pub(super) fn parse(name: &str) -> Self {
        let parsed = if is_shallow(name) { syn::parse_str(name).ok() } else { None };
        parsed.map_or_else(|| Self::Named(name.to_owned()), |ty| Self::of(&ty))
    }

    fn of(ty: &syn::Type) -> Self {
        let known = match ty {
            syn::Type::Reference(reference) => match &*reference.elem {
                syn::Type::Slice(slice) => Some(Self::Sequence(Box::new(Self::of(&slice.elem)))),
                elem => Some(Self::of(elem)),
            },
            syn::Type::Tuple(tuple) => Some(Self::Tuple(tuple.elems.iter().map(Self::of).collect())),
            syn::Type::Array(array) => match &array.len {
                Expr::Lit(ExprLit { lit: Lit::Int(length), .. }) => {
                    let length = length.base10_parse().ok();
                    length.map(|length| Self::Array(Box::new(Self::of(&array.elem)), length))
                }
                _ => None,
            },
            syn::Type::Path(path) if path.qself.is_none() => path.path.segments.last().and_then(|last| {
                let name = last.ident.to_string();
                match parameters(&last.arguments)? {
                    parameters if parameters.is_empty() => Some(Self::simple(&name).unwrap_or(Self::Named(name))),
                    parameters => Self::generic(&name, parameters),
                }
            }),
            syn::Type::Paren(inner) => Some(Self::of(&inner.elem)),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Named(ty.to_token_stream().to_string()))
    }

    fn simple(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "u8" => Self::U8,
            "u16" => Self::U16,
            // The guest's word has 32 bits.
            "u32" | "usize" => Self::U32,
            "u64" => Self::U64,
            "u128" => Self::U128,
            "i8" => Self::I8,
            "i16" => Self::I16,
            "i32" | "isize" => Self::I32,
            "i64" => Self::I64,
            "i128" => Self::I128,
            "f32" => Self::F32,
            "f64" => Self::F64,
            "char" => Self::Char,
            "String" | "str" => Self::String,
            _ => return None,
        })
    }

    fn generic(name: &str, parameters: Vec<Self>) -> Option<Self> {
        let mut parameters = parameters.into_iter();
        match (name, parameters.next()?, parameters.next(), parameters.next()) {
            ("Option", some, None, None) => Some(Self::Option(Box::new(some))),
            ("Box" | "Rc" | "Arc", inner, None, None) => Some(inner),
            ("Vec" | "VecDeque" | "BTreeSet", element, None, None) => Some(Self::Sequence(Box::new(element))),
            ("Result", ok, Some(err), None) => Some(Self::Result(Box::new(ok), Box::new(err))),
            ("BTreeMap", key, Some(value), None) => Some(Self::Map(Box::new(key), Box::new(value))),
            _ => None,
        }
    }
}

/// The types in angle brackets; none if something else is there.
fn parameters(arguments: &PathArguments) -> Option<Vec<Type>> {
    match arguments {
        PathArguments::None => Some(Vec::new()),
        PathArguments::Parenthesized(_) => None,
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .map(|argument| match argument {
                GenericArgument::Type(ty) => Some(Type::of(ty)),
                _ => None,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_of_the_language_are_known() {
        assert_eq!(Type::parse("()"), Type::Tuple(vec![]));
        assert_eq!(Type::parse("&[u8]"), Type::Sequence(Box::new(Type::U8)));
        assert_eq!(Type::parse("&str"), Type::String);
        assert_eq!(Type::parse("usize"), Type::U32);
        assert_eq!(Type::parse("[u8; 32]"), Type::Array(Box::new(Type::U8), 32));
        assert_eq!(
            Type::parse("Result<Option<std::string::String>, (u8, i64)>"),
            Type::Result(
                Box::new(Type::Option(Box::new(Type::String))),
                Box::new(Type::Tuple(vec![Type::U8, Type::I64])),
            )
        );
    }

    #[test]
    fn deep_types_are_not_parsed() {
        let many = |text: &str| text.repeat(100_000);
        for prefix in ["&", "&mut ", "*const ", "Vec<", "(", "[", "Vec<Option<", "fn() -> ", "Vec<(), fn() -> "] {
            assert_eq!(Type::parse(&many(prefix)), Type::Named(many(prefix)));
            assert_eq!(Type::parse(&(many(prefix) + "u8")), Type::Named(many(prefix) + "u8"));
        }
        for level in [
            "(u8, fn() -> (u8, ",
            "[u8; 1 > [u8; ",
            "[u8; (\"]\", ",
            "[u8; (']', ",
            "[u8; /* ] */ ",
            "[u8; {1; -",
            "fn(u8,) -> ",
            "for<'a,> fn() -> ",
            "|a,|",
        ] {
            assert!(!is_shallow(&many(level)), "{level}");
        }
        let closed = "Vec<".repeat(100_000) + "u8" + &">".repeat(100_000);
        assert!(matches!(Type::parse(&closed), Type::Named(_)));
        let item = format!("struct S({});", "&".repeat(100_000) + "u8");
        assert_eq!(Definitions::parse(&[item]), Definitions::default());
        let chain: Vec<String> = (0..200_000).map(|i| format!("struct T{i}(T{});", i + 1)).collect();
        assert_eq!(Definitions::parse(&chain).unknown(&Type::parse("T0")), Some("T200000"));
    }

    #[test]
    fn long_types_are_parsed() {
        let tuple = format!("({})", "Result<Option<std::string::String>, &'static [u8; 32]>, ".repeat(1000));
        assert!(matches!(Type::parse(&tuple), Type::Tuple(elements) if elements.len() == 1000));
        let nested = "Option<".repeat(60) + "u8" + &">".repeat(60);
        assert!(matches!(Type::parse(&nested), Type::Option(_)));
    }

    #[test]
    fn types_of_the_guest_are_kept_by_name() {
        let none = Definitions::default();
        assert_eq!(Type::parse("ledger::Transfer"), Type::Named("Transfer".into()));
        assert_eq!(none.unknown(&Type::parse("Vec<(u8, Transfer)>")), Some("Transfer"));
        assert_eq!(none.unknown(&Type::parse("[u8; N]")), Some("[u8 ; N]"));
        assert_eq!(none.unknown(&Type::parse("Vec<(u8, bool)>")), None);
    }

    #[test]
    fn definitions_make_types_of_the_guest_known() {
        let definitions = Definitions::parse(&[
            "type Forest = Vec<Tree>;".into(),
            "enum Tree {Leaf(u8), Node {left: Box<Tree>, right: Box<Tree>}}".into(),
            "struct Half(Missing);".into(),
            "not a definition".into(),
        ]);
        assert_eq!(definitions.unknown(&Type::parse("Forest")), None);
        assert_eq!(definitions.unknown(&Type::parse("(Forest, Half)")), Some("Missing"));
    }
}

//! Types read from their names.

use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments};

/// A type whose encoding follows from its name, or one that only the guest knows.
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
    /// A type of the guest, by name.
    Other(String),
}

impl Type {
    /// Reads a type as the signature writes it.
    pub(super) fn parse(name: &str) -> Self {
        let parsed = syn::parse_str(name).ok().as_ref().and_then(Self::of);
        parsed.unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    fn of(ty: &syn::Type) -> Option<Self> {
        match ty {
            syn::Type::Reference(reference) => match &*reference.elem {
                syn::Type::Slice(slice) => Some(Self::Sequence(Box::new(Self::of(&slice.elem)?))),
                elem => Self::of(elem),
            },
            syn::Type::Tuple(tuple) => Some(Self::Tuple(tuple.elems.iter().map(Self::of).collect::<Option<_>>()?)),
            syn::Type::Array(array) => match &array.len {
                Expr::Lit(ExprLit { lit: Lit::Int(length), .. }) => {
                    Some(Self::Array(Box::new(Self::of(&array.elem)?), length.base10_parse().ok()?))
                }
                _ => None,
            },
            syn::Type::Path(path) if path.qself.is_none() => {
                let last = path.path.segments.last()?;
                let parameters = parameters(&last.arguments)?;
                Self::named(&last.ident.to_string(), parameters)
            }
            syn::Type::Paren(inner) => Self::of(&inner.elem),
            _ => None,
        }
    }

    fn named(name: &str, parameters: Vec<Self>) -> Option<Self> {
        let boxed = parameters.into_iter().map(Box::new).collect::<Vec<_>>();
        let simple = match name {
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
            _ => {
                return match (name, <[Box<Self>; 1]>::try_from(boxed)) {
                    ("Option", Ok([some])) => Some(Self::Option(some)),
                    ("Box" | "Rc" | "Arc", Ok([inner])) => Some(*inner),
                    ("Vec" | "VecDeque" | "BTreeSet" | "BinaryHeap", Ok([element])) => Some(Self::Sequence(element)),
                    (_, Err(boxed)) => match (name, <[Box<Self>; 2]>::try_from(boxed)) {
                        ("Result", Ok([ok, err])) => Some(Self::Result(ok, err)),
                        ("BTreeMap", Ok([key, value])) => Some(Self::Map(key, value)),
                        _ => None,
                    },
                    _ => None,
                };
            }
        };
        if boxed.is_empty() { Some(simple) } else { None }
    }

    /// The first type in it that only the guest knows.
    pub(super) fn unknown(&self) -> Option<&str> {
        match self {
            Self::Other(name) => Some(name),
            Self::Option(inner) | Self::Sequence(inner) | Self::Array(inner, _) => inner.unknown(),
            Self::Result(a, b) | Self::Map(a, b) => a.unknown().or_else(|| b.unknown()),
            Self::Tuple(elements) => elements.iter().find_map(Self::unknown),
            _ => None,
        }
    }
}

fn parameters(arguments: &PathArguments) -> Option<Vec<Type>> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return if arguments.is_none() { Some(Vec::new()) } else { None };
    };
    let types = arguments.args.iter().map(|argument| match argument {
        // A type of the guest inside another keeps its name.
        GenericArgument::Type(ty) => {
            let name = quote::quote!(#ty).to_string();
            Some(Type::of(ty).unwrap_or(Type::Other(name)))
        }
        _ => None,
    });
    types.collect()
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
    fn types_of_the_guest_are_kept_by_name() {
        assert_eq!(Type::parse("Transfer"), Type::Other("Transfer".into()));
        assert_eq!(Type::parse("[u8; N]"), Type::Other("[u8; N]".into()));
        assert_eq!(Type::parse("Vec<Transfer>").unknown(), Some("Transfer"));
        assert_eq!(Type::parse("Vec<(u8, bool)>").unknown(), None);
    }
}

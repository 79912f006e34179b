//! From a function to a guest program, or to every reason why it is none.

use quote::ToTokens;
use syn::{Attribute, Error, FnArg, Ident, ItemFn, Pat, PatType, Result, ReturnType, Type};

/// A function that can be an entry point.
pub(crate) struct Guest {
    /// The function, without the visibility attributes.
    pub(crate) function: ItemFn,
    /// Its arguments in order.
    pub(crate) arguments: Vec<Argument>,
    /// Its return type; none for `()` left out.
    pub(crate) returns: Option<Type>,
}

pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) visibility: Visibility,
}

/// Whether the verifier sees an argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Public,
    Private,
}

impl Visibility {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }

    fn of(attribute: &Attribute) -> Option<Self> {
        [Self::Public, Self::Private].into_iter().find(|v| attribute.path().is_ident(v.name()))
    }
}

/// Errors gathered on the way, so that all are reported at once.
#[derive(Default)]
struct Problems(Option<Error>);

impl Problems {
    fn add(&mut self, at: impl ToTokens, message: &str) {
        let error = Error::new_spanned(at, message);
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }
}

/// Checks the function; the error holds every problem found.
pub(crate) fn validate(function: &ItemFn) -> Result<Guest> {
    let mut problems = Problems::default();
    check_signature(function, &mut problems);
    let marked = function.sig.inputs.iter().any(is_marked);
    let arguments = function.sig.inputs.iter().filter_map(|input| argument(input, marked, &mut problems)).collect();
    let returns = returned(function, &mut problems);
    match problems.0 {
        Some(error) => Err(error),
        None => Ok(Guest { function: without_visibility(function), arguments, returns }),
    }
}

/// The function as the compiler may see it: `#[public]` and `#[private]` removed.
pub(crate) fn without_visibility(function: &ItemFn) -> ItemFn {
    let mut function = function.clone();
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(typed) = input {
            typed.attrs.retain(|attribute| Visibility::of(attribute).is_none());
        }
    }
    function
}

fn check_signature(function: &ItemFn, problems: &mut Problems) {
    let signature = &function.sig;
    if signature.ident == "main" {
        problems.add(&signature.ident, "a guest function cannot be called `main`: name it after what it computes");
    }
    if let Some(token) = &signature.asyncness {
        problems.add(token, "a guest function cannot be async");
    }
    if let Some(token) = &signature.unsafety {
        problems.add(token, "a guest function cannot be unsafe");
    }
    if let Some(abi) = &signature.abi {
        problems.add(abi, "a guest function has the Rust calling convention");
    }
    if let Some(variadic) = &signature.variadic {
        problems.add(variadic, "a guest function has a fixed number of arguments");
    }
    if !signature.generics.params.is_empty() {
        problems.add(&signature.generics.params, "a guest function cannot be generic: its inputs have one encoding");
    }
}

fn is_marked(input: &FnArg) -> bool {
    match input {
        FnArg::Typed(typed) => typed.attrs.iter().any(|a| Visibility::of(a).is_some()),
        FnArg::Receiver(_) => false,
    }
}

fn argument(input: &FnArg, marked: bool, problems: &mut Problems) -> Option<Argument> {
    let typed = match input {
        FnArg::Typed(typed) => typed,
        FnArg::Receiver(receiver) => {
            problems.add(receiver, "a guest function cannot be a method");
            return None;
        }
    };
    check_input_type(&typed.ty, problems);
    let visibility = visibility(typed, marked, problems);
    match &*typed.pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
            Some(Argument { name: name.ident.clone(), ty: (*typed.ty).clone(), visibility })
        }
        pattern => {
            problems.add(pattern, "an argument of a guest function needs a plain name");
            None
        }
    }
}

fn visibility(typed: &PatType, marked: bool, problems: &mut Problems) -> Visibility {
    let marks: Vec<_> = typed.attrs.iter().filter_map(|a| Some((a, Visibility::of(a)?))).collect();
    for (attribute, _) in &marks {
        if attribute.meta.require_path_only().is_err() {
            problems.add(attribute, "this attribute takes no arguments");
        }
    }
    if let [_, (second, _), ..] = marks[..] {
        problems.add(second, "an argument is either public or private");
    }
    if marks.is_empty() && marked {
        problems.add(
            typed,
            "another argument says whether it is public or private, so each must: \
             add `#[public]` or `#[private]`",
        );
    }
    marks.first().map_or(Visibility::Public, |&(_, visibility)| visibility)
}

fn check_input_type(ty: &Type, problems: &mut Problems) {
    match ty {
        Type::ImplTrait(_) => problems.add(ty, "an argument of a guest function has a concrete type"),
        Type::Reference(reference) => {
            let borrowed = match &*reference.elem {
                Type::Slice(slice) => is_path(&slice.elem, "u8"),
                elem => is_path(elem, "str"),
            };
            if !borrowed {
                problems.add(ty, "only `&[u8]` and `&str` are borrowed from the input: take it by value");
            } else if reference.mutability.is_some() {
                problems.add(ty, "the input cannot be changed");
            } else if let Some(lifetime) = &reference.lifetime {
                problems.add(lifetime, "leave the lifetime out");
            }
        }
        _ => {}
    }
}

fn is_path(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(name))
}

fn returned(function: &ItemFn, problems: &mut Problems) -> Option<Type> {
    let ReturnType::Type(_, ty) = &function.sig.output else { return None };
    match &**ty {
        Type::ImplTrait(_) => problems.add(ty, "a guest function returns a concrete type"),
        Type::Never(_) => problems.add(ty, "a guest function returns: a panic ends it early"),
        Type::Reference(_) => problems.add(ty, "a guest function returns an owned value"),
        _ => {}
    }
    Some((**ty).clone())
}

//! The description of a guest's interface that its ELF file carries.

use std::fmt::Write;

use quote::ToTokens;

use crate::definitions;
use crate::validate::Guest;

/// The signature as JSON.
pub(crate) fn json(guest: &Guest) -> String {
    let mut json = format!(r#"{{"name":{},"arguments":["#, quoted(&guest.function.sig.ident.to_string()));
    for (index, argument) in guest.arguments.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            json,
            r#"{comma}{{"name":{},"type":{},"visibility":{}}}"#,
            quoted(&argument.name.to_string()),
            quoted(&text(&argument.ty)),
            quoted(argument.visibility.name()),
        );
    }
    let returns = guest.returns.as_ref().map_or("()".to_owned(), text);
    let _ = write!(json, r#"],"returns":{},"definitions":["#, quoted(&returns));
    let types = guest.arguments.iter().map(|argument| &argument.ty).chain(&guest.returns);
    for (index, item) in definitions::used_by(types).iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(json, "{comma}{}", quoted(&text(item)));
    }
    json.push_str("]}");
    json
}

/// The tokens with few spaces: `Vec<(u8, [u16; 4])>`.
pub(crate) fn text(tokens: &impl ToTokens) -> String {
    let tokens = tokens.to_token_stream().to_string();
    let mut name = String::new();
    let mut chars = tokens.chars().peekable();
    while let Some(c) = chars.next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '\'';
        let between_words = name.ends_with(is_word) && chars.peek().copied().is_some_and(is_word);
        match c {
            ' ' if between_words || name.ends_with([',', ';']) => name.push(' '),
            c if c.is_whitespace() => {}
            c => name.push(c),
        }
    }
    name
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::Type;

    #[test]
    fn types_are_written_without_token_spacing() {
        for name in [
            "()",
            "u32",
            "&[u8]",
            "&str",
            "[u8; 32]",
            "Vec<(u8, [u16; 4])>",
            "Result<Option<String>, ledger::Error>",
            "Cow<'static, str>",
            "Box<dyn Any + Send>",
        ] {
            let ty: Type = syn::parse_str(name).unwrap();
            assert_eq!(text(&ty).replace('+', " + "), name);
        }
    }

    #[test]
    fn the_description_lists_arguments_in_order() {
        let function = syn::parse_quote! {
            fn owns(#[public] root: [u8; 32], #[private] mut leaf: &[u8]) -> bool { true }
        };
        let guest = crate::validate::validate(&function).unwrap();
        assert_eq!(
            json(&guest),
            r#"{"name":"owns","arguments":[{"name":"root","type":"[u8; 32]","visibility":"public"},{"name":"leaf","type":"&[u8]","visibility":"private"}],"returns":"bool","definitions":[]}"#
        );
    }

    #[test]
    fn a_function_without_arguments_returns_unit() {
        let guest = crate::validate::validate(&syn::parse_quote! { fn idle() {} }).unwrap();
        assert_eq!(json(&guest), r#"{"name":"idle","arguments":[],"returns":"()","definitions":[]}"#);
    }
}

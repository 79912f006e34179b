//! From a guest program to its entry point.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::signature;
use crate::validate::{Guest, Visibility};

/// The function itself, the guest's entry point, and a `main` for the host.
pub(crate) fn expand(guest: &Guest) -> TokenStream {
    let function = &guest.function;
    let entry = entry(guest);
    let main = host_main(guest);
    quote! {
        // What the compiler says of a second one names the mistake.
        #[allow(dead_code, non_upper_case_globals)]
        const only_one_function_can_be_marked_zkvm_main: () = ();
        #function
        #entry
        #main
    }
}

/// Reads the arguments, calls the function, commits its value; and the signature for the host.
fn entry(guest: &Guest) -> TokenStream {
    let name = &guest.function.sig.ident;
    let has_private = guest.arguments.iter().any(|a| a.visibility == Visibility::Private);
    let (private, end_private) = if has_private {
        (quote!(let mut private = ::zkvm::io::private();), quote!(::zkvm::io::end(private);))
    } else {
        Default::default()
    };
    let values: Vec<_> = (0..guest.arguments.len()).map(|index| format_ident!("argument_{index}")).collect();
    let reads = guest.arguments.iter().zip(&values).map(|(argument, value)| {
        let ty = &argument.ty;
        let label = argument.name.to_string();
        let input = format_ident!("{}", argument.visibility.name());
        quote_spanned!(ty.span()=> let #value: #ty = ::zkvm::io::argument(&mut #input, #label);)
    });
    let json = signature::json(guest);
    let length = json.len();
    let json = Literal::byte_string(json.as_bytes());
    quote! {
        #[cfg(target_arch = "riscv32")]
        #[allow(unsafe_code)]
        const _: () = {
            #[unsafe(no_mangle)]
            fn __zkvm_main() {
                #[allow(unused_mut)]
                let mut public = ::zkvm::io::public();
                #private
                #(#reads)*
                ::zkvm::io::end(public);
                #end_private
                ::zkvm::io::commit(&#name(#(#values),*));
            }

            #[used]
            #[unsafe(link_section = ".zkvm.abi")]
            static SIGNATURE: [u8; #length] = *#json;
        };
    }
}

/// Makes a binary of the host compile, with the same demands on the types as the guest's.
fn host_main(guest: &Guest) -> TokenStream {
    let function = &guest.function.sig.ident;
    let name = function.to_string();
    let inputs = guest.arguments.iter().map(|argument| {
        let ty = &argument.ty;
        quote_spanned!(ty.span()=> ::zkvm::io::check_argument::<#ty>();)
    });
    let output = guest.returns.iter().map(|ty| quote_spanned!(ty.span()=> ::zkvm::io::check_output::<#ty>();));
    quote! {
        #[cfg(not(target_arch = "riscv32"))]
        #[allow(dead_code)]
        fn main() -> ::std::process::ExitCode {
            #(#inputs)*
            #(#output)*
            let _ = #function;
            ::zkvm::io::not_a_host_program(#name)
        }
    }
}

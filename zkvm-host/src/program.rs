//! A guest with the Rust types of its function.

use std::marker::PhantomData;

use crate::arguments::Arguments;
use crate::error::InputError;
use crate::guest::{Guest, LoadError};
use zkvm_emulator::Input;

/// A guest whose function takes the tuple `A`, of which the verifier sees the tuple `P`, and
/// returns `O`.
#[derive(Debug)]
pub struct Program<A, O, P = A> {
    guest: Guest,
    /// Which arguments the verifier sees; all if empty.
    public: &'static [bool],
    types: PhantomData<fn(A, P) -> O>,
}

impl<A, O, P> Clone for Program<A, O, P> {
    fn clone(&self) -> Self {
        Program { guest: self.guest.clone(), public: self.public, types: PhantomData }
    }
}

impl<A, O> Program<A, O> {
    /// Gives types to a guest whose arguments are all public. They must be those of its function;
    /// [`program!`](crate::program) takes them from there.
    pub fn typed(guest: Guest) -> Self {
        Program { guest, public: &[], types: PhantomData }
    }
}

impl<A, O, P> Program<A, O, P> {
    /// Loads the ELF file of a guest; `public` says which arguments the verifier sees.
    ///
    /// # Errors
    /// As [`Guest::from_elf`].
    pub fn from_elf(elf: &[u8], public: &'static [bool]) -> Result<Self, LoadError> {
        Ok(Program { guest: Guest::from_elf(elf)?, public, types: PhantomData })
    }

    /// The guest.
    pub fn guest(&self) -> &Guest {
        &self.guest
    }
}

impl<A: Arguments, O, P: Arguments> Program<A, O, P> {
    /// The input that passes `arguments`.
    pub(crate) fn input(&self, arguments: &A) -> Result<Input, InputError> {
        let (mut public, mut private) = (Vec::new(), Vec::new());
        for (index, bytes) in arguments.encode()?.into_iter().enumerate() {
            let is_public = self.public.get(index).copied().unwrap_or(true);
            if is_public { &mut public } else { &mut private }.extend(bytes);
        }
        Ok(Input::new(public, private)?)
    }
}

/// Defines a module for a guest that the build script compiled with
/// [`build::script::guest`](crate::build::script::guest) under the same name. The module has a
/// function `program()` that gives the typed [`Program`].
#[macro_export]
macro_rules! program {
    ($name:ident) => {
        #[allow(missing_docs)]
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));

            /// The guest with the types of its function.
            pub fn program() -> Result<$crate::Program<Arguments, Output, PublicArguments>, $crate::LoadError> {
                $crate::Program::from_elf(ELF, &PUBLIC)
            }
        }
    };
}

//! Verifying runs of a typed program.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use zkvm_pcs::Basis;
use zkvm_pcs::kernel::Scalar;
use zkvm_verifier::{Key, Policy, ProgramId};

use crate::arguments::{Arguments, decode};
use crate::backend::{Fastest, Setup};
use crate::error::Error;
use crate::proof::Proof;

/// Verifies proofs of one program.
#[derive(Clone, Debug)]
pub struct Verifier<O, P> {
    key: Key,
    setup: Arc<Setup>,
    policy: Policy,
    portable: bool,
    types: PhantomData<fn(P) -> O>,
}

impl<O, P> Verifier<O, P> {
    /// A verifier that trusts `key`.
    pub fn new(key: Key) -> Self {
        Verifier { key, setup: Setup::shared(), policy: Policy::default(), portable: false, types: PhantomData }
    }

    /// A verifier that trusts `id` alone; `key` may come from anybody.
    ///
    /// # Errors
    /// If the key is for another program.
    pub fn from_id(id: ProgramId, key: Key) -> Result<Self, Error> {
        if key.id() == id { Ok(Self::new(key)) } else { Err(Error::OtherKey { found: key.id(), expected: id }) }
    }

    /// Uses another setup.
    #[cfg(feature = "prove")]
    #[must_use]
    pub fn setup(mut self, setup: Arc<Setup>) -> Self {
        self.setup = setup;
        self
    }

    /// Sets what is accepted besides a valid proof.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Verifies without vector instructions, whose code is `unsafe`; that takes two or three times as
    /// long on processors that have them. Without the feature `prove` there are none.
    #[must_use]
    pub fn portable(mut self) -> Self {
        self.portable = true;
        self
    }

    /// Verifies a proof for the public input bytes; gives the output bytes. Bases that the setup does
    /// not have yet are made, which takes seconds.
    ///
    /// # Errors
    /// If the proof is not one of a run of this program on this input within the policy.
    pub fn verify_bytes<'p>(&self, input: &[u8], proof: &'p Proof) -> Result<&'p [u8], Error> {
        self.verify_bytes_with(input, proof, |log_row| Ok(self.setup.basis(log_row)?))
    }

    /// [`verify_bytes`](Self::verify_bytes) with 2^n bases from `bases`, n its argument. It is called
    /// after every other check has passed.
    ///
    /// # Errors
    /// As [`verify_bytes`](Self::verify_bytes), and those of `bases`.
    pub fn verify_bytes_with<'p>(
        &self,
        input: &[u8],
        proof: &'p Proof,
        bases: impl FnOnce(usize) -> Result<Arc<Basis>, Error>,
    ) -> Result<&'p [u8], Error> {
        let proof = proof.inner();
        if self.portable {
            zkvm_verifier::verify_with(Scalar, &self.key, bases, input, proof, &self.policy)?;
        } else {
            zkvm_verifier::verify_with(Fastest, &self.key, bases, input, proof, &self.policy)?;
        }
        Ok(&proof.output)
    }
}

impl<O: DeserializeOwned, P: Arguments> Verifier<O, P> {
    /// Verifies that the program, run on `arguments` (the public ones), returned the output given.
    ///
    /// # Errors
    /// If the proof is not one of such a run. A run that exited with a code other than zero returned
    /// nothing: it is an error here even if the policy accepts it.
    pub fn verify(&self, arguments: P, proof: &Proof) -> Result<O, Error> {
        let input = arguments.encode().map_err(|error| Error::Input(error.into()))?.concat();
        let output = self.verify_bytes(&input, proof)?;
        match proof.exit_code() {
            0 => decode(output),
            code => Err(Error::Exit(code)),
        }
    }
}

//! `cargo zkvm verify`

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::Value;
use zkvm_host::signature::Signature;
use zkvm_host::{Error, Key, Policy, ProgramId, Proof, Verifier, VerifyError, load_key_of};

use crate::args::signature;
use crate::bases;
use crate::failure::{Class, Failure};
use crate::guest::Context;
use crate::inputs::RunArgs;
use crate::report::{Bytes, Lines, Seconds, hex};
use crate::run::describe_output;

/// Verifies that a guest, run on the public input given, ended with the output that is printed.
///
/// The guest is given as a directory or ELF file, or as a key with the program id to trust.
#[derive(Args, Debug)]
#[command(mut_arg("private_hex", |arg| arg.hide(true)), mut_arg("private_file", |arg| arg.hide(true)))]
pub struct Verify {
    #[command(flatten)]
    run: RunArgs,
    /// The proof
    #[arg(long, short, value_name = "FILE")]
    proof: PathBuf,
    /// Program id to trust
    #[arg(long, value_name = "HEX")]
    id: Option<ProgramId>,
    /// Key of the program, in place of the guest; it may come from anybody
    #[arg(long, value_name = "FILE", requires = "id")]
    key: Option<PathBuf>,
    /// For typed values with a key: the guest's function, such as 'fn f(n: u32) -> u64', or a file
    /// from `inspect --json`
    #[arg(long, value_name = "FN|FILE", value_parser = signature, requires = "key")]
    signature: Option<Signature>,
    /// Exit code that the run must have ended with; the proof of any other is refused
    #[arg(long, value_name = "CODE", default_value_t = 0)]
    exit_code: u32,
    /// Verify without vector instructions
    #[arg(long)]
    portable: bool,
}

#[derive(Serialize)]
struct Report {
    valid: bool,
    program: String,
    exit_code: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Value>,
    output_hex: String,
    proof_bytes: u64,
    /// Time to load or make the bases, once for all proofs of a process.
    setup_seconds: Seconds,
    seconds: Seconds,
}

impl Verify {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<(), Failure> {
        let (guest, input) = self.run.split()?;
        let (key, signature) = match &self.key {
            Some(_) if guest.path.is_some() => {
                return Err(Class::Input.because("give the guest or its key, not both"));
            }
            Some(path) => (self.load_key(path)?, self.signature.clone()),
            None => {
                let guest = context.load(&guest)?.guest;
                (guest.key().clone(), guest.signature().cloned())
            }
        };
        let input = input.encode_public(signature.as_ref())?;
        let verifier = self.verifier(key)?;
        let proof = Proof::load(&self.proof)?;

        let start = Instant::now();
        let mut setup = Duration::ZERO;
        let output = verifier.verify_bytes_with(&input, &proof, |log_row| {
            let start = Instant::now();
            let basis = bases::of_row(context.reporter, log_row);
            setup = start.elapsed();
            basis
        });
        let output = output.map_err(|error| self.explain(error))?;
        let time = start.elapsed().saturating_sub(setup);
        let typed = signature.filter(|_| proof.exit_code() == 0).map(|signature| signature.decode_output(output));
        context.reporter.print(&Report {
            valid: true,
            program: proof.program().to_string(),
            exit_code: proof.exit_code(),
            output: typed.transpose()?,
            output_hex: hex(output),
            proof_bytes: proof.to_bytes().len() as u64,
            setup_seconds: Seconds(setup),
            seconds: Seconds(time),
        })
    }

    /// The key from a file, which may come from anybody.
    fn load_key(&self, path: &Path) -> Result<Key, Failure> {
        let id = self.id.ok_or_else(|| Class::Input.because("--key needs the program id to trust: --id"))?;
        Ok(load_key_of(id, path)?)
    }

    /// Says what has to do with options of the command.
    fn explain(&self, error: Error) -> Failure {
        match error {
            Error::Verify(VerifyError::ExitCode(code)) => Class::Proof.because(format_args!(
                "the proof is of a run that exited with code {code}, not with {} (--exit-code)",
                self.exit_code
            )),
            error => error.into(),
        }
    }

    /// A verifier of the program to trust.
    fn verifier(&self, key: Key) -> Result<Verifier<(), ()>, Failure> {
        let id = self.id.unwrap_or(key.id());
        let verifier = Verifier::from_id(id, key)?;
        let verifier = if self.portable { verifier.portable() } else { verifier };
        Ok(verifier.policy(Policy { exit_codes: vec![self.exit_code], ..Policy::default() }))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines(f);
        lines.line("output", describe_output(self.output.as_ref(), &self.output_hex))?;
        lines.line("exit code", self.exit_code)?;
        lines.line("program", &self.program)?;
        lines.line("proof", format_args!("valid, {}", Bytes(self.proof_bytes)))?;
        lines.line("time", format_args!("{}, and {} for the bases", self.seconds, self.setup_seconds))
    }
}

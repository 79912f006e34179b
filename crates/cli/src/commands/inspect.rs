//! `cargo zkvm inspect`
//!
//! Proofs and keys may come from anybody: nothing is built or checked that takes more than their bytes do.

use std::fmt;
use std::path::Path;

use clap::Args;
use serde::Serialize;
use zkvm_emulator::Symbols;
use zkvm_host::signature::Signature;
use zkvm_host::{Guest, Key, MemoryConfig, ProgramId, Proof, read_file};
use zkvm_isa::instruction::decode;
use zkvm_isa::program::{Draft, Image, Layout, Segment};

use crate::args::GuestArgs;
use crate::failure::{Class, Failure};
use crate::guest::{Context, MAGIC_OF_KEY, MAGIC_OF_PROOF};
use crate::report::{Bytes, Grouped, Lines, hex};

/// Describes a guest directory, an ELF file, a proof or a key.
#[derive(Args, Debug)]
pub struct Inspect {
    #[command(flatten)]
    guest: GuestArgs,
    /// List the instructions
    #[arg(long)]
    listing: bool,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Report {
    Guest {
        #[serde(flatten)]
        program: ProgramReport,
        signature: Option<Signature>,
    },
    Key(ProgramReport),
    Proof(ProofReport),
}

#[derive(Serialize)]
struct ProgramReport {
    program: String,
    entry: u32,
    segments: Vec<SegmentReport>,
    instructions: usize,
    rows: usize,
    stack_bytes: u32,
    heap_bytes: u32,
    stack_pointer: u32,
    output_block: u32,
    input_block: u32,
    heap: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    listing: Option<Vec<Line>>,
}

#[derive(Serialize)]
struct SegmentReport {
    address: u32,
    bytes: usize,
    memory_bytes: u32,
    executable: bool,
}

#[derive(Serialize)]
struct Line {
    address: u32,
    word: u32,
    instruction: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbol: Option<String>,
}

#[derive(Serialize)]
struct ProofReport {
    program: String,
    exit_code: u32,
    output_hex: String,
    proof_bytes: usize,
    zero_knowledge: bool,
    log_steps: u8,
    log_chunk: u8,
    log_ram_words: u8,
    log_row: u8,
}

impl Inspect {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<(), Failure> {
        let report = match self.guest.path.as_deref().filter(|path| path.is_file()) {
            Some(path) => self.file(context, path)?,
            None => self.guest(&context.load(&self.guest)?.guest),
        };
        context.reporter.print(&report)
    }

    /// Tells proofs, keys and ELF files apart by their first bytes.
    fn file(&self, context: &Context, path: &Path) -> Result<Report, Failure> {
        let bytes = read_file(path)?;
        if bytes.is_empty() {
            return Err(Class::Input.because(format_args!("{} is empty", path.display())));
        }
        if bytes.starts_with(MAGIC_OF_PROOF) {
            let proof = Proof::from_bytes(&bytes).map_err(|error| Class::Proof.because(error))?;
            return Ok(Report::Proof(ProofReport::new(&proof, bytes.len())));
        }
        if bytes.starts_with(MAGIC_OF_KEY) {
            let (id, draft) = Key::draft_from_bytes(&bytes).map_err(|error| Class::Input.because(error))?;
            return Ok(Report::Key(self.program(&Parts::of_draft(id, &draft), &Symbols::default())));
        }
        Ok(self.guest(&context.load(&self.guest)?.guest))
    }

    fn guest(&self, guest: &Guest) -> Report {
        let program = self.program(&Parts::of_guest(guest), guest.symbols());
        Report::Guest { program, signature: guest.signature().cloned() }
    }

    fn program(&self, parts: &Parts, symbols: &Symbols) -> ProgramReport {
        let Parts { id, image, config, layout, halt } = *parts;
        let lines = || image.segments.iter().filter(|segment| segment.executable).flat_map(words);
        let segment = |segment: &Segment| SegmentReport {
            address: segment.addr,
            bytes: segment.bytes.len(),
            memory_bytes: segment.mem_size,
            executable: segment.executable,
        };
        ProgramReport {
            program: id.to_string(),
            entry: image.entry,
            segments: image.segments.iter().map(segment).collect(),
            instructions: lines().filter(|(_, word)| decode(*word).is_some()).count(),
            rows: halt as usize + 1,
            stack_bytes: config.stack_bytes,
            heap_bytes: config.heap_bytes,
            stack_pointer: layout.stack_pointer,
            output_block: layout.output,
            input_block: layout.input,
            heap: layout.heap,
            listing: self.listing.then(|| lines().map(|(address, word)| Line::new(address, word, symbols)).collect()),
        }
    }
}

/// What is told of a program.
struct Parts<'a> {
    id: ProgramId,
    image: &'a Image,
    config: MemoryConfig,
    layout: &'a Layout,
    halt: u32,
}

impl<'a> Parts<'a> {
    fn of_guest(guest: &'a Guest) -> Self {
        let program = guest.program();
        let (image, config, layout, halt) = (program.image(), program.config(), program.layout(), program.halt());
        Parts { id: guest.id(), image, config, layout, halt }
    }

    fn of_draft(id: ProgramId, draft: &'a Draft) -> Self {
        Parts { id, image: draft.image(), config: draft.config(), layout: draft.layout(), halt: draft.halt() }
    }
}

/// The aligned words of a segment with their addresses.
fn words(segment: &Segment) -> impl Iterator<Item = (u32, u32)> + '_ {
    let (words, _) = segment.bytes.as_chunks::<4>();
    let word = |(index, bytes): (u32, &[u8; 4])| (segment.addr.wrapping_add(4 * index), u32::from_le_bytes(*bytes));
    (0..).zip(words).map(word)
}

impl Line {
    fn new(address: u32, word: u32, symbols: &Symbols) -> Self {
        let instruction = decode(word).map_or_else(|| "(no instruction)".to_owned(), |decoded| decoded.to_string());
        let symbol = symbols.locate(address).filter(|location| location.offset == 0).map(|location| location.name);
        Line { address, word, instruction, symbol }
    }
}

impl ProofReport {
    fn new(proof: &Proof, proof_bytes: usize) -> Self {
        let zkvm_verifier::Proof { program, sizes, exit_code, output, .. } = proof.inner();
        ProofReport {
            program: program.to_string(),
            exit_code: *exit_code,
            output_hex: hex(output),
            proof_bytes,
            zero_knowledge: proof.is_zero_knowledge(),
            log_steps: sizes.log_t,
            log_chunk: sizes.log_k,
            log_ram_words: sizes.log_ram,
            log_row: sizes.log_row,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Report::Guest { program, signature } => {
                Lines(f).line("kind", "guest")?;
                Lines(f).optional("signature", signature.as_ref())?;
                program.fmt(f)
            }
            Report::Key(program) => {
                Lines(f).line("kind", "key")?;
                program.fmt(f)
            }
            Report::Proof(proof) => proof.fmt(f),
        }
    }
}

impl fmt::Display for ProgramReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines(f);
        lines.line("program", &self.program)?;
        lines.line("entry", format_args!("{:#010x}", self.entry))?;
        for SegmentReport { address, bytes, memory_bytes, executable } in &self.segments {
            let kind = if *executable { "text" } else { "data" };
            lines.line("segment", format_args!("{address:#010x} {kind}, {bytes} bytes, {memory_bytes} in memory"))?;
        }
        lines.line("instructions", Grouped(self.instructions as u64))?;
        lines.line("rows", Grouped(self.rows as u64))?;
        let stack = Bytes(self.stack_bytes.into());
        lines.line("stack", format_args!("{stack} below {:#010x}", self.stack_pointer))?;
        lines.line("output block", format_args!("{:#010x}", self.output_block))?;
        lines.line("input block", format_args!("{:#010x}", self.input_block))?;
        let heap = Bytes(self.heap_bytes.into());
        lines.line("heap", format_args!("at most {heap} from {:#010x}", self.heap))?;
        for Line { address, word, instruction, symbol } in self.listing.iter().flatten() {
            if let Some(symbol) = symbol {
                writeln!(f, "\n{symbol}:")?;
            }
            writeln!(f, "{address:08x}  {word:08x}  {instruction}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ProofReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines(f);
        lines.line("kind", "proof, by its own account: verify it")?;
        lines.line("program", &self.program)?;
        lines.line("exit code", self.exit_code)?;
        lines.line("output", &self.output_hex)?;
        lines.line("size", Bytes(self.proof_bytes as u64))?;
        lines.line("zero knowledge", if self.zero_knowledge { "yes" } else { "no: it may show private input" })?;
        lines.line("steps", format_args!("2^{}", self.log_steps))?;
        lines.line("chunk", format_args!("{} bits", self.log_chunk))?;
        lines.line("memory", format_args!("2^{} words", self.log_ram_words))?;
        lines.line("row", format_args!("2^{}", self.log_row))
    }
}

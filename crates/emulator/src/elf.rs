//! ELF files: what the loader accepts, and the image it makes of them.
//!
//! A program is a statically linked 32-bit little-endian RISC-V executable with the integer calling
//! convention. Its loadable segments become the [`Image`]; section headers are read for names only
//! and never decide what is executed. Everything else is refused with an error that says what to do.

use crate::symbols::Symbols;
use object::LittleEndian as LE;
use object::elf::{self, FileHeader32, ProgramHeader32};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use thiserror::Error;
use zkvm_isa::program::{Image, Segment};

/// Largest size of one segment in memory, in bytes: beyond any memory region.
const MAX_SEGMENT_BYTES: u32 = 1 << 30;
/// Largest number of program headers; linkers write about ten.
const MAX_PROGRAM_HEADERS: usize = 4096;

/// A parsed ELF file.
#[derive(Clone, Debug)]
pub struct Elf<'data> {
    /// Entry point and loadable segments: all that execution and proof depend on.
    pub image: Image,
    /// Function names, for messages and profiles; empty if the file is stripped.
    pub symbols: Symbols,
    data: &'data [u8],
}

/// Why an ELF file is refused.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ElfError {
    /// The file does not begin with the ELF magic number.
    #[error("not an ELF file: pass the linked guest program (target/<target>/release/<name>)")]
    NotElf,
    /// The file ends inside the ELF header.
    #[error("the file ends inside the ELF header: it is truncated, build the guest again")]
    TruncatedHeader,
    /// Not ELFCLASS32.
    #[error("not a 32-bit ELF file: build the guest for a riscv32im target")]
    Not32Bit,
    /// Not ELFDATA2LSB.
    #[error("not a little-endian ELF file: build the guest for a riscv32im target")]
    NotLittleEndian,
    /// An ELF version other than 1.
    #[error("ELF version {version} is unknown, only version 1 is supported")]
    UnknownVersion {
        /// `e_version`.
        version: u32,
    },
    /// Another machine than RISC-V.
    #[error("the ELF file is for machine {machine}, not RISC-V (243): build the guest for a riscv32im target")]
    NotRiscV {
        /// `e_machine`.
        machine: u16,
    },
    /// A relocatable object, shared library, position-independent executable or core file.
    #[error("the ELF file is of type {kind}, not an executable (2): link it statically, with relocation-model=static")]
    NotExecutable {
        /// `e_type`.
        kind: u16,
    },
    /// The floating-point calling convention.
    #[error("the guest uses the hard-float ABI: build it for riscv32im with the ilp32 ABI")]
    FloatAbi,
    /// The calling convention of RV32E.
    #[error("the guest uses the RV32E ABI: build it for riscv32im with the ilp32 ABI")]
    EmbeddedAbi,
    /// Program headers are absent, too many, of another size or outside the file.
    #[error(
        "the program headers are missing, malformed or outside the file: it is truncated, or not the linked program"
    )]
    ProgramHeaders,
    /// A PT_INTERP header.
    #[error("the guest asks for a program interpreter: link it statically")]
    Interpreter,
    /// A PT_DYNAMIC header.
    #[error("the guest is dynamically linked: link it statically, with relocation-model=static")]
    Dynamic,
    /// No loadable segment.
    #[error("the ELF file has no loadable segment: it is not a linked program")]
    NoSegments,
    /// File bytes outside the file.
    #[error("the segment at {addr:#010x} lies outside the file: it is truncated, build the guest again")]
    SegmentOutsideFile {
        /// Address of the segment.
        addr: u32,
    },
    /// More bytes in the file than in memory.
    #[error(
        "the segment at {addr:#010x} has more bytes in the file than in memory: the file is damaged, build the guest again"
    )]
    SegmentFileSize {
        /// Address of the segment.
        addr: u32,
    },
    /// The segment ends above 2^32, or is larger than any memory.
    #[error("the segment at {addr:#010x} with {size} bytes does not fit into memory: check the linker script")]
    SegmentOutsideMemory {
        /// Address of the segment.
        addr: u32,
        /// Size in memory.
        size: u32,
    },
    /// Address and file offset disagree modulo the alignment, or the alignment is no power of two.
    #[error("the segment at {addr:#010x} breaks its alignment of {align}: check the linker script")]
    SegmentAlignment {
        /// Address of the segment.
        addr: u32,
        /// `p_align`.
        align: u32,
    },
    /// An executable segment that does not begin at a multiple of 4.
    #[error("the executable segment at {addr:#010x} does not begin at a multiple of 4: check the linker script")]
    TextAlignment {
        /// Address of the segment.
        addr: u32,
    },
    /// Two segments share an address.
    #[error("the segments at {first:#010x} and {second:#010x} overlap: check the linker script")]
    SegmentsOverlap {
        /// Address of the lower segment.
        first: u32,
        /// Address of the higher segment.
        second: u32,
    },
    /// The entry point is no word of an executable segment.
    #[error("the entry point {entry:#010x} is not an instruction of the program: does the guest define `_start`?")]
    EntryOutsideText {
        /// `e_entry`.
        entry: u32,
    },
}

impl<'data> Elf<'data> {
    /// Reads and checks an ELF file. Never panics; takes memory in proportion to the file.
    ///
    /// # Errors
    /// One [`ElfError`] for each way in which the file is not a program of this machine. Damaged
    /// sections or symbols are no error: they cost names only.
    pub fn parse(data: &'data [u8]) -> Result<Self, ElfError> {
        let header = header(data)?;
        let entry = header.e_entry(LE);
        let segments = segments(header, data)?;
        check_disjoint(&segments)?;
        if !segments.iter().any(|segment| is_text(segment, entry)) {
            return Err(ElfError::EntryOutsideText { entry });
        }
        Ok(Elf { image: Image { entry, segments }, symbols: Symbols::parse(header, data), data })
    }

    /// The bytes of a section, loaded or not; `None` if there is none of that name in the file.
    pub fn section(&self, name: &str) -> Option<&'data [u8]> {
        let header = FileHeader32::<LE>::parse(self.data).ok()?;
        let sections = header.sections(LE, self.data).ok()?;
        let (_, section) = sections.section_by_name(LE, name.as_bytes())?;
        section.data(LE, self.data).ok()
    }
}

fn header(data: &[u8]) -> Result<&FileHeader32<LE>, ElfError> {
    if !data.starts_with(&elf::ELFMAG) {
        return Err(ElfError::NotElf);
    }
    let ident = data.get(..16).ok_or(ElfError::TruncatedHeader)?;
    if ident[4] != elf::ELFCLASS32.0 {
        return Err(ElfError::Not32Bit);
    }
    if ident[5] != elf::ELFDATA2LSB.0 {
        return Err(ElfError::NotLittleEndian);
    }
    if ident[6] != elf::EV_CURRENT.0 {
        return Err(ElfError::UnknownVersion { version: ident[6].into() });
    }
    let header = FileHeader32::<LE>::parse(data).map_err(|_| ElfError::TruncatedHeader)?;
    let machine = header.e_machine(LE);
    if machine != elf::EM_RISCV {
        return Err(ElfError::NotRiscV { machine: machine.0 });
    }
    let kind = header.e_type(LE);
    if kind != elf::ET_EXEC {
        return Err(ElfError::NotExecutable { kind: kind.0 });
    }
    if header.e_version(LE) != 1 {
        return Err(ElfError::UnknownVersion { version: header.e_version(LE) });
    }
    // The RVC bit does not decide: many assemblers set it without any compressed instruction. A
    // compressed instruction is no word of RV32IM and traps when it is reached.
    let flags = header.e_flags(LE);
    if flags.contains(elf::EF_RISCV_RVE) {
        return Err(ElfError::EmbeddedAbi);
    }
    if flags.0 & elf::EF_RISCV_FLOAT_ABI != 0 {
        return Err(ElfError::FloatAbi);
    }
    Ok(header)
}

/// The loadable segments in address order.
fn segments(header: &FileHeader32<LE>, data: &[u8]) -> Result<Vec<Segment>, ElfError> {
    let headers = header.program_headers(LE, data).map_err(|_| ElfError::ProgramHeaders)?;
    if headers.is_empty() || headers.len() > MAX_PROGRAM_HEADERS {
        return Err(ElfError::ProgramHeaders);
    }
    let mut segments = Vec::new();
    for program_header in headers {
        match program_header.p_type(LE) {
            elf::PT_INTERP => return Err(ElfError::Interpreter),
            elf::PT_DYNAMIC => return Err(ElfError::Dynamic),
            elf::PT_LOAD if program_header.p_memsz(LE) != 0 => {
                segments.push(segment(program_header, data)?);
            }
            _ => {}
        }
    }
    if segments.is_empty() {
        return Err(ElfError::NoSegments);
    }
    segments.sort_by_key(|segment| segment.addr);
    Ok(segments)
}

fn segment(header: &ProgramHeader32<LE>, data: &[u8]) -> Result<Segment, ElfError> {
    let (addr, mem_size) = (header.p_vaddr(LE), header.p_memsz(LE));
    if header.p_filesz(LE) > mem_size {
        return Err(ElfError::SegmentFileSize { addr });
    }
    if mem_size > MAX_SEGMENT_BYTES || u64::from(addr) + u64::from(mem_size) > 1 << 32 {
        return Err(ElfError::SegmentOutsideMemory { addr, size: mem_size });
    }
    let bytes = header.data(LE, data).map_err(|()| ElfError::SegmentOutsideFile { addr })?;
    let align = header.p_align(LE);
    let skew = addr.wrapping_sub(header.p_offset(LE));
    if align > 1 && (!align.is_power_of_two() || skew & (align - 1) != 0) {
        return Err(ElfError::SegmentAlignment { addr, align });
    }
    let executable = header.p_flags(LE).contains(elf::PF_X);
    if executable && !addr.is_multiple_of(4) {
        return Err(ElfError::TextAlignment { addr });
    }
    Ok(Segment { addr, bytes: bytes.to_vec(), mem_size, executable })
}

fn check_disjoint(segments: &[Segment]) -> Result<(), ElfError> {
    for pair in segments.windows(2) {
        let [low, high] = pair else { continue };
        if u64::from(low.addr) + u64::from(low.mem_size) > u64::from(high.addr) {
            return Err(ElfError::SegmentsOverlap { first: low.addr, second: high.addr });
        }
    }
    Ok(())
}

/// Whether `addr` is a whole aligned word of the file bytes of an executable segment.
fn is_text(segment: &Segment, addr: u32) -> bool {
    segment.executable
        && addr.is_multiple_of(4)
        && addr >= segment.addr
        && u64::from(addr - segment.addr) + 4 <= segment.bytes.len() as u64
}

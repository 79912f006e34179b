//! Writes ELF files, well-formed ones and others: every header field can be set.

/// An ELF file to be written. Starts as an empty static RV32 executable.
#[derive(Clone, Debug)]
pub struct ElfWriter {
    /// `EI_CLASS`: 1 for 32 bits.
    pub class: u8,
    /// `EI_DATA`: 1 for little-endian.
    pub data: u8,
    /// `e_type`: 2 for an executable.
    pub kind: u16,
    /// `e_machine`: 243 for RISC-V.
    pub machine: u16,
    /// `e_version`, in both places.
    pub version: u8,
    /// `e_flags`.
    pub flags: u32,
    /// `e_entry`.
    pub entry: u32,
    /// Program headers in file order.
    pub segments: Vec<SegmentWriter>,
    /// Function symbols: name, address, size.
    pub symbols: Vec<(String, u32, u32)>,
    /// Sections that are not loaded: name, bytes.
    pub sections: Vec<(String, Vec<u8>)>,
    /// Size of a page: segments stand in the file where they stand in their page, as an operating
    /// system wants to map them. 1 leaves no gaps.
    pub page: u32,
}

/// A program header and its bytes.
#[derive(Clone, Debug)]
pub struct SegmentWriter {
    /// `p_type`: 1 for PT_LOAD.
    pub kind: u32,
    /// `p_vaddr`.
    pub addr: u32,
    /// The bytes in the file; `p_filesz` is their number.
    pub bytes: Vec<u8>,
    /// `p_memsz`.
    pub mem_size: u32,
    /// `p_flags`: 1 executable, 2 writable, 4 readable.
    pub flags: u32,
    /// `p_align`.
    pub align: u32,
}

impl SegmentWriter {
    /// A loadable segment with as many bytes in memory as in the file.
    pub fn load(addr: u32, bytes: Vec<u8>, flags: u32) -> Self {
        let mem_size = bytes.len() as u32;
        SegmentWriter { kind: 1, addr, bytes, mem_size, flags, align: 1 }
    }
}

impl Default for ElfWriter {
    fn default() -> Self {
        ElfWriter {
            class: 1,
            data: 1,
            kind: 2,
            machine: 243,
            version: 1,
            flags: 0,
            entry: 0,
            segments: Vec::new(),
            symbols: Vec::new(),
            sections: Vec::new(),
            page: 1,
        }
    }
}

const HEADER: usize = 52;
const PROGRAM_HEADER: usize = 32;
const SYMTAB: u32 = 2;
const STRTAB: u32 = 3;
const PROGBITS: u32 = 1;

/// One section header's worth: name, type, bytes, link, entry size.
type Section = (String, u32, Vec<u8>, u32, u32);

impl ElfWriter {
    /// The file: header, program headers, segments, sections, section headers.
    pub fn write(&self) -> Vec<u8> {
        let mut body = Vec::new();
        let body_at = HEADER + PROGRAM_HEADER * self.segments.len();
        let mut program_headers = Vec::new();
        for segment in &self.segments {
            let gap = segment.addr.wrapping_sub((body_at + body.len()) as u32) % self.page;
            body.resize(body.len() + gap as usize, 0);
            let offset = (body_at + body.len()) as u32;
            body.extend_from_slice(&segment.bytes);
            let size = segment.bytes.len() as u32;
            let fields = [
                segment.kind,
                offset,
                segment.addr,
                segment.addr,
                size,
                segment.mem_size,
                segment.flags,
                segment.align,
            ];
            program_headers.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        }
        let sections = self.all_sections();
        let names = &sections[sections.len() - 1].2;
        let mut section_headers = vec![0; 40];
        for (name, kind, bytes, link, entry_size) in &sections {
            let offset = (body_at + body.len()) as u32;
            body.extend_from_slice(bytes);
            let name = string_offset(names, name);
            let size = bytes.len() as u32;
            let fields = [name, *kind, 0, 0, offset, size, *link, 0, 1, *entry_size];
            section_headers.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        }
        let mut file = self.header(body_at + body.len(), sections.len() as u16 + 1);
        file.extend(program_headers);
        file.extend(body);
        file.extend(section_headers);
        file
    }

    fn header(&self, section_headers_at: usize, num_sections: u16) -> Vec<u8> {
        let mut file = vec![0x7f, b'E', b'L', b'F', self.class, self.data, self.version];
        file.resize(16, 0);
        file.extend(self.kind.to_le_bytes());
        file.extend(self.machine.to_le_bytes());
        file.extend(u32::from(self.version).to_le_bytes());
        file.extend(self.entry.to_le_bytes());
        file.extend((HEADER as u32).to_le_bytes());
        file.extend((section_headers_at as u32).to_le_bytes());
        file.extend(self.flags.to_le_bytes());
        let num_segments = self.segments.len() as u16;
        let sizes = [52, 32, num_segments, 40, num_sections, num_sections - 1];
        file.extend(sizes.iter().flat_map(|size: &u16| size.to_le_bytes()));
        file
    }

    /// Sections after the null section: own ones, symbols, symbol names, section names.
    fn all_sections(&self) -> Vec<Section> {
        let mut sections: Vec<Section> =
            self.sections.iter().map(|(name, bytes)| (name.clone(), PROGBITS, bytes.clone(), 0, 0)).collect();
        let (mut symtab, mut strtab) = (vec![0; 16], vec![0]);
        for (name, addr, size) in &self.symbols {
            let fields = [strtab.len() as u32, *addr, *size];
            symtab.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
            // Global function in section 1 (any that is not "undefined").
            symtab.extend([0x12, 0, 1, 0]);
            strtab.extend_from_slice(name.as_bytes());
            strtab.push(0);
        }
        let strtab_index = sections.len() as u32 + 2;
        sections.push((".symtab".into(), SYMTAB, symtab, strtab_index, 16));
        sections.push((".strtab".into(), STRTAB, strtab, 0, 0));
        sections.push((".shstrtab".into(), STRTAB, Vec::new(), 0, 0));
        let mut names = vec![0];
        for (name, ..) in &sections {
            names.extend_from_slice(name.as_bytes());
            names.push(0);
        }
        if let Some(last) = sections.last_mut() {
            last.2 = names;
        }
        sections
    }
}

/// Where a zero-terminated string begins in a string table; 0, the empty name, if it is not there.
fn string_offset(table: &[u8], name: &str) -> u32 {
    let mut at = 0;
    for string in table.split(|&byte| byte == 0) {
        if string == name.as_bytes() {
            return at;
        }
        at += string.len() as u32 + 1;
    }
    0
}

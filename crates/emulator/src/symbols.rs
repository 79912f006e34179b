//! Names of addresses: the ELF symbol table, sorted, names demangled when asked for.

use core::fmt;
use object::LittleEndian as LE;
use object::elf::{self, FileHeader32};
use object::read::elf::{FileHeader, Sym};

/// The named places of a program, in address order.
#[derive(Clone, Default, Debug)]
pub struct Symbols {
    symbols: Vec<Entry>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Entry {
    addr: u32,
    // Functions after labels of the same address: the last one wins.
    function: bool,
    size: u32,
    name: String,
}

/// An address in terms of the symbol that contains it. Displays as `path::to::function+0x1c`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// Demangled name.
    pub name: String,
    /// Address of the symbol.
    pub start: u32,
    /// Distance from the symbol in bytes.
    pub offset: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            0 => f.write_str(&self.name),
            offset => write!(f, "{}+{offset:#x}", self.name),
        }
    }
}

impl Symbols {
    /// Reads the symbol table; what is missing or damaged is left out.
    pub(crate) fn parse(header: &FileHeader32<LE>, data: &[u8]) -> Self {
        let Ok(table) = header.sections(LE, data).and_then(|sections| sections.symbols(LE, data, elf::SHT_SYMTAB))
        else {
            return Self::default();
        };
        let mut symbols: Vec<_> = table
            .iter()
            .filter(|symbol| !symbol.is_undefined(LE))
            .filter_map(|symbol| {
                let function = match symbol.st_type() {
                    elf::STT_FUNC => true,
                    elf::STT_NOTYPE => false,
                    _ => return None,
                };
                let name = table.symbol_name(LE, symbol).ok()?;
                // `$x`, `$d` and `.L…` are marks of the assembler, not names.
                if matches!(name.first(), None | Some(b'$' | b'.')) {
                    return None;
                }
                let name = String::from_utf8_lossy(name).into_owned();
                let (addr, size) = (symbol.st_value(LE), symbol.st_size(LE));
                Some(Entry { addr, function, size, name })
            })
            .collect();
        symbols.sort();
        Symbols { symbols }
    }

    /// The symbol that contains `addr`: the last one that begins at or before it, unless that one
    /// has a size and ends before it.
    pub fn locate(&self, addr: u32) -> Option<Location> {
        let next = self.symbols.partition_point(|symbol| symbol.addr <= addr);
        let symbol = self.symbols[..next].last()?;
        let offset = addr - symbol.addr;
        if symbol.size != 0 && offset >= symbol.size {
            return None;
        }
        let name = format!("{:#}", rustc_demangle::demangle(&symbol.name));
        Some(Location { name, start: symbol.addr, offset })
    }

    /// The address of the symbol with this (mangled) name.
    pub fn address(&self, name: &str) -> Option<u32> {
        let symbol = self.symbols.iter().find(|symbol| symbol.name == name)?;
        Some(symbol.addr)
    }

    /// Whether the program has no names (it is stripped).
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }
}

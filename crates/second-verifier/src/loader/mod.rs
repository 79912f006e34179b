//! From the file of a verification key to the program (sections 1.1 to 1.3, and section 7 *Files*).

mod image;
mod instructions;
mod layout;
mod sequence;
mod table;

pub use image::{Image, Segment};

use crate::program::Program;

/// Why a key is of no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The first bytes are not those of a key.
    #[error("not a key")]
    NotAKey,
    /// The key is of another version.
    #[error("a key of version {0}")]
    Version(u32),
    /// The file ends early.
    #[error("the key ends early")]
    Truncated,
    /// Bytes after the last segment.
    #[error("bytes after the last segment")]
    TrailingBytes,
    /// A segment is neither executable nor not.
    #[error("a segment is neither executable nor not")]
    Executable,
    /// Segments out of order, overlapping, beyond 2^32 or with more bytes than memory; or none at all.
    #[error("no image")]
    Image,
    /// There is no room in the address space.
    #[error("the program does not fit into the address space")]
    Layout,
    /// More than 2^24 rows.
    #[error("the program has too many rows")]
    Rows,
}

impl Program {
    /// The program of a key file.
    ///
    /// # Errors
    /// If the file is of no program.
    pub fn from_key(file: &[u8]) -> Result<Program, KeyError> {
        let image = Image::read(file)?;
        image.check()?;
        let layout = layout::layout(&image)?;
        let rows = table::table(&image, &layout)?;
        let image = image.words(layout.base);
        Ok(Program { layout, rows, image })
    }
}

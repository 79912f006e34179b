//! Inputs that coverage has found, a file for each target with a line of hexadecimal digits for each input.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Target;

/// Most bytes of all inputs of a target.
pub const MAX_BYTES: usize = 1 << 12;

/// The seeds of a target and its corpus, if it has one.
///
/// # Errors
/// If the corpus cannot be read.
pub fn inputs(target: &Target) -> io::Result<Vec<Vec<u8>>> {
    let mut inputs = (target.seeds)();
    match fs::read_to_string(path(target)) {
        Ok(text) => {
            let malformed = || io::Error::new(io::ErrorKind::InvalidData, path(target).display().to_string());
            inputs.extend(text.lines().map(unhex).collect::<Option<Vec<_>>>().ok_or_else(malformed)?);
            Ok(inputs)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(inputs),
        Err(error) => Err(error),
    }
}

/// Makes the corpus of a target of the files in a directory, the shortest first, as many as fit.
///
/// # Errors
/// If a file cannot be read, or the corpus not be written.
pub fn pack(target: &Target, directory: &Path) -> io::Result<()> {
    let mut files = fs::read_dir(directory)?.map(|entry| fs::read(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let mut bytes = 0;
    let kept = files.iter().take_while(|file| {
        bytes += file.len();
        bytes <= MAX_BYTES
    });
    let lines = kept.map(|file| file.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n");
    fs::write(path(target), lines.collect::<String>())
}

fn path(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name).with_extension("hex")
}

fn unhex(line: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = line.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let bytes = pairs.iter().map(|&[high, low]| Some((digit(high)? << 4 | digit(low)?) as u8));
    if rest.is_empty() { bytes.collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bytes_in_hexadecimal() {
        assert_eq!(unhex("00ff7A"), Some(vec![0, 255, 0x7a]));
        assert_eq!(unhex(""), Some(vec![]));
        assert_eq!((unhex("0"), unhex("0g")), (None, None));
    }
}

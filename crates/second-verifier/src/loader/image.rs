//! Images (section 1.1) and the key file that holds one (section 7, *Files*).

use std::collections::BTreeMap;

use super::KeyError;

/// A segment of an image.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Address of its first byte.
    pub address: u32,
    /// Size in memory.
    pub size: u32,
    /// Whether it is executable.
    pub executable: bool,
    /// The bytes of the file; the rest of the segment is zero.
    pub bytes: Vec<u8>,
}

/// An image and the sizes that the builder of the program fixes.
#[derive(Clone, Debug)]
pub struct Image {
    /// Bytes of the stack.
    pub stack_bytes: u32,
    /// Bytes of the heap.
    pub heap_bytes: u32,
    /// Address of the first instruction.
    pub entry: u32,
    /// The segments.
    pub segments: Vec<Segment>,
}

impl Segment {
    /// Address after its last byte.
    pub fn end(&self) -> u64 {
        u64::from(self.address) + u64::from(self.size)
    }

    /// The file's bytes with their addresses.
    fn addressed(&self) -> impl Iterator<Item = (u32, u8)> + '_ {
        (self.address..).zip(self.bytes.iter().copied())
    }

    /// The whole aligned words of the file's bytes, with their addresses.
    pub fn words(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let unaligned = self.address.wrapping_neg() % 4;
        let bytes = self.bytes.get(unaligned as usize..).unwrap_or_default();
        let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes"));
        let address = move |word: u32| self.address.wrapping_add(unaligned).wrapping_add(4 * word);
        (0..).map(address).zip(bytes.chunks_exact(4).map(word))
    }
}

impl Image {
    /// Takes a key file apart.
    pub fn read(file: &[u8]) -> Result<Image, KeyError> {
        let mut rest = file.strip_prefix(b"zkvmkey\n").ok_or(KeyError::NotAKey)?;
        let version = take_u32(&mut rest)?;
        if version != 1 {
            return Err(KeyError::Version(version));
        }
        let [stack_bytes, heap_bytes, entry, number] = take_u32s(&mut rest)?;
        let mut segments = Vec::new();
        for _ in 0..number {
            let [address, size, executable, length] = take_u32s(&mut rest)?;
            let (bytes, after) = rest.split_at_checked(length as usize).ok_or(KeyError::Truncated)?;
            rest = after;
            if executable > 1 {
                return Err(KeyError::Executable);
            }
            segments.push(Segment { address, size, executable: executable == 1, bytes: bytes.to_vec() });
        }
        if !rest.is_empty() {
            return Err(KeyError::TrailingBytes);
        }
        Ok(Image { stack_bytes, heap_bytes, entry, segments })
    }

    /// Segments are in address order, disjoint and below 2^32, their bytes within their size.
    pub fn check(&self) -> Result<(), KeyError> {
        let disjoint = self.segments.windows(2).all(|pair| pair[0].end() <= u64::from(pair[1].address));
        let sized = |segment: &Segment| segment.bytes.len() <= segment.size as usize && segment.end() <= 1 << 32;
        if disjoint && self.segments.iter().all(sized) { Ok(()) } else { Err(KeyError::Image) }
    }

    /// The nonzero words with their index in the region that begins at `base`.
    pub fn words(&self, base: u32) -> Vec<(u32, u32)> {
        let mut words = BTreeMap::new();
        for (address, byte) in self.segments.iter().flat_map(Segment::addressed) {
            *words.entry((address - base) / 4).or_insert(0) |= u32::from(byte) << (8 * (address % 4));
        }
        words.into_iter().filter(|(_, word)| *word != 0).collect()
    }
}

fn take_u32(rest: &mut &[u8]) -> Result<u32, KeyError> {
    let (first, after) = rest.split_first_chunk().ok_or(KeyError::Truncated)?;
    *rest = after;
    Ok(u32::from_le_bytes(*first))
}

fn take_u32s<const N: usize>(rest: &mut &[u8]) -> Result<[u32; N], KeyError> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = take_u32(rest)?;
    }
    Ok(numbers)
}

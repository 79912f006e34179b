//! What a program is given: a public block in memory, and a private stream of words.

use thiserror::Error;
use zkvm_abi::MAX_INPUT_BYTES;

/// The input of a run.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Input {
    public: Vec<u8>,
    private: Vec<u8>,
}

/// Why an input is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum InputError {
    /// The public input block cannot hold it.
    #[error(
        "the public input has {len} bytes, the largest has {MAX_INPUT_BYTES}: pass large data as private input, and its hash as public input"
    )]
    PublicTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// Its length is no 32-bit number.
    #[error("the private input has {len} bytes, the largest has 4294967295")]
    PrivateTooLong {
        /// Its length in bytes.
        len: usize,
    },
}

impl Input {
    /// An input of public and private bytes.
    ///
    /// # Errors
    /// [`InputError`] if one of them is longer than the machine can pass on.
    pub fn new(public: Vec<u8>, private: Vec<u8>) -> Result<Self, InputError> {
        if public.len() > MAX_INPUT_BYTES {
            return Err(InputError::PublicTooLong { len: public.len() });
        }
        if u32::try_from(private.len()).is_err() {
            return Err(InputError::PrivateTooLong { len: private.len() });
        }
        Ok(Input { public, private })
    }

    /// The public bytes.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// The private bytes.
    pub fn private(&self) -> &[u8] {
        &self.private
    }

    /// Words of the public input block from its start: the length in bytes, then the bytes.
    pub fn public_words(&self) -> impl Iterator<Item = u32> + '_ {
        words(&self.public)
    }

    /// The private stream: the length in bytes, then the bytes, the last word filled with zeros.
    pub fn private_words(&self) -> impl Iterator<Item = u32> + '_ {
        words(&self.private)
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    // `Input::new` bounds both lengths.
    core::iter::once(bytes.len() as u32).chain(bytes.chunks(4).map(little_endian))
}

/// The word of up to four bytes, missing ones zero.
fn little_endian(bytes: &[u8]) -> u32 {
    let mut word = [0; 4];
    word[..bytes.len()].copy_from_slice(bytes);
    u32::from_le_bytes(word)
}

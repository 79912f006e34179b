//! Typed arguments: tuples of serde values, each encoded with postcard on its own; and typed outputs.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// A tuple of up to twelve arguments of a guest.
pub trait Arguments {
    /// The postcard encoding of each argument, in order.
    ///
    /// # Errors
    /// If a value has no encoding, such as a sequence of unknown length.
    fn encode(&self) -> postcard::Result<Vec<Vec<u8>>>;
}

macro_rules! arguments {
    ($($ty:ident $field:tt)*) => {
        impl<$($ty: Serialize),*> Arguments for ($($ty,)*) {
            fn encode(&self) -> postcard::Result<Vec<Vec<u8>>> {
                Ok(vec![$(postcard::to_allocvec(&self.$field)?),*])
            }
        }
    };
}

arguments!();
arguments!(A 0);
arguments!(A 0 B 1);
arguments!(A 0 B 1 C 2);
arguments!(A 0 B 1 C 2 D 3);
arguments!(A 0 B 1 C 2 D 3 E 4);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);

/// Decodes an output; trailing bytes are an error.
pub(crate) fn decode<O: DeserializeOwned>(bytes: &[u8]) -> Result<O, Error> {
    match postcard::take_from_bytes(bytes).map_err(Error::Output)? {
        (output, []) => Ok(output),
        _ => Err(Error::Output(postcard::Error::DeserializeBadEncoding)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_encoded_one_by_one() {
        let encoded = (300u32, "hi", [1u8, 2]).encode().unwrap();
        assert_eq!(encoded, [vec![0xac, 0x02], vec![2, b'h', b'i'], vec![1, 2]]);
        assert!(().encode().unwrap().is_empty());
    }

    #[test]
    fn an_output_is_all_of_its_bytes() {
        assert_eq!(decode::<(u8, bool)>(&[7, 1]).unwrap(), (7, true));
        for bytes in [&[7][..], &[7, 2], &[7, 1, 0]] {
            let error = decode::<(u8, bool)>(bytes).unwrap_err();
            assert!(error.to_string().starts_with("the output is no value of the return type"), "{error}");
            assert_eq!(format!("{error:?}"), error.to_string());
        }
    }
}

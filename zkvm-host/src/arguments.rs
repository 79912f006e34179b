//! Typed arguments: tuples of serde values, each encoded with postcard on its own.

use serde::Serialize;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_encoded_one_by_one() {
        let encoded = (300u32, "hi", [1u8, 2]).encode().unwrap();
        assert_eq!(encoded, [vec![0xac, 0x02], vec![2, b'h', b'i'], vec![1, 2]]);
        assert!(().encode().unwrap().is_empty());
    }
}

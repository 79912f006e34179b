//! Functions that `#[zkvm::main]` accepts: they stay what they are.
#![deny(unsafe_code)]

mod all {
    /// Documentation and other attributes stay.
    #[must_use = "as any attribute"]
    #[zkvm::main]
    pub(crate) fn all(
        #[public] text: &str,
        #[private] mut bytes: Vec<u8>,
        #[private] slice: &[u8],
        #[public] option: Option<(u8, [u64; 4])>,
    ) -> Result<Vec<u8>, String> {
        bytes.extend(slice);
        option.map(|_| bytes).ok_or_else(|| text.to_owned())
    }
}

mod none {
    #[zkvm::main]
    pub(crate) fn none() {}
}

#[test]
fn the_host_calls_the_function_as_it_is_written() {
    assert_eq!(all::all("empty", vec![1], &[2, 3], Some((0, [0; 4]))), Ok(vec![1, 2, 3]));
    assert_eq!(all::all("empty", vec![1], &[2, 3], None), Err("empty".to_owned()));
    none::none();
}

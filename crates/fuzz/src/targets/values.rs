//! Signatures, JSON inputs and output bytes.

use serde_json::{Value, json};
use zkvm_host::signature::{Argument, Signature, Visibility};

use crate::Target;

/// Signature, inputs and output, apart by zero bytes: values that can be read can be written and read again.
pub const INPUTS: Target = Target { name: "inputs", check: inputs, seeds, everyday: 10_000 };

fn seeds() -> Vec<Vec<u8>> {
    let lines: [&[u8]; 5] = [
        b"fn f(n: u32, #[private] m: &[u8]) -> (u64, Option<bool>)\0{\"n\": 7, \"m\": \"0x0102\"}\0\x07\x01\x01",
        b"fn f(x: Vec<(i8, String)>) -> Result<[u8; 2], String>\0[[[-1, \"a\"]]]\0\x00\x01\x02",
        b"{\"name\":\"f\",\"arguments\":[{\"name\":\"t\",\"type\":\"T\",\"visibility\":\"private\"}],\"returns\":\"T\",\
          \"definitions\":[\"enum T {A, B(u8), C {d: Box<T>}}\"]}\0{\"t\": {\"C\": {\"d\": \"A\"}}}\0\x02\x00",
        b"fn f(a: f32, b: char, c: u128) -> BTreeMap<String, i64>\0[1.5, \"x\", \"340282366920938463463\"]\0\x01\x01k\x02",
        b"fn f() -> Vec<()>\0[]\0\x00",
    ];
    lines.map(<[u8]>::to_vec).to_vec()
}

fn inputs(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let (signature, values, output) = (String::from_utf8_lossy(part()), part(), part());
    let described = serde_json::from_str::<Signature>(&signature).ok();
    let Some(signature) = described.or_else(|| signature.parse().ok()) else { return };
    if let Ok(values) = serde_json::from_slice(values) {
        // What does not fit is refused.
        let _ = signature.encode(&values);
    }
    let Ok(value) = signature.decode_output(output) else { return };
    if !reads_back(&signature, &value) {
        panic!("{value} of `{}` is read as another value", signature.returns);
    }
}

/// Whether a decoded value, taken as an argument of its type, decodes to the same again. Values that
/// JSON has no words for, such as infinite numbers, are refused as arguments.
fn reads_back(signature: &Signature, value: &Value) -> bool {
    let Signature { name, returns, definitions, .. } = signature.clone();
    let argument = Argument { name: "value".into(), ty: returns.clone(), visibility: Visibility::Public };
    let identity = Signature { name, arguments: vec![argument], returns, definitions };
    match identity.encode(&json!([value])) {
        Ok(inputs) => identity.decode_output(&inputs.public).as_ref() == Ok(value),
        Err(_) => true,
    }
}

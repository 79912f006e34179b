//! Compiles the guest.

fn main() {
    zkvm_host::build::script::guest("sha3_chain", "../guest");
}

//! Compiles the guest.

fn main() {
    zkvm_host::build::script::guest("sha2_chain", "../guest");
}

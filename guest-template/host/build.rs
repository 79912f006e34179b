//! Compiles the guest.

fn main() {
    zkvm_host::build::script::guest("factors", "../guest");
}

#[zkvm::main]
fn one(n: u64) -> u64 {
    n
}

#[zkvm::main]
fn other(n: u64) -> u64 {
    n
}

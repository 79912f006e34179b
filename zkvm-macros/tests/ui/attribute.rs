#[zkvm::main(heap = 5)]
fn with_arguments() {}

#[zkvm::main]
struct NoFunction;

fn main() {}

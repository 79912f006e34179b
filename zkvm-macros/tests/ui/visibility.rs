mod one_unmarked {
    #[zkvm::main]
    fn run(#[public] _a: u32, _b: u32, #[private] _c: u32) {}
}

mod both {
    #[zkvm::main]
    fn run(#[public] #[private] _a: u32) {}
}

mod with_value {
    #[zkvm::main]
    fn run(#[private = "yes"] _a: u32) {}
}

fn main() {}

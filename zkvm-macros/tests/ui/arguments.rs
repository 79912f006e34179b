mod several_at_once {
    #[zkvm::main]
    fn run((_a, _b): (u32, u32), _wide: &[u32], _text: &'static str, _out: &mut [u8], _any: impl Copy) -> &'static str {
        ""
    }
}

mod never {
    #[zkvm::main]
    fn forever() -> ! {
        loop {}
    }
}

fn main() {}

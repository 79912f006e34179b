struct Guest;

mod asynchronous {
    #[zkvm::main]
    async fn wait() {}
}

mod generic {
    #[zkvm::main]
    fn first<T>(items: Vec<T>) -> u32 {
        items.len() as u32
    }
}

mod foreign {
    #[zkvm::main]
    unsafe extern "C" fn call() {}
}

mod called_main {
    #[zkvm::main]
    fn main() {}
}

impl Guest {
    #[zkvm::main]
    fn method(&self) {}
}

fn main() {}

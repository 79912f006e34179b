//! zkvm-emulator

//! What `#[zkvm::main]` says about functions that it refuses.

#[test]
fn what_is_refused_is_explained_where_it_stands() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

//! The formulas of the document against the tables that programs look up.

use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_isa::table::TableId;
use zkvm_second_verifier::{F, multilinear::vertex, tables::Index, tables::TABLES};

#[test]
fn formulas_have_the_entries_of_the_tables() {
    let rng = &mut StdRng::seed_from_u64(1);
    assert_eq!(TableId::ALL.len(), TABLES);
    for _ in 0..200 {
        // Long runs of equal bits are where comparisons and shifts change.
        let k = rng.r#gen::<u64>() >> rng.gen_range(0..64) ^ 0u64.wrapping_sub(rng.gen_range(0..2));
        let index = Index::new(&vertex(k, 64));
        for table in TableId::ALL {
            assert_eq!(index.table(*table as u8), F::from(table.entry(k)), "{} at {k:#x}", table.name());
        }
    }
}

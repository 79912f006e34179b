//! Parts of the protocol that are no claim, constraint or message: left out by both parties.

/// Where a part stands, and what stands there without it.
pub struct Edit {
    /// The file.
    pub path: &'static str,
    /// What precedes the code, as far as that tells it from other places.
    pub before: &'static str,
    /// An expression.
    pub code: &'static str,
    /// The expression without the part.
    pub instead: &'static str,
}

const SCRIPT: &str = "crates/protocol/src/script.rs";
const LOOKUPS: &str = "crates/protocol/src/relations/lookups.rs";
const RAM: &str = "crates/protocol/src/relations/ram.rs";
const BOOLEANITY: &str = "crates/protocol/src/relations/booleanity.rs";
const ORACLES: &str = "crates/prover/src/reference/oracles.rs";

/// A part with the edits that leave it out.
pub const PARTS: &[(&str, &[Edit])] = &[
    (
        "the total weight of a lookup",
        &[
            Edit { path: LOOKUPS, before: "&[out, x, y, lin, prod, ", code: "Fr::ONE", instead: "Fr::from(0u64)" },
            Edit { path: SCRIPT, before: "one: ", code: "square.square() * gamma", instead: "Fr::ZERO" },
            Edit { path: ORACLES, before: "", code: "gamma(5)", instead: "Fr::ZERO" },
        ],
    ),
    (
        "the total weight of a bytecode row",
        &[
            Edit { path: SCRIPT, before: "one: ", code: "Fr::ONE", instead: "Fr::ZERO" },
            Edit { path: SCRIPT, before: ".claim(&one, ", code: "Fr::ONE", instead: "Fr::ZERO" },
        ],
    ),
    (
        "the total weight of a memory access",
        &[
            Edit { path: RAM, before: "address + self.gamma * offset + ", code: "square", instead: "Fr::ZERO" },
            Edit {
                path: RAM,
                before: "index_and_cycle(self.bits())\n    }\n    fn claim(&self) -> Fr {\n        ",
                code: "batch(self.gamma, &self.values)",
                instead: "batch(self.gamma, self.values.split_last().map_or(&[], |(_, values)| values))",
            },
        ],
    ),
    (
        "booleanity",
        &[Edit {
            path: BOOLEANITY,
            before: "",
            code: "eq_index * eq_cycle * horner(gamma, witness.iter().map(|&ra| ra * ra - ra))",
            instead: "R::zero()",
        }],
    ),
    (
        "the public output",
        &[
            Edit { path: SCRIPT, before: "value: ", code: "statement.output_at(&rho)", instead: "Fr::ZERO" },
            Edit {
                path: RAM,
                before: "vec![eq(&self.point, &point.index)]\n    }\n    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {\n        ",
                code: "product(public) * product(witness)",
                instead: "R::zero()",
            },
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::root;

    #[test]
    fn every_part_stands_in_exactly_one_place() {
        for edit in PARTS.iter().flat_map(|(_, edits)| *edits) {
            let source = std::fs::read_to_string(root().join(edit.path)).unwrap();
            let places = source.matches(&format!("{}{}", edit.before, edit.code)).count();
            assert_eq!(places, 1, "{}: {}", edit.path, edit.code);
        }
    }
}

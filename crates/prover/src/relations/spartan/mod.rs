//! The constraints: univariate skip and zerocheck.
//!
//! 1. One pass over the steps gives all sums of products of the constraints' factors ([`gram`]):
//!    enough for the skip and for the group variable.
//! 2. A second pass gives the factors A, B and C of every step with the group variable bound
//!    ([`factors`]): linear combinations of small integers, one reduction each. The cycle rounds run
//!    on these three tables.
//! 3. A last pass gives the columns at the final point. The bytecode's parts of A and B are what is
//!    left of A and B there.

mod factors;
mod gram;
mod steps;

pub use gram::Gram;

use super::split_eq::{GruenEq, LOW_BITS, SplitEq};
use crate::kernel::Kernel;
use crate::kernels::fr::{self, Integers};
use crate::witness::Witness;
use ark_ff::{Field, One, Zero};
use factors::Factors;
use gram::COUNT;
use rayon::prelude::*;
use steps::{Classes, Steps};
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::univariate::{lagrange_at, lagrange_basis};
use zkvm_algebra::{Fr, Univariate};
use zkvm_protocol::constraints::{Column, GROUP, GROUPS, Term};
use zkvm_protocol::relations::spartan::{Side, Skip, Zerocheck};

/// The coefficients of the skip's quotient.
pub fn skip(skip: &Skip, witness: &Witness) -> Vec<Fr> {
    quotient(skip, &Gram::new(&skip.tau[1..], witness))
}

/// The coefficients of the skip's quotient, from the sums for the cycle coordinates of its τ.
///
/// Q has the values Σ eq(τ,·)·(A·B - C)(Y,·) / Z_D(Y) at ten points Y outside of D.
pub fn quotient(skip: &Skip, gram: &Gram) -> Vec<Fr> {
    let domain: Vec<Fr> = Skip::domain().into_iter().map(Fr::from).collect();
    let outside = (GROUP as i64 / 2 + 1..).flat_map(|y| [y, -y]).take(Skip::COEFFICIENTS);
    let points: Vec<Fr> = outside.map(Fr::from).collect();
    let value = |y: &Fr| {
        let [zero, one] = GroupSums::new(gram, &lagrange_at(&domain, *y)).on_diagonal();
        let vanishing: Fr = domain.iter().map(|d| *y - d).product();
        // Every y is outside of D.
        (zero + skip.tau[0] * (one - zero)) * vanishing.inverse().unwrap_or_default()
    };
    let mut quotient = vec![Fr::zero(); Skip::COEFFICIENTS];
    for (y, basis) in points.iter().zip(lagrange_basis(&points)) {
        let value = value(y);
        quotient.iter_mut().zip(&basis.0).for_each(|(slot, coefficient)| *slot += value * coefficient);
    }
    quotient
}

/// Sums over all steps at one point Y: of A_g·B_g' for groups g and g', and of C_g.
struct GroupSums {
    products: [[Fr; GROUPS]; GROUPS],
    sums: [Fr; GROUPS],
}

impl GroupSums {
    /// `lagrange` is the basis over D at Y.
    fn new(gram: &Gram, lagrange: &[Fr]) -> Self {
        let weights = [0, 1].map(|group| group_weights(lagrange, [Fr::from(1 - group), Fr::from(group)]));
        GroupSums {
            products: weights.map(|left| weights.map(|right| gram.product(&left, &right))),
            sums: weights.map(|weights| gram.sum(&weights)),
        }
    }

    /// A_g·B_g - C_g for each group g.
    fn on_diagonal(&self) -> [Fr; GROUPS] {
        [0, 1].map(|group| self.products[group][group] - self.sums[group])
    }

    /// A·B - C with A, B, C linear in the group variable, as a polynomial in it.
    fn quadratic(&self) -> Univariate {
        let [at_zero, at_one] = self.on_diagonal();
        let [[first, right], [left, second]] = self.products;
        let leading = first + second - left - right;
        Univariate(vec![at_zero, at_one - at_zero - leading, leading])
    }
}

/// The weight of every constraint: that of its group times that of its place.
fn group_weights(lagrange: &[Fr], groups: [Fr; GROUPS]) -> [Fr; COUNT] {
    std::array::from_fn(|i| groups[i / GROUP] * lagrange[i % GROUP])
}

/// The kernel of [`Zerocheck`].
pub struct ZerocheckKernel<'a> {
    witness: &'a Witness<'a>,
    relation: Zerocheck,
    /// eq(τ, ·) over the cycles, with the bound factor of the group.
    eq: GruenEq,
    /// The group variable, once bound.
    group: Fr,
    /// Challenges of the cycle rounds.
    challenges: Vec<Fr>,
    state: State,
}

/// What the next round needs.
enum State {
    /// The group variable is next.
    Group(Box<Gram>),
    /// A cycle variable is next.
    Cycle(Factors),
}

impl<'a> ZerocheckKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &Zerocheck, witness: &'a Witness<'a>) -> Self {
        ZerocheckKernel {
            witness,
            relation: relation.clone(),
            eq: GruenEq::new(&relation.tau[1..], Fr::one()),
            group: Fr::zero(),
            challenges: Vec::new(),
            state: State::Group(Box::new(Gram::new(&relation.tau[1..], witness))),
        }
    }

    fn group_round(&self, gram: &Gram) -> Univariate {
        let tau = self.relation.tau[0];
        let line = Univariate(vec![Fr::one() - tau, tau + tau - Fr::one()]);
        line.product(&GroupSums::new(gram, &self.relation.lagrange).quadratic())
    }

    fn bind_group(&mut self, challenge: Fr) {
        let tau = &self.relation.tau;
        self.eq = GruenEq::new(&tau[1..], eq(&tau[..1], &[challenge]));
        self.group = challenge;
        let weights = group_weights(&self.relation.lagrange, [Fr::one() - challenge, challenge]);
        self.state = State::Cycle(Factors::new(self.witness, &weights));
    }

    /// Every column at the final cycle point.
    fn columns(&self) -> [Fr; Column::COUNT] {
        let point: Vec<Fr> = self.challenges.iter().rev().copied().collect();
        let eq = SplitEq::new(&point, Fr::one(), LOW_BITS);
        let classes = Classes::new(self.witness.statement.program);
        let room = || Steps::new(self.witness, eq.low.len());
        let block = |steps: &mut Steps, block: usize| {
            steps.load(&classes, block * eq.low.len());
            let values = |column: &Column| steps.values(Term::Column(*column));
            let columns: Vec<Integers> = Column::ALL.iter().filter_map(values).collect();
            let mut sums = [Fr::zero(); Column::COUNT];
            fr::weighted_sums(&eq.low, &columns, &mut sums);
            sums.map(|sum| sum * eq.high[block])
        };
        let add = |a: [Fr; Column::COUNT], b: [Fr; Column::COUNT]| std::array::from_fn(|i| a[i] + b[i]);
        (0..eq.high.len()).into_par_iter().map_init(room, block).reduce(|| [Fr::zero(); Column::COUNT], add)
    }
}

impl Kernel for ZerocheckKernel<'_> {
    fn round(&mut self, claim: Fr) -> Univariate {
        match &self.state {
            State::Group(gram) => self.group_round(gram),
            State::Cycle(factors) => {
                let [at_zero, leading] = factors.round(&self.eq.above());
                self.eq.cubic(claim, at_zero, leading)
            }
        }
    }

    fn bind(&mut self, challenge: Fr) {
        match &mut self.state {
            State::Group(_) => self.bind_group(challenge),
            State::Cycle(factors) => {
                self.eq.bind(challenge);
                self.challenges.push(challenge);
                factors.bind(challenge);
            }
        }
    }

    fn claims(&self) -> Vec<Fr> {
        let columns = self.columns();
        let [a, b] = match &self.state {
            State::Cycle(factors) => factors.values(),
            State::Group(_) => [Fr::zero(); 2],
        };
        let of_columns = |side: Side| -> Fr {
            let weight = |column: &Column| {
                let [zero, one] = self.relation.column_weights(side, *column);
                zero + self.group * (one - zero)
            };
            Column::ALL.iter().zip(&columns).map(|(column, value)| weight(column) * value).sum()
        };
        columns.into_iter().chain([a - of_columns(Side::A), b - of_columns(Side::B)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{self, compare};
    use crate::testing::{mixed_run, random_point};

    #[test]
    fn skip_and_zerocheck_agree_with_the_reference() {
        for (rounds, padding) in [(1, 0), (1, 1), (5, 0)] {
            let run = mixed_run(rounds);
            let mut shape = run.shape(4);
            shape.log_t += padding;
            let witness = run.witness(shape);
            let skip = Skip { tau: random_point(1, 1 + shape.log_t) };
            let quotient = super::skip(&skip, &witness);
            assert_eq!(quotient, reference::skip(&skip, &witness));
            let zerocheck = Zerocheck::new(&skip, &quotient, random_point(2, 1)[0]);
            compare(&zerocheck, &witness, &mut ZerocheckKernel::new(&zerocheck, &witness));
        }
    }

    #[test]
    fn sums_over_many_blocks_are_those_of_one() {
        let run = crate::testing::run(&crate::testing::mixed(30), b"", &[7; 120]);
        let witness = run.witness(run.shape(4));
        let skip = Skip { tau: random_point(1, 1 + witness.statement.shape.log_t) };
        assert_eq!(super::skip(&skip, &witness), reference::skip(&skip, &witness));
    }
}

//! The engine of all sum-checks (section 5.1).

use ark_ff::Zero;

use crate::channel::Channel;
use crate::{Error, F};

/// A claim of the form claim = Σ summand over a hypercube.
pub struct Instance {
    /// The claim.
    pub claim: F,
    /// Number of its index variables.
    pub index: usize,
    /// Whether it has the cycle variables.
    pub cycles: bool,
    /// Number of its witness polynomials.
    pub values: usize,
}

/// The rounds of a stage.
pub struct Rounds {
    /// The stage, by what is proven.
    pub name: &'static str,
    /// Degree of each index round.
    pub index: Vec<usize>,
    /// Degree of each cycle round.
    pub cycles: Vec<usize>,
}

/// A stage after its last message.
pub struct Reduced {
    /// Index coordinates of the point.
    pub index: Vec<F>,
    /// Cycle coordinates of the point.
    pub cycles: Vec<F>,
    /// The values of each instance's witness polynomials.
    pub values: Vec<Vec<F>>,
    name: &'static str,
    alphas: Vec<F>,
    claim: F,
}

/// Steps 2 to 4: draws the coefficients, reads the rounds and the values.
pub fn reduce(channel: &mut impl Channel, rounds: &Rounds, instances: &[Instance]) -> Result<Reduced, Error> {
    let alphas = channel.challenges("α", instances.len());
    let all_rounds = rounds.index.len() + rounds.cycles.len();
    let mut claim = F::zero();
    for (alpha, instance) in alphas.iter().zip(instances) {
        let own = instance.index + if instance.cycles { rounds.cycles.len() } else { 0 };
        let halvings = (0..all_rounds - own).fold(F::from(1u64), |power, _| power + power);
        claim += *alpha * halvings * instance.claim;
    }
    let mut index = Vec::new();
    for degree in &rounds.index {
        index.push(round(channel, *degree, &mut claim)?);
    }
    let mut cycles = Vec::new();
    for degree in &rounds.cycles {
        cycles.push(round(channel, *degree, &mut claim)?);
    }
    cycles.reverse();
    let values: Result<_, _> = instances.iter().map(|instance| channel.scalars("values", instance.values)).collect();
    Ok(Reduced { index, cycles, values: values?, name: rounds.name, alphas, claim })
}

/// Step 3: reads a round polynomial g, checks it by completing it, draws r and replaces the claim by g(r).
fn round(channel: &mut impl Channel, degree: usize, claim: &mut F) -> Result<F, Error> {
    let message = channel.scalars("round", degree)?;
    let (constant, higher) = (message[0], &message[1..]);
    let linear = *claim - constant - constant - higher.iter().sum::<F>();
    let r = channel.challenge("r");
    let coefficients = [&[constant, linear], higher].concat();
    *claim = evaluate(&coefficients, r);
    Ok(r)
}

/// The univariate polynomial with these coefficients, constant first, at `x`.
pub fn evaluate(coefficients: &[F], x: F) -> F {
    coefficients.iter().rev().fold(F::zero(), |high, coefficient| high * x + coefficient)
}

impl Reduced {
    /// Step 5: the claim must be Σ α_i·summand_i.
    pub fn check(&self, channel: &mut impl Channel, summands: &[F]) -> Result<(), Error> {
        assert_eq!(summands.len(), self.alphas.len(), "a summand per instance");
        let sum: F = self.alphas.iter().zip(summands).map(|(alpha, summand)| *alpha * summand).sum();
        channel.compare(self.name, self.claim, sum)
    }
}

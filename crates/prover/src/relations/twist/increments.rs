//! Values from increments: cycle rounds of Σ_t inc(t)·ra(t)·(lt(t, r) + c).
//!
//! lt(·, r) is never tabulated over the cycles. With the current variable X below the unbound x and
//! above the bound ones, lt((x, X, bound), r) = lt(x, r) + eq(x, r)·l(X), where the line l comes from
//! X and the bound variables alone. And for x = (high, low), lt(x) = lt(high) + eq(high)·lt(low) and
//! eq(x) = eq(high)·eq(low): tables of square-root size. A round sums inc·ra at X = 0, at X = 2 and
//! its leading coefficient, which with the claim determine the cubic.

use crate::kernels::fr;
use crate::relations::split_eq::LOW_BITS;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};

/// The factor lt(t, r) + c with the variables bound so far, from the bottom.
#[derive(Clone, Debug)]
pub struct LessThan {
    /// Coordinates of r of the unbound variables.
    point: Vec<Fr>,
    /// lt of the bound variables.
    bound: Fr,
    offset: Fr,
}

/// Values of inc·ra for the pairs of a block of cycles.
pub struct Lines {
    /// At X = 0, one for each pair.
    pub at_zero: Vec<Fr>,
    /// At X = 2.
    pub at_two: Vec<Fr>,
    /// The coefficient of X².
    pub leading: Vec<Fr>,
    /// The pairs, where only some are there.
    places: Option<Vec<u32>>,
    /// Factors of the products, where they are computed together.
    factors: [Vec<Fr>; 3],
    /// The weights of the pairs that are there.
    weights: Vec<Fr>,
    ones: Vec<u8>,
}

impl Lines {
    /// Room for `pairs` pairs.
    fn new(pairs: usize) -> Self {
        let zeros = || vec![Fr::ZERO; pairs];
        let factors = [zeros(), zeros(), zeros()];
        let [at_zero, at_two, leading] = [zeros(), zeros(), zeros()];
        Lines { at_zero, at_two, leading, places: None, factors, weights: Vec::new(), ones: vec![1; pairs] }
    }

    /// Starts a list of pairs with their numbers in the block; all others are zero.
    pub fn clear(&mut self) {
        self.products().into_iter().for_each(Vec::clear);
        self.places.get_or_insert_default().clear();
    }

    /// Appends to the list that [`Lines::clear`] started.
    pub fn push(&mut self, place: usize, at_zero: Fr, at_two: Fr, leading: Fr) {
        self.places.get_or_insert_default().push(place as u32);
        self.at_zero.push(at_zero);
        self.at_two.push(at_two);
        self.leading.push(leading);
    }

    /// All pairs, from both columns.
    fn multiply(&mut self, inc: &[Fr], ra: &[Fr]) {
        let [zero, two, step] = &mut self.factors;
        let cycles = inc.as_chunks::<2>().0.iter().zip(ra.as_chunks::<2>().0);
        for (i, ([inc0, inc1], [ra0, ra1])) in cycles.enumerate() {
            let (inc_step, ra_step) = (*inc1 - inc0, *ra1 - ra0);
            (self.at_zero[i], zero[i]) = (*inc0, *ra0);
            (self.at_two[i], two[i]) = (*inc1 + inc_step, *ra1 + ra_step);
            (self.leading[i], step[i]) = (inc_step, ra_step);
        }
        fr::mul_assign(&mut self.at_zero, zero);
        fr::mul_assign(&mut self.at_two, two);
        fr::mul_assign(&mut self.leading, step);
    }

    fn products(&mut self) -> [&mut Vec<Fr>; 3] {
        [&mut self.at_zero, &mut self.at_two, &mut self.leading]
    }

    /// Σ products·weights, in the order of [`Lines::products`], and Σ products at 0 and 2.
    fn sums(&mut self, weights: [&[Fr]; 3]) -> ([Fr; 3], [Fr; 2]) {
        let plain = [&self.at_zero, &self.at_two].map(|values| fr::weighted_sum(values, &self.ones[..values.len()]));
        let products = [&self.at_zero, &self.at_two, &self.leading];
        let mut sums = [Fr::ZERO; 3];
        for ((sum, products), weights) in sums.iter_mut().zip(products).zip(weights) {
            *sum = match &self.places {
                None => fr::inner_product(products, weights),
                Some(places) => {
                    self.weights.clear();
                    self.weights.extend(places.iter().map(|place| weights[*place as usize]));
                    fr::inner_product(products, &self.weights)
                }
            };
        }
        (sums, plain)
    }
}

/// Σ inc·ra·(lt + c) at 0 and 2, and Σ inc·ra·eq for the leading coefficient.
type Sums = [Fr; 3];

impl LessThan {
    /// lt(·, point) + offset with no variable bound.
    pub fn new(point: &[Fr], offset: Fr) -> Self {
        LessThan { point: point.to_vec(), bound: Fr::ZERO, offset }
    }

    /// l(x) of the module's documentation.
    fn line(&self, x: Fr) -> Fr {
        let r = self.point.last().copied().unwrap_or(Fr::ZERO);
        let both = r * x;
        r - both + self.bound * (Fr::ONE - r - x + both + both)
    }

    /// Pairs of neighbouring cycles in a block of the current round.
    pub fn block_pairs(&self) -> usize {
        1 << LOW_BITS.min(self.point.len().saturating_sub(1))
    }

    /// The round polynomial. `fill` writes the products of a block's pairs.
    pub fn round(&self, claim: Fr, fill: impl Fn(usize, &mut Lines) + Sync) -> Univariate {
        let above = self.point.split_last().map_or(&[][..], |(_, above)| above);
        let (high, low) = above.split_at(above.len() - LOW_BITS.min(above.len()));
        let (high, low) = (Tables::new(high), Tables::new(low));
        let weights = [Fr::ZERO, Fr::from(2u64)].map(|x| low.at(self.line(x)));
        let block = |lines: &mut Lines, (block, (lt, eq)): (usize, (&Fr, &Fr))| -> Sums {
            fill(block, lines);
            let ([at_zero, at_two, leading], plain) = lines.sums([&weights[0], &weights[1], &low.eq]);
            let [plain_zero, plain_two] = plain.map(|sum| sum * (*lt + self.offset));
            [plain_zero + *eq * at_zero, plain_two + *eq * at_two, *eq * leading]
        };
        let blocks = high.lt.par_iter().zip(&high.eq).enumerate();
        let add = |a: Sums, b: Sums| core::array::from_fn(|i| a[i] + b[i]);
        let sums = blocks.map_init(|| Lines::new(low.eq.len()), block);
        let [at_zero, at_two, leading] = sums.reduce(|| [Fr::ZERO; 3], add);
        let leading = leading * (self.line(Fr::ONE) - self.line(Fr::ZERO));
        cubic([at_zero, claim - at_zero, at_two], leading)
    }

    /// Binds the current variable.
    pub fn bind(&mut self, challenge: Fr) {
        self.bound = self.line(challenge);
        self.point.pop();
    }
}

/// The cubic with these values at 0, 1, 2 and this leading coefficient.
fn cubic(values: [Fr; 3], leading: Fr) -> Univariate {
    let eight = leading.double().double().double();
    let mut quadratic = Univariate::interpolate(&[values[0], values[1] - leading, values[2] - eight]);
    quadratic.0.push(leading);
    quadratic
}

/// lt(·, point) and eq(·, point) on the hypercube.
struct Tables {
    lt: Vec<Fr>,
    eq: Vec<Fr>,
}

impl Tables {
    fn new(point: &[Fr]) -> Self {
        let mut lt = vec![Fr::ZERO];
        for (bound, r) in point.iter().enumerate() {
            let eq = fr::eq_table(&point[..bound]);
            lt = lt.iter().zip(&eq).flat_map(|(lt, eq)| [*lt + *eq * r, *lt]).collect();
        }
        Tables { lt, eq: fr::eq_table(point) }
    }

    /// lt + scale·eq.
    fn at(&self, scale: Fr) -> Vec<Fr> {
        self.lt.iter().zip(&self.eq).map(|(lt, eq)| *lt + scale * eq).collect()
    }
}

/// The sum once inc and ra are columns of field elements.
pub struct Increments {
    /// inc over the unbound cycles.
    pub inc: Vec<Fr>,
    /// ra over the unbound cycles.
    pub ra: Vec<Fr>,
}

impl Increments {
    /// The round polynomial.
    pub fn round(&self, less_than: &LessThan, claim: Fr) -> Univariate {
        let pairs = less_than.block_pairs();
        less_than.round(claim, |block, lines| {
            let own = 2 * pairs * block..2 * pairs * (block + 1);
            lines.multiply(&self.inc[own.clone()], &self.ra[own]);
        })
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, challenge: Fr) {
        fr::bind_low(&mut self.inc, challenge);
        fr::bind_low(&mut self.ra, challenge);
    }
}

//! Multi-scalar multiplication on all threads.

use crate::kernels::g1::Batched;
use rayon::prelude::*;
use zkvm_algebra::{Fr, G1Projective};
use zkvm_pcs::Point;
use zkvm_pcs::buckets::Buckets;
use zkvm_pcs::msm::Windows;

/// Additions that a task should have, so that they make long batches.
const TASK: usize = 1 << 14;

/// Σ scalars\[i\]·points\[i\].
pub fn msm(points: &[Point], scalars: &[Fr]) -> G1Projective {
    let [sum, _] = msm_pair(points, scalars, |_| 0);
    sum
}

/// Σ scalars\[i\]·points\[i\] over each of two groups; the point i belongs to `group(i)`, 0 or 1.
///
/// Windows are independent of each other and shared out to the threads, several to a task where
/// there are few points.
pub fn msm_pair(points: &[Point], scalars: &[Fr], group: impl Fn(u32) -> u32 + Sync) -> [G1Projective; 2] {
    let windows = Windows::for_points(points.len() / 2);
    let scalars: Vec<_> = scalars.par_chunks(4096).flat_map_iter(|scalars| windows.recode(scalars)).collect();
    let count = windows.count() as usize;
    let per_task = (TASK / points.len().max(1)).clamp(1, count.div_ceil(rayon::current_num_threads()));
    let ranges: Vec<_> = (0..windows.count()).step_by(per_task).collect();
    let parts: Vec<Vec<G1Projective>> = ranges
        .par_iter()
        .map_init(
            || Buckets::new(Batched),
            |buckets, &start| {
                let range = start..windows.count().min(start + per_task as u32);
                windows.sums(Batched, points, &scalars, range, (2, &group), buckets)
            },
        )
        .collect();
    let sums: Vec<G1Projective> = parts.concat();
    [0, 1].map(|group| windows.combine(&sums.iter().skip(group).step_by(2).copied().collect::<Vec<_>>()))
}

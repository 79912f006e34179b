//! Branches and jumps: outcomes, distances, links. A jump that misses its target meets words that
//! are no instructions.

use super::{Case, EDGES, fill_to, for_each, load_address, table};
use crate::testing::{A0, A1, A2, Asm, BRANCHES, Label, RA, S0, S1, S2, S3, S4, S11, T0, TEXT, ZERO};

pub(super) fn directed() -> Vec<Case> {
    vec![outcomes(&EDGES), branch_distances(), jumps(), far_jumps(), indirect_jumps(), fences()]
}

pub(super) fn brief() -> Vec<Case> {
    let few = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    vec![outcomes(&few), branch_distances(), jumps(), far_jumps(), indirect_jumps(), fences()]
}

/// Each branch on all pairs of values, forwards and backwards, and on x0 and equal registers.
fn outcomes(values: &[u32]) -> Case {
    let mut case = Case::new("outcomes of branches");
    let table = table(&mut case, values);
    let results = case.results(6 * values.len() * (values.len() * 2 + 3));
    case.asm.li(S11, results);
    for (_, emit) in BRANCHES {
        let outcome = |case: &mut Case, [a, b]: [u32; 2], distance: i32| {
            hop(&mut case.asm, distance, |asm, target| emit(asm, a, b, target));
            case.asm.sw(A0, S11, 0);
            case.asm.addi(S11, S11, 4);
        };
        for_each(&mut case, table.clone(), [S0, S2], |case| {
            case.asm.lw(A1, S0, 0);
            for_each(case, table.clone(), [S1, S3], |case| {
                case.asm.lw(A2, S1, 0);
                outcome(case, [A1, A2], 8);
                outcome(case, [A1, A2], -4);
            });
            outcome(case, [A1, A1], 8);
            outcome(case, [A1, ZERO], 8);
            outcome(case, [ZERO, A1], 8);
        });
    }
    case
}

/// A branch or jump over `distance` bytes. Then a0 is 1 if it jumped, else 2, and control is behind.
fn hop(asm: &mut Asm, distance: i32, jump: impl FnOnce(&mut Asm, Label)) {
    let (source, target, out) = (asm.label(), asm.label(), asm.label());
    asm.li(A0, 1);
    if distance < 0 {
        asm.j(source);
        asm.place(target);
        let source_at = asm.pc().wrapping_add_signed(-distance);
        asm.j(out);
        fill_to(asm, source_at);
    }
    asm.place(source);
    let target_at = asm.pc().wrapping_add_signed(distance);
    jump(asm, target);
    // Words that control reaches if it does not jump.
    let behind = if distance > 0 { distance / 4 - 1 } else { 1 };
    if behind > 0 {
        asm.li(A0, 2);
    }
    if behind > 1 {
        asm.j(out);
    }
    if distance > 0 {
        fill_to(asm, target_at);
        asm.place(target);
    }
    asm.place(out);
}

/// Every power of two with its negative up to `limit`, patterns, and the furthest that there is.
fn distances(limit: i32) -> Vec<i32> {
    let powers = (2..31).map(|k| 1 << k).take_while(|power| *power < limit);
    let mut distances: Vec<i32> = powers.flat_map(|power| [power, -power]).collect();
    distances.extend([0x554, -0x554, 0xaa8, -0xaa8, limit - 4, -limit]);
    distances
}

/// Each branch, taken and not, over every distance.
fn branch_distances() -> Case {
    let mut case = Case::new("distances of branches");
    for (name, emit) in BRANCHES {
        for distance in distances(4096) {
            for taken in [true, false] {
                // Equal registers satisfy three of the branches; these satisfy the other three.
                let equal = matches!(*name, "beq" | "bge" | "bgeu") == taken;
                case.asm.li(A1, 5);
                case.asm.li(A2, if equal { 5 } else { 6 });
                hop(&mut case.asm, distance, |asm, target| emit(asm, A1, A2, target));
                case.record(A0, &[]);
            }
        }
    }
    case
}

/// `jal` over small distances, with every register for the link.
fn jumps() -> Case {
    let mut case = Case::new("jumps");
    for (rd, distance) in (0..32).zip(distances(4096).into_iter().cycle()) {
        hop(&mut case.asm, distance, |asm, target| asm.jal(rd, target));
        case.record(rd, &[]);
        case.record(A0, &[]);
    }
    case
}

/// `jal` over every large power of two, both ways, and as far as there is: calls of functions.
fn far_jumps() -> Case {
    let mut case = Case::new("far jumps");
    let asm = &mut case.asm;
    // The calls stand 2^20 bytes above the furthest function, which is behind the first jump.
    let center = TEXT + (1 << 12) + (1 << 20);
    load_address(asm, T0, center);
    asm.jalr(ZERO, T0, 0);
    let up = (12..20).map(|k| 1 << k).chain([(1 << 20) - 4]);
    let mut distances: Vec<i32> = up.chain((12..=20).map(|k| -(1 << k))).collect();
    distances.sort_unstable();
    // Call number i is at center + 8·i; each is two instructions long.
    let places: Vec<u32> =
        (0..).zip(&distances).map(|(i, distance)| (center + 8 * i).wrapping_add_signed(*distance)).collect();
    let functions: Vec<Label> = distances.iter().map(|_| asm.label()).collect();
    let function = |asm: &mut Asm, index: usize| {
        fill_to(asm, places[index]);
        asm.place(functions[index]);
        asm.addi(S4, S4, 1 + index as i32);
        asm.jalr(ZERO, RA, 0);
    };
    let backwards = distances.iter().filter(|distance| **distance < 0).count();
    (0..backwards).for_each(|index| function(asm, index));
    fill_to(asm, center);
    for target in &functions {
        asm.jal(RA, *target);
        // Not commutative: the order of the calls shows.
        asm.slli(S4, S4, 1);
    }
    let end = asm.label();
    asm.j(end);
    (backwards..functions.len()).for_each(|index| function(asm, index));
    asm.place(end);
    case
}

/// `jalr` with every kind of offset, odd targets, every register as base and as link.
fn indirect_jumps() -> Case {
    let mut case = Case::new("indirect jumps");
    let offsets = [0, 1, -1, 2, 3, -3, 4, -4, 8, 64, -64, 1024, -1024, 0x555, -0x556, 2046, 2047, -2047, -2048];
    for (number, offset) in (0..96).zip(offsets.into_iter().cycle()) {
        let base = 1 + number % 31;
        // The link goes to another register, to the base, or nowhere.
        let link = [(base + 11) % 32, base, ZERO][number as usize % 3];
        // A target with bit 0 set is the same target.
        let odd = number / 3 % 2;
        let target = case.asm.pc() + 4 * 4;
        load_address(&mut case.asm, base, (target + odd).wrapping_add_signed(-offset));
        case.asm.jalr(link, base, offset);
        case.asm.word(0);
        case.record(link, &[]);
    }
    backwards(&mut case);
    case
}

/// `jalr` to a lower address.
fn backwards(case: &mut Case) {
    let (over, out) = (case.asm.label(), case.asm.label());
    case.asm.j(over);
    let target = case.asm.pc();
    case.asm.li(A0, 77);
    case.asm.j(out);
    case.asm.place(over);
    case.asm.li(A1, target);
    case.asm.jalr(A2, A1, 1);
    case.asm.word(0);
    case.asm.place(out);
    case.record(A0, &[]);
    case.record(A2, &[]);
}

/// Fences of all kinds change nothing.
fn fences() -> Case {
    let mut case = Case::new("fences");
    // fence; fence rw, w; fence.tso; pause; fence with registers, which are reserved.
    for word in [0x0ff0_000f, 0x0310_000f, 0x8330_000f, 0x0100_000f, 0x0ff2_878f] {
        case.asm.word(word);
        case.record(A0, &[]);
    }
    case
}

//! The five stages (sections 5.2 to 5.6): each draws its challenges, states its claims, reads a sum-check, and hands on
//! the values that it does not check itself.

pub mod addresses;
pub mod columns;
pub mod constraints;
pub mod reads;
pub mod values;

use crate::channel::Channel;
use crate::{Error, F, Statement};

/// What the stages leave to the opening: the columns have these values at this point.
pub struct Claims {
    /// r4 ‖ r_κ.
    pub point: Vec<F>,
    /// The value of each column.
    pub columns: Vec<F>,
}

/// All stages.
pub fn verify(channel: &mut impl Channel, statement: &Statement) -> Result<Claims, Error> {
    let stage1 = constraints::verify(channel, statement)?;
    let stage2 = reads::verify(channel, statement, &stage1)?;
    let stage3 = values::verify(channel, statement, &stage2)?;
    let stage4 = columns::verify(channel, statement, &stage1, &stage2, &stage3)?;
    let stage5 = addresses::verify(channel, statement, &stage2, &stage4)?;
    Ok(Claims { point: [stage4.r4, stage5.address].concat(), columns: stage5.columns })
}

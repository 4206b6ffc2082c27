//! What a reservation consists of.

use shared_kernel::{
    OrderId, ReservationId, Timestamp,
    events::{ReservedLine, Shortage},
};

/// A reservation's data: what is stored, loaded and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationRecord {
    /// The reservation.
    pub id: ReservationId,
    /// The order it is for. An order has one reservation.
    pub order_id: OrderId,
    /// What was asked for: a line for each product, sorted by product.
    pub lines: Vec<ReservedLine>,
    /// Its state.
    pub state: ReservationState,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The state of a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReservationState {
    /// Its units are reserved.
    Held,
    /// Its units were shipped.
    Committed,
    /// Its units are free again.
    Released,
    /// There were not enough units, so none was ever reserved.
    Rejected {
        /// What was short: every such product, sorted.
        shortages: Vec<Shortage>,
    },
}

impl ReservationState {
    /// The name used in rows and JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Committed => "committed",
            Self::Released => "released",
            Self::Rejected { .. } => "rejected",
        }
    }

    /// What was short; nothing, unless it was rejected.
    pub fn shortages(&self) -> &[Shortage] {
        match self {
            Self::Rejected { shortages } => shortages,
            Self::Held | Self::Committed | Self::Released => &[],
        }
    }

    /// The state with this name and these shortages.
    ///
    /// # Errors
    /// [`UnknownState`] when there is none.
    pub fn named(name: &str, shortages: Vec<Shortage>) -> Result<Self, UnknownState> {
        match (name, shortages.is_empty()) {
            ("held", true) => Ok(Self::Held),
            ("committed", true) => Ok(Self::Committed),
            ("released", true) => Ok(Self::Released),
            ("rejected", false) => Ok(Self::Rejected { shortages }),
            _ => Err(UnknownState {
                found: name.to_owned(),
                shortages: shortages.len(),
            }),
        }
    }
}

/// No state has this name and this number of shortages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "found state {found:?} with {shortages} shortages; expected held, committed or released with none, or rejected with some"
)]
pub struct UnknownState {
    /// The name.
    pub found: String,
    /// How many shortages there were.
    pub shortages: usize,
}

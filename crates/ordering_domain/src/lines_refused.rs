//! One rule's refusals of several lines of an order, reported together, so that a caller can correct all of them at once.

use shared_kernel::{
    OrderLineId, Refusal,
    refusal::{Fact, Facts},
};

/// What one rule says of each line that it refuses; at least one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinesRefused<E> {
    first: (OrderLineId, E),
    others: Vec<(OrderLineId, E)>,
}

impl<E> LinesRefused<E> {
    pub(crate) fn none_or(refused: impl IntoIterator<Item = (OrderLineId, E)>) -> Result<(), Self> {
        let mut refused = refused.into_iter();
        match refused.next() {
            None => Ok(()),
            Some(first) => Err(Self {
                first,
                others: refused.collect(),
            }),
        }
    }

    /// The lines, in their order on the order.
    pub fn lines(&self) -> impl Iterator<Item = &(OrderLineId, E)> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl<E: Copy + Into<Refusal>> From<LinesRefused<E>> for Refusal {
    /// The rule's refusal of the first line, with its facts about each line as `lines`.
    fn from(error: LinesRefused<E>) -> Self {
        let facts_of = |(line_id, error): &(OrderLineId, E)| {
            let refusal: Refusal = (*error).into();
            let Facts(mut facts) = refusal.facts;
            facts.insert(0, ("line_id", line_id.to_string().into()));
            Facts(facts)
        };
        let lines = error.lines().map(facts_of).collect();
        let mut refusal: Self = error.first.1.into();
        refusal.facts.0.push(("lines", Fact::List(lines)));
        refusal
    }
}

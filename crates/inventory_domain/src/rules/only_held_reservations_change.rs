//! Only a reservation in state `held` changes: releasing or fulfilling it a second time, or late, changes nothing.

use crate::ReservationState;

pub(crate) const fn holds(state: &ReservationState) -> bool {
    match state {
        ReservationState::Held => true,
        ReservationState::Committed | ReservationState::Released | ReservationState::Rejected { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_but_held_is_the_last_one() {
        assert!(holds(&ReservationState::Held));
        let shortages = Vec::new();
        for state in [
            ReservationState::Committed,
            ReservationState::Released,
            ReservationState::Rejected { shortages },
        ] {
            assert!(!holds(&state), "{state:?}");
        }
    }
}

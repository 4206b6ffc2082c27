//! The business rules that are decided here rather than in the domain, since what they count is kept in memory: one
//! file each, named as the truth that holds.

pub(crate) mod registrations_are_limited;
pub(crate) mod wrong_passwords_are_limited;

//! The business rules that are decided here, since they are about what hashing costs: one file each, named as the truth
//! that holds.

pub(crate) mod one_password_of_an_account_at_a_time;

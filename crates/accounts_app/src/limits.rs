//! The rules' limits, for the schemas of requests.

use accounts_domain::rules::password_length::{MAXIMUM_CHARACTERS, MINIMUM_CHARACTERS};

/// The fewest characters of a password.
pub const SHORTEST_PASSWORD: u32 = MINIMUM_CHARACTERS;
/// The most characters of a password.
pub const LONGEST_PASSWORD: u32 = MAXIMUM_CHARACTERS;

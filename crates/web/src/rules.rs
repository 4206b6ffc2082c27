//! The business rules that are decided at the web edge, one file each, named as the truth that holds.

pub(crate) mod answers_are_read_in_time;
pub(crate) mod devices_are_known_for_90_days;
pub(crate) mod operator_cookies_last_twelve_hours;

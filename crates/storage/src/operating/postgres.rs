//! On PostgreSQL.

pub(crate) mod lived_time;
pub(crate) mod retention;
mod server_settings;
pub(crate) mod sound_files;

//! On SQLite.

pub(crate) mod lived_time;
pub(crate) mod retention;
pub(crate) mod sound_files;

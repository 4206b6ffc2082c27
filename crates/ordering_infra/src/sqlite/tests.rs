//! The adapters on a real file.

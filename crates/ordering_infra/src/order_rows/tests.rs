//! Orders go into rows and back.

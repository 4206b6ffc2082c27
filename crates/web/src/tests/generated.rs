//! Files that are generated from the declarations and committed: a test compares them, and rewrites them on request.

use std::fs;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// If this is set, the tests write what they would otherwise compare.
const WRITE: &str = "WRITE_GENERATED";

/// The text of a file of the workspace.
pub(crate) fn committed(path: &str) -> String {
    fs::read_to_string(format!("{ROOT}/{path}")).unwrap()
}

/// Compares a committed file with the one generated from the declarations.
#[track_caller]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests asks for it, and no code"
)]
pub(crate) fn assert_written(path: &str, committed: &str, made: &str) {
    if std::env::var_os(WRITE).is_some() {
        fs::write(format!("{ROOT}/{path}"), made).unwrap();
        return;
    }
    assert!(
        committed == made,
        "{path} is not what the declarations say; write it anew, and look at the difference, with: \
         {WRITE}=1 cargo test --package web"
    );
}

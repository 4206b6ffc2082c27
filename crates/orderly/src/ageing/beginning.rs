//! How a history begins: with nothing, or with what an earlier version left behind.

use std::{fs, path::Path};

/// Installations that are opened with the current version first of all; `tests/acceptance/fixtures` tells how they were made.
const LEFT_BEHIND: [&str; 5] = [
    "with-inventory/sqlite",
    "before-inventory/sqlite",
    "emptied/sqlite",
    "emptied/sqlite-quiet",
    "emptied/sqlite-upgraded",
];

/// Lays a beginning into an empty folder. Answers its name.
pub(super) fn lay(random: &mut fastrand::Rng, folder: &Path) -> &'static str {
    let choice = random.usize(..LEFT_BEHIND.len() * 2);
    let Some(name) = LEFT_BEHIND.get(choice) else {
        return "nothing";
    };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/acceptance/fixtures");
    for entry in fs::read_dir(fixtures.join(name).join("data")).unwrap() {
        let file = entry.unwrap().path();
        // Mail that was sent then is of no account here.
        if file.is_file() {
            fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
    }
    name
}

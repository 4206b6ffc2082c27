//! How a history begins: empty, or with the data of an earlier version.

use std::{fs, path::Path};

use super::seeds::from_environment;

/// How every history begins.
pub(super) const BEGINNING: &str = "ORDERLY_AGEING_BEGINNING";
/// Empty.
const NOTHING: &str = "nothing";
/// Beginnings, each as often as it is listed here. All but the first are opened with the current version before anything else happens;
/// `tests/acceptance/fixtures` describes how they were made. In the one from before inventory a consumer begins later than the log, so that the
/// log's numbers matter.
const BEGINNINGS: [&str; 10] = [
    NOTHING,
    NOTHING,
    NOTHING,
    "with-inventory/sqlite",
    "before-inventory/sqlite",
    "before-inventory/sqlite",
    "before-inventory/sqlite",
    "emptied/sqlite",
    "emptied/sqlite-quiet",
    "emptied/sqlite-upgraded",
];

/// Copies a beginning into an empty folder. Returns its name.
pub(super) fn lay(random: &mut fastrand::Rng, folder: &Path) -> &'static str {
    let drawn = random.choice(BEGINNINGS).unwrap();
    let wanted = from_environment(BEGINNING);
    let name = wanted.map_or(drawn, |wanted| {
        let known = BEGINNINGS.into_iter().find(|name| *name == wanted);
        known.unwrap_or_else(|| panic!("{BEGINNING} is {wanted:?}, expected one of {BEGINNINGS:?}"))
    });
    if name == NOTHING {
        return name;
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/acceptance/fixtures");
    for entry in fs::read_dir(fixtures.join(name).join("data")).unwrap() {
        let file = entry.unwrap().path();
        // Mail that was sent before is ignored here.
        if file.is_file() {
            fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
    }
    name
}

//! A data folder: the content of its files.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Every file below `folder`, with its content.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(content) = fs::read(&path) {
                // A file that is gone by now was a temporary file of a running process.
                files.insert(path, content);
            }
        }
    }
    files
}

/// The files that are kept: databases and secrets. SQLite's logs and shared memory are temporary.
pub fn kept(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = contents(folder);
    files.retain(|path, _| {
        let name = path.to_string_lossy();
        !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    files
}

/// Whether `text` is anywhere in `content`.
pub fn holds(content: &[u8], text: &str) -> bool {
    let wanted = text.as_bytes();
    let Some(first) = wanted.first() else { return true };
    let mut rest = content;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(wanted) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// Replaces a text in a file, everywhere, by one of the same length.
pub fn replace(file: &Path, text: &str, by: &str) {
    assert_eq!(text.len(), by.len());
    let mut content = fs::read(file).unwrap();
    let mut replaced = 0;
    for start in 0..content.len().saturating_sub(text.len() - 1) {
        if content[start..].starts_with(text.as_bytes()) {
            content[start..start + text.len()].copy_from_slice(by.as_bytes());
            replaced += 1;
        }
    }
    assert!(replaced > 0, "{} does not hold {text}", file.display());
    fs::write(file, content).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_stands_and_only_there() {
        for content in ["secret", "a secret", "sesecret", "secret at the front"] {
            assert!(holds(content.as_bytes(), "secret"), "{content}");
        }
        for content in ["", "secre", "s e c r e t", "Secret"] {
            assert!(!holds(content.as_bytes(), "secret"), "{content}");
        }
    }
}

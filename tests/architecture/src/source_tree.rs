//! The files of a tree: what git tracks or would track, so that build output and local data are not looked at.

use std::{error::Error, fs, path::Path, process::Command};

/// A file, with its path from the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// From the root, with `/` between the parts.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// A file, as a checker sees it.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// Whether all of it is for tests only, going by where it lies.
    pub fn is_for_tests(&self) -> bool {
        self.path.starts_with("tests/") || self.path.contains("/tests/") || self.stem().ends_with("tests")
    }

    /// Its name without folder and extension.
    fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }
}

/// What of a tree the checkers look at.
#[derive(Clone, Debug, Default)]
pub struct SourceTree {
    /// Every file's path.
    pub paths: Vec<String>,
    /// The Rust files.
    pub rust: Vec<SourceFile>,
    /// The SQL files.
    pub sql: Vec<SourceFile>,
    /// The documents.
    pub documents: Vec<SourceFile>,
    /// The members' `Cargo.toml` files.
    pub manifests: Vec<SourceFile>,
}

impl SourceTree {
    /// Reads the tree at `root`.
    ///
    /// # Errors
    /// When git does not list the files there, or one of them cannot be read as text.
    pub fn read(root: &Path) -> Result<Self, Box<dyn Error>> {
        let listing = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()?;
        if !listing.status.success() {
            return Err(format!(
                "git ls-files failed: {}",
                String::from_utf8_lossy(&listing.stderr)
            )
            .into());
        }
        let mut tree = Self::default();
        for path in String::from_utf8(listing.stdout)?.lines() {
            // Git goes on listing a tracked file that was deleted and not yet committed.
            if root.join(path).exists() {
                tree.paths.push(path.to_owned());
            }
        }
        tree.rust = read_where(root, &tree.paths, |path| path.ends_with(".rs"))?;
        tree.sql = read_where(root, &tree.paths, |path| path.ends_with(".sql"))?;
        tree.documents = read_where(root, &tree.paths, |path| path.ends_with(".md"))?;
        tree.manifests = read_where(root, &tree.paths, |path| path.ends_with("/Cargo.toml"))?;
        Ok(tree)
    }
}

fn read_where(
    root: &Path,
    paths: &[String],
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<SourceFile>, Box<dyn Error>> {
    let mut files = Vec::new();
    for path in paths.iter().filter(|path| wanted(path)) {
        let text = fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
        files.push(SourceFile::new(path, text));
    }
    Ok(files)
}

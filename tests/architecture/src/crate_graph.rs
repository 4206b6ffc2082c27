//! The crates and their edges, taken from `cargo metadata` into plain data.

use std::{collections::BTreeMap, error::Error, fmt, path::Path, process::Command};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What an edge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// Of the crate itself.
    Normal,
    /// Of its tests.
    Dev,
    /// Of its build script.
    Build,
}

impl fmt::Display for EdgeKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Normal => "dependencies",
            Self::Dev => "dev-dependencies",
            Self::Build => "build-dependencies",
        })
    }
}

/// A dependency as a member's manifest declares it, whatever the platform and whether optional or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Which section declares it.
    pub kind: EdgeKind,
    /// The package's own name, also where the manifest renames it.
    pub to: String,
    /// Whether it is a package in a folder: ours, rather than one from a registry.
    pub local: bool,
}

/// A member of the workspace.
#[derive(Clone, Debug)]
pub struct Member {
    /// The package's name.
    pub name: String,
    /// Its manifest, from the root.
    pub manifest: String,
    /// Its id among the resolved packages.
    pub id: String,
    /// What it declares.
    pub edges: Vec<Edge>,
}

/// A package, ours or not, as it was resolved.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Its name.
    pub name: String,
    /// The ids of the packages that it is built with, dev and build dependencies aside.
    pub normal: Vec<String>,
}

/// The whole graph.
///
/// Cargo resolves features once for the workspace: a feature that any member switches on, such as
/// `rust_decimal/db-diesel`, is an edge here for every member that uses the package.
#[derive(Clone, Debug, Default)]
pub struct CrateGraph {
    /// The workspace's members.
    pub members: Vec<Member>,
    /// Every package by id.
    pub resolved: BTreeMap<String, Resolved>,
}

impl CrateGraph {
    /// Reads the graph of the workspace at `root`, resolved for this machine's platform: for all platforms
    /// Cargo would download packages that are never built here. Declared edges are those of every platform.
    ///
    /// # Errors
    /// When cargo or rustc does not answer.
    pub fn read(root: &Path) -> Result<Self, Box<dyn Error>> {
        let metadata = MetadataCommand::new()
            .current_dir(root)
            .manifest_path(root.join("Cargo.toml"))
            .other_options(["--filter-platform".to_owned(), host()?])
            .exec()?;
        let mut graph = Self::default();
        for package in metadata.workspace_packages() {
            let edges = package.dependencies.iter().map(|dependency| Edge {
                kind: edge_kind(dependency.kind),
                to: dependency.name.clone(),
                local: dependency.path.is_some(),
            });
            let manifest = package.manifest_path.strip_prefix(&metadata.workspace_root);
            graph.members.push(Member {
                name: package.name.to_string(),
                manifest: manifest.unwrap_or(&package.manifest_path).to_string(),
                id: package.id.repr.clone(),
                edges: edges.collect(),
            });
        }
        let names: BTreeMap<&str, String> = metadata
            .packages
            .iter()
            .map(|package| (package.id.repr.as_str(), package.name.to_string()))
            .collect();
        for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
            let normal = node.deps.iter().filter(|dependency| {
                dependency
                    .dep_kinds
                    .iter()
                    .any(|info| info.kind == DependencyKind::Normal)
            });
            let name = names.get(node.id.repr.as_str()).cloned().unwrap_or_default();
            let normal = normal.map(|dependency| dependency.pkg.repr.clone()).collect();
            graph
                .resolved
                .insert(node.id.repr.clone(), Resolved { name, normal });
        }
        Ok(graph)
    }
}

fn edge_kind(kind: DependencyKind) -> EdgeKind {
    match kind {
        DependencyKind::Development => EdgeKind::Dev,
        DependencyKind::Build => EdgeKind::Build,
        _ => EdgeKind::Normal,
    }
}

fn host() -> Result<String, Box<dyn Error>> {
    let output = Command::new("rustc").arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc -vV names no host")?.to_owned())
}

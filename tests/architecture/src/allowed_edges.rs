//! Which of our crates may depend on which: the table, and its comparison with the graph for equality.
//!
//! Equality, because an unused edge of the table would allow a dependency unnoticed.

use std::collections::BTreeSet;

use crate::{CrateGraph, Violation, crate_graph::EdgeKind};

/// A crate, and the workspace crates that it names.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// The crate.
    pub name: &'static str,
    /// What it is built with.
    pub uses: &'static [&'static str],
    /// What only its tests name besides.
    pub tests_use: &'static [&'static str],
}

const fn may_use(name: &'static str, uses: &'static [&'static str]) -> Allowed {
    Allowed {
        name,
        uses,
        tests_use: &[],
    }
}

/// The table. No crate's build script names another crate, and no context names another context.
pub const ALLOWED_EDGES: &[Allowed] = &[
    may_use("shared_kernel", &[]),
    // A derive macro, which is used through the crate that has its trait.
    may_use("schema_derive", &[]),
    may_use("schema", &["schema_derive", "shared_kernel"]),
    may_use("message_bus", &["schema", "shared_kernel"]),
    may_use("event_delivery", &["message_bus", "shared_kernel"]),
    may_use("operations", &["message_bus", "schema", "shared_kernel"]),
    may_use(
        "storage",
        &["event_delivery", "message_bus", "operations", "shared_kernel"],
    ),
    may_use("data_copy", &["storage"]),
    may_use("accounts_domain", &["shared_kernel"]),
    may_use(
        "accounts_app",
        &["accounts_domain", "message_bus", "schema", "shared_kernel"],
    ),
    may_use(
        "accounts_infra",
        &[
            "accounts_app",
            "accounts_domain",
            "message_bus",
            "shared_kernel",
            "storage",
        ],
    ),
    may_use("ordering_domain", &["shared_kernel"]),
    may_use(
        "ordering_app",
        &["message_bus", "ordering_domain", "schema", "shared_kernel"],
    ),
    may_use(
        "ordering_infra",
        &[
            "message_bus",
            "ordering_app",
            "ordering_domain",
            "shared_kernel",
            "storage",
        ],
    ),
    may_use("inventory_domain", &["shared_kernel"]),
    may_use(
        "inventory_app",
        &["inventory_domain", "message_bus", "schema", "shared_kernel"],
    ),
    may_use(
        "inventory_infra",
        &[
            "inventory_app",
            "inventory_domain",
            "message_bus",
            "shared_kernel",
            "storage",
        ],
    ),
    // Contexts that are one crate, and no layers.
    may_use("catalog", &["message_bus", "schema", "shared_kernel", "storage"]),
    Allowed {
        name: "notifications",
        uses: &["message_bus", "shared_kernel", "storage"],
        tests_use: &["mail_server"],
    },
    may_use(
        "web",
        &[
            "accounts_app",
            "catalog",
            "inventory_app",
            "message_bus",
            "operations",
            "ordering_app",
            "schema",
            "shared_kernel",
        ],
    ),
    may_use(
        "demo_data",
        &[
            "accounts_app",
            "catalog",
            "inventory_app",
            "message_bus",
            "ordering_app",
            "shared_kernel",
        ],
    ),
    // The only crate that depends on both sides of every port.
    may_use(
        "orderly",
        &[
            "accounts_app",
            "accounts_infra",
            "catalog",
            "data_copy",
            "demo_data",
            "event_delivery",
            "inventory_app",
            "inventory_infra",
            "message_bus",
            "notifications",
            "operations",
            "ordering_app",
            "ordering_infra",
            "shared_kernel",
            "storage",
            "web",
        ],
    ),
    may_use("architecture", &[]),
    Allowed {
        name: "persistence",
        uses: &[],
        tests_use: &[
            "accounts_app",
            "accounts_domain",
            "accounts_infra",
            "catalog",
            "event_delivery",
            "inventory_app",
            "inventory_domain",
            "inventory_infra",
            "message_bus",
            "notifications",
            "operations",
            "ordering_app",
            "ordering_domain",
            "ordering_infra",
            "shared_kernel",
            "storage",
        ],
    },
    // A mail server for tests, which depends on no crate of ours.
    may_use("mail_server", &[]),
    // It runs the binary, as a customer would.
    may_use("acceptance", &["mail_server"]),
];

const TABLE: &str = "tests/architecture/src/allowed_edges.rs";

/// Compares the table with the graph: an extra edge, a missing edge, an unknown crate and an absent crate
/// are violations alike.
pub fn check(table: &[Allowed], graph: &CrateGraph) -> Vec<Violation> {
    let mut violations = Vec::new();
    if graph.members.is_empty() {
        violations.push(Violation::matched_nothing("Cargo.toml", "workspace members"));
    }
    let members: BTreeSet<&str> = graph.members.iter().map(|member| member.name.as_str()).collect();
    for member in &graph.members {
        let Some(row) = table.iter().find(|row| row.name == member.name) else {
            violations.push(Violation::new(
                &member.manifest,
                format!("found crate `{}`, which the table does not know", member.name),
                format!("add its row to {TABLE} and to docs/ARCHITECTURE.md, or remove the crate"),
            ));
            continue;
        };
        let declared: BTreeSet<(EdgeKind, &str)> = member
            .edges
            .iter()
            .filter(|edge| edge.local || members.contains(edge.to.as_str()))
            .map(|edge| (edge.kind, edge.to.as_str()))
            .collect();
        let uses = row.uses.iter().map(|to| (EdgeKind::Normal, *to));
        let allowed: BTreeSet<(EdgeKind, &str)> = uses
            .chain(row.tests_use.iter().map(|to| (EdgeKind::Dev, *to)))
            .collect();
        for (kind, to) in declared.difference(&allowed) {
            violations.push(Violation::new(
                &member.manifest,
                format!(
                    "`{}` names `{to}` in [{kind}], which the table forbids",
                    member.name
                ),
                format!("remove the dependency; if the architecture really changed, say so in {TABLE}"),
            ));
        }
        for (kind, to) in allowed.difference(&declared) {
            violations.push(Violation::new(
                &member.manifest,
                format!(
                    "`{}` does not name `{to}` in [{kind}], though the table says so",
                    member.name
                ),
                format!("remove the edge from {TABLE}, or add the dependency"),
            ));
        }
    }
    for row in table.iter().filter(|row| !members.contains(row.name)) {
        violations.push(Violation::new(
            TABLE,
            format!(
                "the table has a row for `{}`, which is no member of the workspace",
                row.name
            ),
            "remove the row, or add the crate",
        ));
    }
    violations
}

#[cfg(test)]
mod tests;

//! Planted edges and crates that the table does not have, and the other way round.

use super::*;
use crate::crate_graph::{Edge, Member};

const TABLE_OF_TWO: &[Allowed] = &[may_use("kernel", &[]), may_use("domain", &["kernel"])];

fn member(name: &str, edges: &[(EdgeKind, &str)]) -> Member {
    let edges = edges.iter().map(|(kind, to)| Edge {
        kind: *kind,
        to: (*to).to_owned(),
        local: false,
    });
    Member {
        name: name.to_owned(),
        manifest: format!("crates/{name}/Cargo.toml"),
        id: name.to_owned(),
        edges: edges.collect(),
    }
}

fn found(members: Vec<Member>) -> Vec<String> {
    let graph = CrateGraph {
        members,
        ..CrateGraph::default()
    };
    check(TABLE_OF_TWO, &graph)
        .into_iter()
        .map(|violation| violation.found)
        .collect()
}

#[test]
fn the_graph_that_the_table_describes_is_clean_whatever_it_names_outside() {
    let domain = member(
        "domain",
        &[(EdgeKind::Normal, "kernel"), (EdgeKind::Normal, "thiserror")],
    );
    assert_eq!(found(vec![member("kernel", &[]), domain]), Vec::<String>::new());
}

#[test]
fn an_extra_edge_is_found_in_every_section() {
    for kind in [EdgeKind::Normal, EdgeKind::Dev, EdgeKind::Build] {
        let domain = member("domain", &[(EdgeKind::Normal, "kernel")]);
        let violations = found(vec![member("kernel", &[(kind, "domain")]), domain]);
        assert_eq!(
            violations,
            [format!(
                "`kernel` names `domain` in [{kind}], which the table forbids"
            )]
        );
    }
}

#[test]
fn a_dev_edge_does_not_stand_for_a_normal_one() {
    let domain = member("domain", &[(EdgeKind::Dev, "kernel")]);
    assert_eq!(found(vec![member("kernel", &[]), domain]).len(), 2);
}

#[test]
fn a_missing_edge_is_found() {
    let violations = found(vec![member("kernel", &[]), member("domain", &[])]);
    assert_eq!(
        violations,
        ["`domain` does not name `kernel` in [dependencies], though the table says so"]
    );
}

#[test]
fn a_crate_outside_the_workspace_but_in_a_folder_is_found() {
    let mut domain = member(
        "domain",
        &[(EdgeKind::Normal, "kernel"), (EdgeKind::Normal, "stranger")],
    );
    domain.edges.iter_mut().for_each(|edge| edge.local = true);
    let violations = found(vec![member("kernel", &[]), domain]);
    assert_eq!(
        violations,
        ["`domain` names `stranger` in [dependencies], which the table forbids"]
    );
}

#[test]
fn unknown_and_absent_crates_are_found() {
    let violations = found(vec![member("kernel", &[]), member("catalog", &[])]);
    assert_eq!(
        violations,
        [
            "found crate `catalog`, which the table does not know",
            "the table has a row for `domain`, which is no member of the workspace",
        ]
    );
}

#[test]
fn a_workspace_without_members_proves_nothing() {
    assert!(found(vec![])[0].starts_with("found nothing to check"));
}

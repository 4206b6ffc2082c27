//! Planted ways to a banned crate, and graphs that have none.

use super::*;
use crate::crate_graph::{Edge, EdgeKind, Resolved};

/// A graph of members that end in `_domain` or are called `web`; each package's id is its name.
fn graph(packages: &[(&str, &[&str])]) -> CrateGraph {
    let mut graph = CrateGraph::default();
    for (name, normal) in packages {
        if name.ends_with("_domain") || *name == "web" {
            let edges = normal.iter().map(|to| Edge {
                kind: EdgeKind::Normal,
                to: (*to).to_owned(),
                local: false,
            });
            graph.members.push(Member {
                name: (*name).to_owned(),
                manifest: format!("crates/{name}/Cargo.toml"),
                id: (*name).to_owned(),
                edges: edges.collect(),
            });
        }
        let normal = normal.iter().map(|to| (*to).to_owned()).collect();
        let name = (*name).to_owned();
        graph.resolved.insert(name.clone(), Resolved { name, normal });
    }
    graph
}

fn found(layer: Layer, reach: Reach, crates: &'static [&'static str], graph: &CrateGraph) -> Vec<String> {
    let bans = [Ban { layer, reach, crates }];
    check(&bans, graph)
        .into_iter()
        .map(|violation| violation.found)
        .collect()
}

#[test]
fn a_banned_crate_is_found_however_far_away_and_the_way_is_told() {
    let graph = graph(&[
        ("ordering_domain", &["shared_kernel", "thiserror"]),
        ("shared_kernel", &["rust_decimal"]),
        ("rust_decimal", &["diesel"]),
        ("diesel", &[]),
        ("thiserror", &[]),
    ]);
    let violations = found(Layer::EndingIn("_domain"), Reach::Anywhere, RUNTIME, &graph);
    let way = "ordering_domain → shared_kernel → rust_decimal → diesel";
    assert_eq!(violations, [format!("`ordering_domain` reaches `diesel`: {way}")]);
}

#[test]
fn a_banned_crate_in_the_manifest_is_found_once_and_in_every_section() {
    let mut graph = graph(&[("ordering_domain", &["diesel"]), ("diesel", &[])]);
    for kind in [EdgeKind::Normal, EdgeKind::Dev, EdgeKind::Build] {
        graph.members[0].edges[0].kind = kind;
        let violations = found(Layer::EndingIn("_domain"), Reach::Anywhere, RUNTIME, &graph);
        assert_eq!(
            violations,
            [format!("`ordering_domain` names `diesel` in [{kind}]")]
        );
    }
}

#[test]
fn a_ban_by_name_does_not_look_further_than_the_manifest() {
    let graph = graph(&[
        ("web", &["accounts_app"]),
        ("accounts_app", &["accounts_domain"]),
        ("accounts_domain", &[]),
    ]);
    assert_eq!(
        found(Layer::Named("web"), Reach::ByName, &["*_domain"], &graph),
        Vec::<String>::new()
    );
}

#[test]
fn a_ban_by_name_finds_dev_edges_too() {
    let mut graph = graph(&[("web", &["accounts_domain", "accounts_app"])]);
    graph.members[0].edges[0].kind = EdgeKind::Dev;
    let violations = found(Layer::Named("web"), Reach::ByName, &["*_domain"], &graph);
    assert_eq!(
        violations,
        ["`web` names `accounts_domain` in [dev-dependencies]"]
    );
}

#[test]
fn a_name_is_matched_whole_unless_a_star_says_otherwise() {
    let graph = graph(&[
        ("ordering_domain", &["serde_core", "tokio-util"]),
        ("serde_core", &[]),
        ("tokio-util", &[]),
    ]);
    let layer = Layer::EndingIn("_domain");
    assert_eq!(
        found(layer, Reach::ByName, &["serde"], &graph),
        Vec::<String>::new()
    );
    assert_eq!(found(layer, Reach::Anywhere, &["tokio*"], &graph).len(), 1);
}

#[test]
fn a_ban_for_all_but_some_is_for_all_others() {
    let graph = graph(&[("web", &["opentelemetry_sdk"]), ("opentelemetry_sdk", &[])]);
    let crates = &["opentelemetry*"];
    let violations = found(Layer::AllBut(&["orderly"]), Reach::ByName, crates, &graph);
    assert_eq!(violations, ["`web` names `opentelemetry_sdk` in [dependencies]"]);
    let exempt = found(Layer::AllBut(&["web"]), Reach::ByName, crates, &graph);
    assert!(exempt[0].starts_with("found nothing to check"), "{exempt:?}");
}

#[test]
fn a_ban_for_no_crate_and_no_bans_prove_nothing() {
    let graph = graph(&[("web", &[])]);
    let violations = found(Layer::EndingIn("_domain"), Reach::Anywhere, RUNTIME, &graph);
    assert!(
        violations[0].starts_with("found nothing to check"),
        "{violations:?}"
    );
    assert_eq!(check(&[], &graph).len(), 1);
}

#[test]
fn a_member_that_was_not_resolved_proves_nothing() {
    let mut graph = graph(&[("ordering_domain", &[])]);
    graph.resolved.clear();
    assert_eq!(
        found(Layer::EndingIn("_domain"), Reach::Anywhere, RUNTIME, &graph).len(),
        1
    );
}

#[test]
fn each_ban_of_one_crate_finds_each_of_its_crates_planted_there() {
    for ban in BANS {
        let Layer::Named(name) = ban.layer else {
            continue;
        };
        for pattern in ban.crates {
            let planted = pattern.replace('*', "planted");
            let edge = Edge {
                kind: EdgeKind::Normal,
                to: planted.clone(),
                local: false,
            };
            let member = Member {
                name: name.to_owned(),
                manifest: format!("crates/{name}/Cargo.toml"),
                id: name.to_owned(),
                edges: vec![edge],
            };
            let violations: Vec<String> = named(ban, &member)
                .into_iter()
                .map(|violation| violation.found)
                .collect();
            assert_eq!(
                violations,
                [format!("`{name}` names `{planted}` in [dependencies]")]
            );
        }
    }
}

//! Which crates from outside the workspace a layer must not use: at all, or as a direct dependency.

use std::collections::{BTreeMap, VecDeque};

use crate::{CrateGraph, Violation, crate_graph::Member};

/// Which members a ban is for.
#[derive(Clone, Copy, Debug)]
pub enum Layer {
    /// The one crate of this name.
    Named(&'static str),
    /// Every crate whose name ends so.
    EndingIn(&'static str),
    /// Every crate but these.
    AllBut(&'static [&'static str]),
}

/// How far a ban goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nothing that the crate's own manifest names, and nothing that is linked into it, however far away.
    Anywhere,
    /// Nothing that the crate's own manifest names, in any section.
    ByName,
}

/// Crates that a layer must not reach.
#[derive(Clone, Copy, Debug)]
pub struct Ban {
    /// Who.
    pub layer: Layer,
    /// How far.
    pub reach: Reach,
    /// What: packages' names; `*` matches any ending (or, in front, any beginning).
    pub crates: &'static [&'static str],
}

const RUNTIME: &[&str] = &["diesel*", "actix*", "tokio*"];
const DATABASE_AND_WEB: &[&str] = &["diesel*", "actix*"];
const SERIALISATION_AND_ASYNC: &[&str] = &["serde", "serde_json", "async-trait", "futures*"];

/// The bans.
pub const BANS: &[Ban] = &[
    Ban {
        layer: Layer::Named("shared_kernel"),
        reach: Reach::Anywhere,
        crates: RUNTIME,
    },
    Ban {
        layer: Layer::EndingIn("_domain"),
        reach: Reach::Anywhere,
        crates: RUNTIME,
    },
    // Domain types are not `Serialize`; serde is below them only because the kernel's values are.
    Ban {
        layer: Layer::EndingIn("_domain"),
        reach: Reach::ByName,
        crates: SERIALISATION_AND_ASYNC,
    },
    Ban {
        layer: Layer::Named("message_bus"),
        reach: Reach::Anywhere,
        crates: DATABASE_AND_WEB,
    },
    Ban {
        layer: Layer::Named("event_delivery"),
        reach: Reach::Anywhere,
        crates: DATABASE_AND_WEB,
    },
    Ban {
        layer: Layer::Named("operations"),
        reach: Reach::Anywhere,
        crates: DATABASE_AND_WEB,
    },
    Ban {
        layer: Layer::EndingIn("_app"),
        reach: Reach::Anywhere,
        crates: DATABASE_AND_WEB,
    },
    Ban {
        layer: Layer::Named("web"),
        reach: Reach::ByName,
        crates: &["storage", "diesel*", "*_domain", "*_infra"],
    },
    Ban {
        layer: Layer::Named("data_copy"),
        reach: Reach::Anywhere,
        crates: &["actix*"],
    },
    // By use cases alone; a database is below it because `catalog` brings its own.
    Ban {
        layer: Layer::Named("demo_data"),
        reach: Reach::ByName,
        crates: &["storage", "diesel*", "actix*", "*_domain", "*_infra"],
    },
    // Spans are made with `tracing` alone; what happens to them is decided by the binary, and its tests.
    Ban {
        layer: Layer::AllBut(&["orderly", "acceptance"]),
        reach: Reach::Anywhere,
        crates: &[
            "opentelemetry*",
            "tracing-opentelemetry",
            "tracing-subscriber",
            "prost",
            "ureq",
        ],
    },
];

/// Checks each ban; one that is for no member is a violation itself.
pub fn check(bans: &[Ban], graph: &CrateGraph) -> Vec<Violation> {
    let mut violations = Vec::new();
    if bans.is_empty() {
        violations.push(Violation::matched_nothing("the bans", "at least one"));
    }
    for ban in bans {
        let members: Vec<&Member> = graph
            .members
            .iter()
            .filter(|member| ban.is_for(&member.name))
            .collect();
        if members.is_empty() {
            violations.push(Violation::matched_nothing(
                &format!("{:?}", ban.layer),
                "crates of this layer",
            ));
        }
        for member in members {
            violations.extend(named(ban, member));
            if ban.reach == Reach::Anywhere {
                violations.extend(reached(ban, member, graph));
            }
        }
    }
    violations
}

impl Ban {
    fn is_for(&self, member: &str) -> bool {
        match self.layer {
            Layer::Named(name) => member == name,
            Layer::EndingIn(ending) => member.ends_with(ending),
            Layer::AllBut(names) => !names.contains(&member),
        }
    }

    fn covers(&self, package: &str) -> bool {
        self.crates.iter().any(|pattern| {
            if let Some(ending) = pattern.strip_prefix('*') {
                package.ends_with(ending)
            } else if let Some(beginning) = pattern.strip_suffix('*') {
                package.starts_with(beginning)
            } else {
                package == *pattern
            }
        })
    }
}

fn named(ban: &Ban, member: &Member) -> Vec<Violation> {
    let edges = member.edges.iter().filter(|edge| ban.covers(&edge.to));
    edges
        .map(|edge| {
            Violation::new(
                &member.manifest,
                format!("`{}` names `{}` in [{}]", member.name, edge.to, edge.kind),
                "remove the dependency; what needs it belongs in another layer",
            )
        })
        .collect()
}

/// What is further away than the manifest's own names.
fn reached(ban: &Ban, member: &Member, graph: &CrateGraph) -> Vec<Violation> {
    if !graph.resolved.contains_key(&member.id) {
        return vec![Violation::matched_nothing(
            &member.manifest,
            "its resolved packages",
        )];
    }
    let mut violations = Vec::new();
    // Breadth first, so that the way reported is a shortest one.
    let mut reached_from: BTreeMap<&str, Option<&str>> = BTreeMap::from([(member.id.as_str(), None)]);
    let mut waiting = VecDeque::from([member.id.as_str()]);
    while let Some(id) = waiting.pop_front() {
        let Some(package) = graph.resolved.get(id) else {
            continue;
        };
        if ban.covers(&package.name) {
            if reached_from.get(id).copied().flatten() == Some(&member.id) {
                continue;
            }
            violations.push(Violation::new(
                &member.manifest,
                format!(
                    "`{}` reaches `{}`: {}",
                    member.name,
                    package.name,
                    way_to(id, &reached_from, graph)
                ),
                "remove the first dependency on that way, or the feature of it that leads there",
            ));
            // What is below a banned crate adds nothing to read.
            continue;
        }
        for next in &package.normal {
            if !reached_from.contains_key(next.as_str()) {
                reached_from.insert(next, Some(id));
                waiting.push_back(next);
            }
        }
    }
    violations
}

fn way_to(id: &str, reached_from: &BTreeMap<&str, Option<&str>>, graph: &CrateGraph) -> String {
    let mut names = Vec::new();
    let mut current = Some(id);
    while let Some(id) = current {
        names.push(graph.resolved.get(id).map_or(id, |package| package.name.as_str()));
        current = reached_from.get(id).copied().flatten();
    }
    names.reverse();
    names.join(" → ")
}

#[cfg(test)]
mod tests;

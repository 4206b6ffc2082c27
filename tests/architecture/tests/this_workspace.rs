//! The architecture of this very workspace. Tests in `src` show what each checker would find.

use std::{error::Error, fs, path::PathBuf};

use architecture::{
    CrateGraph, SourceTree, Violation, allowed_edges, api_document, business_rules,
    hygiene::{document_lines, document_links, manifests, replaced_words, rust_files, top_level},
    lock_order, outside_crates, public_types, table_ownership,
    violation::listed,
};

type Outcome = Result<(), Box<dyn Error>>;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn none_of(violations: &[Violation]) -> Outcome {
    if violations.is_empty() {
        Ok(())
    } else {
        // Printed, since a test's error is shown with its line breaks escaped.
        println!("{}", listed(violations));
        Err(format!("{} violations, listed above", violations.len()).into())
    }
}

#[test]
fn crates_name_exactly_the_crates_that_the_table_allows() -> Outcome {
    none_of(&allowed_edges::check(
        allowed_edges::ALLOWED_EDGES,
        &CrateGraph::read(&root())?,
    ))
}

#[test]
fn no_layer_reaches_an_outside_crate_that_is_banned_there() -> Outcome {
    none_of(&outside_crates::check(
        outside_crates::BANS,
        &CrateGraph::read(&root())?,
    ))
}

#[test]
fn sql_and_adapters_name_only_the_tables_of_their_owner() -> Outcome {
    let graph = CrateGraph::read(&root())?;
    let tree = SourceTree::read(&root())?;
    let owners = table_ownership::owners_among(graph.members.iter().map(|member| member.name.as_str()));
    none_of(&table_ownership::check(&owners, &tree.sql, &tree.rust))
}

#[test]
fn many_rows_are_written_in_the_order_of_their_keys() -> Outcome {
    none_of(&lock_order::check(
        &SourceTree::read(&root())?.rust,
        lock_order::EXEMPTIONS,
    ))
}

#[test]
fn what_every_context_sees_has_few_public_types() -> Outcome {
    none_of(&public_types::check(
        public_types::LIMITS,
        &SourceTree::read(&root())?.rust,
    ))
}

#[test]
fn the_top_level_holds_only_what_is_listed() -> Outcome {
    none_of(&top_level::check(&SourceTree::read(&root())?.paths))
}

#[test]
fn versions_stand_only_in_the_root_manifest_and_lints_are_the_workspaces() -> Outcome {
    none_of(&manifests::check(&SourceTree::read(&root())?.manifests))
}

#[test]
fn rust_files_keep_the_house_rules() -> Outcome {
    let graph = CrateGraph::read(&root())?;
    let crates: Vec<&str> = graph.members.iter().map(|member| member.name.as_str()).collect();
    none_of(&rust_files::check(&crates, &SourceTree::read(&root())?.rust))
}

#[test]
fn lines_of_documents_have_at_most_120_characters() -> Outcome {
    none_of(&document_lines::check(&SourceTree::read(&root())?.documents))
}

#[test]
fn identifiers_use_the_words_that_replaced_others() -> Outcome {
    none_of(&replaced_words::check(
        replaced_words::REPLACED,
        &SourceTree::read(&root())?.rust,
    ))
}

#[test]
fn links_in_documents_lead_somewhere() -> Outcome {
    let tree = SourceTree::read(&root())?;
    none_of(&document_links::check(&tree.documents, &tree.paths))
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests asks for it, and no code"
)]
fn the_tables_of_business_rules_are_made_from_the_rules() -> Outcome {
    let tree = SourceTree::read(&root())?;
    let path = root().join(business_rules::DOCUMENT);
    let committed = fs::read_to_string(&path)?;
    let (made, violations) = business_rules::written(&tree.rust, &committed);
    none_of(&violations)?;
    if std::env::var_os("WRITE_GENERATED").is_some() {
        fs::write(path, made)?;
    } else if made != committed {
        return Err(format!(
            "{} is not what the rules say; write it anew, and look at the difference, with: \
             WRITE_GENERATED=1 cargo test --package architecture",
            business_rules::DOCUMENT
        )
        .into());
    }
    Ok(())
}

#[test]
fn the_api_and_its_document_say_the_same() -> Outcome {
    let tree = SourceTree::read(&root())?;
    let document = fs::read_to_string(root().join(api_document::DOCUMENT))?;
    none_of(&api_document::check(&tree.rust, &document))
}

//! Identifiers do not go back to words that were replaced: each has one in the field's own terms, which `docs/GLOSSARY.md` explains.
//!
//! Only whole identifiers are compared, and only in code: prose is for reviewers. A word that is fine elsewhere is refused only below
//! the paths where it was replaced.

use crate::{SourceFile, Violation, rust_text::RustText};

/// Words that go, each with the word to use, and where: below one of these paths, or everywhere.
pub struct Replaced {
    /// The identifiers.
    pub words: &'static [&'static str],
    /// What to use instead.
    pub instead: &'static str,
    /// Where, as beginnings of paths; everywhere when empty.
    pub below: &'static [&'static str],
}

const fn everywhere(words: &'static [&'static str], instead: &'static str) -> Replaced {
    below(&[], words, instead)
}

const fn below(
    below: &'static [&'static str],
    words: &'static [&'static str],
    instead: &'static str,
) -> Replaced {
    Replaced {
        words,
        instead,
        below,
    }
}

const DELIVERY: &[&str] = &[
    "crates/message_bus/",
    "crates/event_delivery/",
    "crates/operations/",
    "crates/storage/",
];
const INVENTORY: &[&str] = &["crates/inventory_"];

/// The words. Schema names of the contract are not ours to change, so `crates/web/src/openapi` keeps some.
pub const REPLACED: &[Replaced] = &[
    everywhere(
        &["Desk", "sit_down", "Wish"],
        "ReservationBatcher, enqueue, StockRequest",
    ),
    below(
        INVENTORY,
        &["Visitor", "Served", "ROOM", "desk", "wish", "visitor"],
        "PendingRequest, Batch, CAPACITY",
    ),
    below(&["crates/inventory_domain/src/reserving"], &["commit"], "fulfil"),
    everywhere(
        &[
            "CustomerStanding",
            "ProductStanding",
            "SessionStanding",
            "ReservationStanding",
        ],
        "…Status",
    ),
    below(DELIVERY, &["Standing", "standing"], "ConsumerProgress"),
    below(
        DELIVERY,
        &[
            "HeldDelivery",
            "HeldRow",
            "HeldStatus",
            "HeldCount",
            "HeldCounts",
            "Held",
            "held",
        ],
        "PendingDelivery, Pending, pending",
    ),
    everywhere(
        &[
            "held_delivery",
            "held_deliveries",
            "held_row",
            "held_changes",
            "delivery_rows",
        ],
        "pending_delivery, delivery_updates, delivery_writer",
    ),
    everywhere(&["Handing", "ByRow"], "DeliveryMode::{Inline, Persisted}"),
    everywhere(&["Courier", "courier"], "Dispatcher"),
    below(
        &[
            "crates/message_bus/src/publisher",
            "crates/event_delivery/src/publisher",
        ],
        &["Through", "Taken", "term", "LEAD", "led_since", "resign", "Route"],
        "FinishedGroup, InFlight, leadership_epoch, LEASE_RECHECK, lease_confirmed_at, step_down, Subscription",
    ),
    below(
        &["crates/message_bus/src/consumer.rs"],
        &["Route"],
        "HandlerEntry",
    ),
    everywhere(&["deciding_again"], "retry_on_conflict"),
    everywhere(
        &["settle", "Settle"],
        "mark_outcome, apply_stock_result, await_completions, record_result",
    ),
    everywhere(&["drive_again", "and_also"], "republish_gap, with_check"),
    below(
        &["crates/orderly/", "crates/web/src/"],
        &["Place"],
        "DatabaseLocation, CursorPosition",
    ),
    below(&["crates/message_bus/"], &["Agreement"], "OrderReservationCheck"),
    everywhere(&["standstill", "Standstill"], "stalled_relay, StalledRelay"),
    below(&["crates/storage/"], &["guarded"], "optimistic_update"),
    below(&["crates/catalog/"], &["face"], "catalog"),
    everywhere(&["list_one"], "create"),
];

/// Checks the code, except what tests this check.
pub fn check(replaced: &[Replaced], files: &[SourceFile]) -> Vec<Violation> {
    if replaced.is_empty() || files.is_empty() {
        return vec![Violation::matched_nothing(
            "**/*.rs",
            "Rust files and replaced words",
        )];
    }
    let mut violations = Vec::new();
    for file in files
        .iter()
        .filter(|file| !file.path.starts_with("tests/architecture/"))
    {
        for (line, word) in RustText::of(&file.text).words() {
            let rule = replaced.iter().find(|rule| {
                rule.words.contains(&word)
                    && (rule.below.is_empty() || rule.below.iter().any(|path| file.path.starts_with(path)))
            });
            if let Some(rule) = rule {
                violations.push(Violation::new(
                    format!("{}:{line}", file.path),
                    format!("found `{word}`, which was replaced"),
                    format!("use {}", rule.instead),
                ));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(REPLACED, &[SourceFile::new(path, text)])
            .into_iter()
            .map(|violation| violation.found)
            .collect()
    }

    #[test]
    fn a_replaced_word_is_found_in_code() {
        assert_eq!(
            found("crates/web/src/lib.rs", "struct Desk;"),
            ["found `Desk`, which was replaced"]
        );
    }

    #[test]
    fn comments_strings_and_longer_identifiers_are_clean() {
        let text = "// Desk\nconst DESKS: &str = \"Desk\"; struct Desktop;";
        assert_eq!(found("crates/web/src/lib.rs", text), Vec::<String>::new());
    }

    #[test]
    fn a_word_that_is_fine_elsewhere_is_found_only_where_it_was_replaced() {
        assert_eq!(found("crates/inventory_app/src/a.rs", "struct Visitor;").len(), 1);
        assert_eq!(
            found("crates/web/src/body/json.rs", "struct Visitor;"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn nothing_to_look_at_proves_nothing() {
        assert_eq!(check(REPLACED, &[]).len(), 1);
        assert_eq!(check(&[], &[SourceFile::new("a.rs", "")]).len(), 1);
    }
}

//! The commands, beside a running server, which sees their effects.

use acceptance::{Engine, on_every_engine, steps};
use serde_json::Value;

use crate::Stuck;

on_every_engine!(
    what_is_dead_is_told_wherever_one_looks_and_is_sound_all_the_same,
    a_dead_letter_that_is_replayed_is_delivered_with_what_waited_behind_it,
    a_dead_letter_that_is_discarded_never_is_and_what_waited_behind_it_is,
    a_paused_consumer_is_handed_nothing_until_it_is_resumed,
    what_cannot_be_done_is_one_line_and_an_exit_code
);

async fn what_is_dead_is_told_wherever_one_looks_and_is_sound_all_the_same(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let order = stuck.order["id"].as_str().unwrap();
    for (arguments, parts) in [
        (
            &["dead-letters", "list"][..],
            &[stuck.letter.as_str(), "OrderConfirmed", "recipient_refused"][..],
        ),
        (
            &["events", "trace", order],
            &[
                "ordering OrderPlaced",
                "notifications.orders: dead",
                "attempt 1 at",
                "recipient_refused",
                "notifications.orders: waiting",
            ],
        ),
        (
            &["doctor"],
            &["notifications.orders   every event is applied or held                     ok"],
        ),
    ] {
        let told = stuck.app.run(arguments).expecting_success();
        for part in parts {
            assert!(told.contains(part), "{part} is not in:\n{told}");
        }
    }
    let list = stuck.app.run(&["consumers", "list"]).expecting_success();
    let row = list
        .lines()
        .find(|line| line.starts_with("notifications.orders"))
        .unwrap();
    let row: Vec<&str> = row.split_whitespace().collect();
    // Waiting, retrying, dead.
    assert_eq!(row[1..5], ["ordering", "1", "0", "1"], "{list}");
    assert_eq!(row.last(), Some(&"running"), "{list}");
}

async fn a_dead_letter_that_is_replayed_is_delivered_with_what_waited_behind_it(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let shown = stuck
        .app
        .run(&["dead-letters", "show", &stuck.letter])
        .expecting_success();
    for part in [
        "state      dead",
        "recipient_refused",
        "OrderShipped",
        "\"city\": \"London\"",
    ] {
        assert!(shown.contains(part), "{part} is not in:\n{shown}");
    }
    stuck.mail.welcome(&stuck.customer.email);
    let replay = [
        "dead-letters",
        "replay",
        &stuck.letter,
        "--reason",
        "the mailbox is there now",
    ];
    let told = stuck.app.run(&replay).expecting_success();
    assert!(told.contains("OrderShipped"), "{told}");
    assert_eq!(stuck.steps_told(2), ["confirmed", "shipped"]);
    stuck.app.wait_idle();
    let shown = stuck
        .app
        .run(&["dead-letters", "show", &stuck.letter])
        .expecting_success();
    assert!(
        shown.contains("state      done") && shown.contains("succeeded"),
        "{shown}"
    );
    let actions = stuck.app.run(&["actions", "--json"]).expecting_success();
    let actions: Value = serde_json::from_str(&actions).unwrap();
    let action = &actions["actions"][0];
    assert_eq!(
        (&action["action"], &action["by"], &action["reason"]),
        (
            &"replay".into(),
            &"operator".into(),
            &"the mailbox is there now".into()
        )
    );
}

async fn a_dead_letter_that_is_discarded_never_is_and_what_waited_behind_it_is(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    stuck.mail.welcome(&stuck.customer.email);
    let discard = [
        "dead-letters",
        "discard",
        &stuck.letter,
        "--reason",
        "they know",
        "--json",
    ];
    let acted: Value = serde_json::from_str(&stuck.app.run(&discard).expecting_success()).unwrap();
    assert_eq!(acted["freed"][0]["event_type"], "OrderShipped");
    assert_eq!(stuck.steps_told(1), ["shipped"]);
    stuck.app.wait_idle();
    assert_eq!(
        stuck.app.run(&["dead-letters", "list"]).expecting_success(),
        "no dead letters\n"
    );
}

async fn a_paused_consumer_is_handed_nothing_until_it_is_resumed(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let app = &stuck.app;
    app.run(&[
        "consumers",
        "pause",
        "notifications.orders",
        "--reason",
        "mail moves",
    ])
    .expecting_success();
    let eve = app.customer("eve").await;
    steps::confirmed(app, &eve).await;
    app.wait_idle();
    assert_eq!(stuck.mail.mails_so_far(), 0);
    let list = app.run(&["consumers", "list"]).expecting_success();
    assert!(
        list.contains("paused by operator") && list.contains("mail moves"),
        "{list}"
    );
    app.run(&["consumers", "resume", "notifications.orders"])
        .expecting_success();
    assert_eq!(stuck.steps_told(1), ["confirmed"]);
}

async fn what_cannot_be_done_is_one_line_and_an_exit_code(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let unknown = stuck.letter.replace("notifications.", "nobody.");
    for (arguments, code, part) in [
        (
            &["dead-letters", "show", "7"][..],
            2,
            "expected consumer:event_id",
        ),
        (&["dead-letters", "show", &unknown], 1, "no such dead letter"),
        (&["dead-letters", "replay", &unknown], 1, "no such dead letter"),
        (
            &["dead-letters", "discard", &stuck.letter, "--reason", " "],
            1,
            "reason_missing",
        ),
        (
            &["consumers", "pause", "nobody.orders", "--reason", "x"],
            1,
            "no such consumer",
        ),
        (
            &["consumers", "resume", "notifications.orders"],
            1,
            "consumer_not_paused",
        ),
    ] {
        let line = stuck.app.run(arguments).expecting_one_line(code);
        assert!(line.contains(part), "{arguments:?}: {line}");
    }
    let without_reason = stuck.app.run(&["dead-letters", "discard", &stuck.letter]);
    assert_eq!(without_reason.code, 2, "{without_reason:?}");
    let nothing = stuck.app.run(&["actions"]).expecting_success();
    assert_eq!(nothing, "no operator did anything yet\n");
}

//! The same over HTTP, by an admin.

use acceptance::{Asking, Engine, on_every_engine};
use serde_json::json;

use crate::Stuck;

on_every_engine!(
    an_admin_sees_a_dead_letter_and_discards_it,
    nobody_but_admins_sees_or_does_anything
);

async fn an_admin_sees_a_dead_letter_and_discards_it(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let app = &stuck.app;
    let contexts = app
        .get("/ops/contexts")
        .by(&stuck.admin)
        .answer()
        .await
        .expecting(200);
    let consumers = contexts["data"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|context| context["work"]["consumers"].as_array().unwrap());
    let mut mail = consumers.filter(|consumer| consumer["consumer"] == "notifications.orders");
    let mail = mail.next().unwrap();
    assert_eq!(
        (&mail["dead"]["count"], &mail["waiting"]["count"]),
        (&json!(1), &json!(1))
    );
    let path = format!("/ops/dead-letters/{}", stuck.letter);
    let letter = app.get(&path).by(&stuck.admin).answer().await.expecting(200);
    assert_eq!(letter["aggregate_id"], stuck.order["id"]);
    assert_eq!(letter["waiting_behind"][0]["event_type"], "OrderShipped");
    stuck.mail.welcome(&stuck.customer.email);
    let discard = || {
        app.post(&format!("{path}/discard"))
            .by(&stuck.admin)
            .json(&json!({"reason": "they know"}))
    };
    let acted = discard().answer().await.expecting(200);
    assert_eq!(acted["by"], format!("user:{}", stuck.admin.user_id));
    assert_eq!(stuck.steps_told(1), ["shipped"]);
    let again = discard().answer().await;
    assert_eq!(again.refusal(), (409, "delivery_not_dead".to_owned()));
    let actions = app
        .get("/ops/actions")
        .by(&stuck.admin)
        .answer()
        .await
        .expecting(200);
    assert_eq!(actions["data"].as_array().unwrap().len(), 1);
}

async fn nobody_but_admins_sees_or_does_anything(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let staff = stuck.app.staff().await;
    let path = format!("/ops/dead-letters/{}", stuck.letter);
    for login in [&stuck.customer, &staff] {
        let seen = stuck.app.get(&path).by(login).answer().await;
        assert_eq!(seen.refusal(), (403, "insufficient_role".to_owned()));
        let replay = stuck.app.post(&format!("{path}/replay")).by(login).answer().await;
        assert_eq!(replay.refusal(), (403, "insufficient_role".to_owned()));
    }
}

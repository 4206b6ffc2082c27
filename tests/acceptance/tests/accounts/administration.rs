//! What admins, and operators at the command line, do with users.

use acceptance::{Asking, Engine, PASSWORD, TestApp, on_every_engine, test_app::email};
use serde_json::{Value, json};

on_every_engine!(
    a_deactivated_user_is_out_at_once_until_they_are_reactivated,
    a_new_role_binds_the_tokens_that_are_out,
    what_only_admins_may_do_is_refused_to_others,
    a_user_made_on_the_command_line_logs_in_and_is_made_once
);

async fn a_deactivated_user_is_out_at_once_until_they_are_reactivated(engine: Engine) {
    let app = TestApp::start(engine);
    let admin = app.admin().await;
    let ada = app.customer("ada").await;
    assert_eq!(app.get("/users/me").by(&ada).answer().await.status, 200);
    let path = format!("/users/{}", ada.user_id);
    let deactivated = app
        .post(&format!("{path}/deactivate"))
        .by(&admin)
        .answer()
        .await
        .expecting(200);
    assert_eq!(
        (&deactivated["active"], &deactivated["version"]),
        (&json!(false), &json!(2))
    );
    let answer = app.get("/users/me").by(&ada).answer().await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
    assert_eq!(
        app.refresh(&ada.refresh_token).await.refusal(),
        (400, "invalid_grant".to_owned())
    );
    assert_eq!(
        app.try_to_log_in(&ada.email, PASSWORD).await.refusal(),
        (400, "invalid_grant".to_owned())
    );
    let again = app.post(&format!("{path}/deactivate")).by(&admin).answer().await;
    assert_eq!(again.refusal(), (409, "user_already_inactive".to_owned()));

    app.post(&format!("{path}/reactivate"))
        .by(&admin)
        .answer()
        .await
        .expecting(200);
    assert_eq!(app.try_to_log_in(&ada.email, PASSWORD).await.status, 200);
}

async fn a_new_role_binds_the_tokens_that_are_out(engine: Engine) {
    let app = TestApp::start(engine);
    let admin = app.admin().await;
    let ada = app.customer("ada").await;
    app.wait_idle();
    let customer = format!("/customers/{}", ada.user_id);
    let as_customer = app.get(&customer).by(&ada).answer().await;
    assert_eq!(as_customer.refusal(), (403, "insufficient_role".to_owned()));
    let role = format!("/users/{}/role", ada.user_id);
    let promoted = app
        .put(&role)
        .by(&admin)
        .json(&json!({"role": "staff"}))
        .answer()
        .await;
    assert_eq!(promoted.expecting(200)["role"], "staff");
    assert_eq!(app.get(&customer).by(&ada).answer().await.status, 200);
    let unknown = app
        .put(&role)
        .by(&admin)
        .json(&json!({"role": "emperor"}))
        .answer()
        .await;
    assert_eq!(unknown.errors(), ["/role unknown_role"]);
}

async fn what_only_admins_may_do_is_refused_to_others(engine: Engine) {
    let app = TestApp::start(engine);
    let staff = app.staff().await;
    let ada = app.customer("ada").await;
    for login in [&staff, &ada] {
        let path = format!("/users/{}", ada.user_id);
        let role = json!({"role": "admin"});
        for request in [
            app.get("/users?email=ada%40example.com"),
            app.post(&format!("{path}/deactivate")),
            app.post(&format!("{path}/reactivate")),
            app.put(&format!("{path}/role")).json(&role),
        ] {
            let answer = request.by(login).answer().await;
            assert_eq!(
                answer.refusal(),
                (403, "insufficient_role".to_owned()),
                "{}",
                answer.text
            );
        }
    }
    let me = app.get("/users/me").by(&ada).answer().await.expecting(200);
    assert_eq!((&me["role"], &me["version"]), (&json!("customer"), &json!(1)));
}

async fn a_user_made_on_the_command_line_logs_in_and_is_made_once(engine: Engine) {
    let app = TestApp::start(engine);
    let created = app.create_user("grace", "staff");
    let grace = app.log_in("grace").await;
    let me = app.get("/users/me").by(&grace).answer().await.expecting(200);
    assert_eq!((&me["id"], &me["role"]), (&created["id"], &Value::from("staff")));
    let arguments = [
        "users",
        "create",
        "--email",
        &email("grace"),
        "--role",
        "admin",
        "--password-stdin",
    ];
    let again = app.run_with_input(&arguments, PASSWORD);
    let line = again.expecting_one_line(1);
    assert!(line.contains("email_already_registered"), "{line}");
    let without_password = app.run(&[
        "users",
        "create",
        "--email",
        "x@example.com",
        "--role",
        "staff",
        "--password-stdin",
    ]);
    without_password.expecting_one_line(2);
}

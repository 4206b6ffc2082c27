//! Users: registering, one's own account, and what admins do to others'.

use accounts_app::{
    ChangeEmail, ChangePassword, ChangeRole, DeactivateUser, ReactivateUser, RegisterUser, Secret, UserView,
    limits,
};
use actix_web::http::StatusCode;
use message_bus::{Actor, Handles};
use schema::{Body, HasSchema};
use shared_kernel::{EmailAddress, Role, UserId};

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body::{self, Nothing},
    codes::{self, Code},
    devices,
    endpoint::{Endpoint, GET, POST, PUT, admin, authenticated, public},
    idempotency::carry_out,
    paging::List,
    problem::Problem,
    request::Request,
    security_log,
};

const PASSWORD_RULES: &[&Code] = &[codes::PASSWORD_LENGTH, codes::COMMON_PASSWORD];

pub(crate) fn register() -> Endpoint {
    public(POST, "/api/v1/users", create)
        .named("register", "Register")
        .saying("Makes a customer's account. Log in to it with `POST /api/v1/auth/token`.")
        .taking::<Registration>()
        .creating("The user. `Location` is where they find themselves, once logged in.")
        .repeatable()
        .refusing(&[
            codes::MALFORMED_IF_MATCH,
            codes::THROTTLED,
            codes::EMAIL_ALREADY_REGISTERED,
        ])
        .refusing(PASSWORD_RULES)
}

/// A new account.
#[derive(Body)]
#[schema(example({"email": "ada@example.com", "password": "correct horse battery staple"}))]
struct Registration {
    email: EmailAddress,
    /// None of the commonest passwords.
    #[schema(min_length = limits::SHORTEST_PASSWORD, max_length = limits::LONGEST_PASSWORD)]
    password: Secret,
}

async fn create(mut request: Request) -> Handled<UserView> {
    let caller_address = request.client().address;
    let Registration { email, password } = request.json().await?;
    let command = RegisterUser {
        email,
        password,
        caller_address,
    };
    let registered = carry_out(&request, request.accounts(), command, Actor::Anonymous).await?;
    // The one address at which its owner can get it.
    registered.answer(|user| Answer::created(user, user.version, "/api/v1/users/me"))
}

pub(crate) fn find_users() -> Endpoint {
    admin(GET, "/api/v1/users", with_email)
        .named("findUsers", "Find users by e-mail address")
        .asking_for("email", "The whole address, in any case.", EmailAddress::schema)
        .listing("UserList", "Users.")
        .answering("Those who have it: one or none.")
}

async fn with_email(request: Request, _: Caller) -> Handled<List<UserView>> {
    let email = request.query(|parameters| parameters.required("email", body::parse_email_address))?;
    Answer::ok(&List::whole(request.accounts().users_with_email(&email).await?))
}

pub(crate) fn get_me() -> Endpoint {
    authenticated(GET, "/api/v1/users/me", me)
        .named("getMe", "Who am I")
        .answering("The caller.")
        .versioned()
        .refusing(&[codes::USER_NOT_FOUND])
}

async fn me(request: Request, caller: Caller) -> Handled<UserView> {
    one(&request.accounts().user(caller.user_id).await?)
}

pub(crate) fn change_my_email() -> Endpoint {
    authenticated(PUT, "/api/v1/users/me/email", change_email)
        .named("changeMyEmail", "Change my e-mail address")
        .taking::<EmailChange>()
        .answering("The caller, with the new address.")
        .versioned()
        .refusing(&[
            codes::USER_NOT_FOUND,
            codes::THROTTLED,
            codes::EMAIL_ALREADY_REGISTERED,
            codes::USER_INACTIVE,
        ])
}

/// Another e-mail address than the user has.
#[derive(Body)]
#[schema(example({"email": "ada.lovelace@example.com"}))]
struct EmailChange {
    email: EmailAddress,
}

async fn change_email(mut request: Request, caller: Caller) -> Handled<UserView> {
    let EmailChange { email } = request.json().await?;
    let meta = request.meta(caller.actor())?;
    let command = ChangeEmail {
        email,
        caller_address: request.client().address,
    };
    one(&request.accounts().send(command, meta).await?)
}

pub(crate) fn change_my_password() -> Endpoint {
    authenticated(PUT, "/api/v1/users/me/password", change_password)
        .named("changeMyPassword", "Change my password")
        .saying("Ends the caller's other sessions.")
        .taking::<PasswordChange>()
        .answering_nothing("The new password holds.")
        .depending_on_version()
        .refusing(&[
            codes::USER_NOT_FOUND,
            codes::THROTTLED,
            codes::USER_INACTIVE,
            codes::CURRENT_PASSWORD_MISMATCH,
        ])
        .refusing(PASSWORD_RULES)
}

/// Another password, and the one that it replaces.
#[derive(Body)]
#[schema(example({
    "current_password": "correct horse battery staple",
    "new_password": "an even more correct horse battery staple",
}))]
struct PasswordChange {
    /// The password that the user has.
    current_password: Secret,
    /// None of the commonest passwords.
    #[schema(min_length = limits::SHORTEST_PASSWORD, max_length = limits::LONGEST_PASSWORD)]
    new_password: Secret,
}

async fn change_password(mut request: Request, caller: Caller) -> Handled {
    let change: PasswordChange = request.json().await?;
    let user = request.accounts().user(caller.user_id).await?;
    let command = ChangePassword {
        current_password: change.current_password,
        new_password: change.new_password,
        keep_session: Some(caller.session_id),
        caller_address: request.client().address,
        device: devices::known_device(&request, user.email.as_str()),
    };
    let meta = request.meta(caller.actor())?;
    let changed = request.accounts().send(command, meta).await;
    security_log::password_change(&request, &caller, &changed);
    changed?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn deactivate_user() -> Endpoint {
    admin(POST, "/api/v1/users/{user_id}/deactivate", deactivate)
        .named("deactivateUser", "Deactivate a user")
        .saying("Ends their sessions. They cannot log in, and their customer places no orders.")
        .taking_perhaps::<Nothing>()
        .answering("The user.")
        .versioned()
        .repeatable()
        .refusing(&[
            codes::USER_NOT_FOUND,
            codes::USER_ALREADY_INACTIVE,
            codes::LAST_ADMIN,
        ])
}

async fn deactivate(mut request: Request, caller: Caller) -> Handled<UserView> {
    let user_id = user_id(&request)?;
    let Nothing {} = request.json_or_nothing().await?;
    let command = DeactivateUser { user_id };
    carry_out(&request, request.accounts(), command, caller.actor())
        .await?
        .answer(one)
}

pub(crate) fn reactivate_user() -> Endpoint {
    admin(POST, "/api/v1/users/{user_id}/reactivate", reactivate)
        .named("reactivateUser", "Reactivate a user")
        .taking_perhaps::<Nothing>()
        .answering("The user.")
        .versioned()
        .repeatable()
        .refusing(&[codes::USER_NOT_FOUND, codes::USER_ALREADY_ACTIVE])
}

async fn reactivate(mut request: Request, caller: Caller) -> Handled<UserView> {
    let user_id = user_id(&request)?;
    let Nothing {} = request.json_or_nothing().await?;
    let command = ReactivateUser { user_id };
    carry_out(&request, request.accounts(), command, caller.actor())
        .await?
        .answer(one)
}

pub(crate) fn change_role() -> Endpoint {
    admin(PUT, "/api/v1/users/{user_id}/role", put_role)
        .named("changeRole", "Change a user's role")
        .taking::<RoleChange>()
        .answering("The user, with the new role.")
        .versioned()
        .refusing(&[codes::USER_NOT_FOUND, codes::LAST_ADMIN])
}

/// Another role than the user has.
#[derive(Body)]
#[schema(example({"role": "staff"}))]
struct RoleChange {
    role: Role,
}

async fn put_role(mut request: Request, caller: Caller) -> Handled<UserView> {
    let user_id = user_id(&request)?;
    let RoleChange { role } = request.json().await?;
    let meta = request.meta(caller.actor())?;
    let command = ChangeRole { user_id, role };
    one(&request.accounts().send(command, meta).await?)
}

fn user_id(request: &Request) -> Result<UserId, Problem> {
    request.path_id("user_id", "user")
}

fn one(user: &UserView) -> Handled<UserView> {
    Answer::one(user, user.version)
}

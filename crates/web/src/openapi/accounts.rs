//! The operations on users, sessions and tokens.

use actix_web::http::{Method, StatusCode};

use super::{
    answers::{SessionList, Tokens, User, UserList},
    operation::Operation,
    parts::{required_query, schema_of},
    requests::{EmailChange, Nothing, PasswordChange, Registration, Revocation, RoleChange, TokenRequest},
    values::EmailAddress,
};
use crate::ProblemCode;

const PASSWORD_RULES: [&str; 2] = ["password_length", "common_password"];

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = users();
    operations.extend(sessions_and_tokens());
    operations
}

fn users() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/api/v1/users", "register", "Register")
            .saying("Makes a customer's account. Log in to it with `POST /api/v1/auth/token`.")
            .taking::<Registration>()
            .creating::<User>("The user. `Location` is where they find themselves, once logged in.")
            .repeatable()
            .may_be(ProblemCode::MalformedIfMatch)
            .may_be(ProblemCode::Throttled)
            .refusing(409, &["email_already_registered"])
            .refusing(422, &PASSWORD_RULES),
        Operation::new(
            Method::GET,
            "/api/v1/users",
            "findUsers",
            "Find users by e-mail address",
        )
        .asking(required_query(
            "email",
            "The whole address, in any case.",
            schema_of::<EmailAddress>(),
        ))
        .answering::<UserList>(StatusCode::OK, "Those who have it: one or none."),
        Operation::new(Method::GET, "/api/v1/users/me", "getMe", "Who am I")
            .answering::<User>(StatusCode::OK, "The caller.")
            .versioned()
            .finding("user"),
        Operation::new(
            Method::PUT,
            "/api/v1/users/me/email",
            "changeMyEmail",
            "Change my e-mail address",
        )
        .taking::<EmailChange>()
        .answering::<User>(StatusCode::OK, "The caller, with the new address.")
        .versioned()
        .finding("user")
        .refusing(409, &["email_already_registered", "user_inactive"]),
        Operation::new(
            Method::PUT,
            "/api/v1/users/me/password",
            "changeMyPassword",
            "Change my password",
        )
        .saying("Ends the caller's other sessions.")
        .taking::<PasswordChange>()
        .answering_nothing(StatusCode::NO_CONTENT, "The new password holds.")
        .depending_on_version()
        .finding("user")
        .may_be(ProblemCode::Throttled)
        .refusing(409, &["user_inactive"])
        .refusing(422, &["current_password_mismatch"])
        .refusing(422, &PASSWORD_RULES),
        Operation::new(
            Method::POST,
            "/api/v1/users/{user_id}/deactivate",
            "deactivateUser",
            "Deactivate a user",
        )
        .saying("Ends their sessions. They cannot log in, and their customer places no orders.")
        .taking_perhaps::<Nothing>()
        .answering::<User>(StatusCode::OK, "The user.")
        .versioned()
        .repeatable()
        .finding("user")
        .refusing(409, &["user_already_inactive"]),
        Operation::new(
            Method::POST,
            "/api/v1/users/{user_id}/reactivate",
            "reactivateUser",
            "Reactivate a user",
        )
        .taking_perhaps::<Nothing>()
        .answering::<User>(StatusCode::OK, "The user.")
        .versioned()
        .repeatable()
        .finding("user")
        .refusing(409, &["user_already_active"]),
        Operation::new(
            Method::PUT,
            "/api/v1/users/{user_id}/role",
            "changeRole",
            "Change a user's role",
        )
        .taking::<RoleChange>()
        .answering::<User>(StatusCode::OK, "The user, with the new role.")
        .versioned()
        .finding("user"),
    ]
}

fn sessions_and_tokens() -> Vec<Operation> {
    vec![
        Operation::new(Method::GET, "/api/v1/users/me/sessions", "listMySessions", "My open sessions")
            .answering::<SessionList>(StatusCode::OK, "Every place where the caller is logged in."),
        Operation::new(
            Method::DELETE,
            "/api/v1/users/me/sessions/{session_id}",
            "endMySession",
            "Log out of a session",
        )
        .answering_nothing(StatusCode::NO_CONTENT, "The session has ended.")
        .may_be(ProblemCode::MalformedIfMatch)
        .may_be(ProblemCode::Conflict)
        .finding("session"),
        Operation::new(Method::POST, "/api/v1/auth/token", "getTokens", "Log in, or refresh a session")
            .saying(
                "RFC 6749's grants `password` and `refresh_token`, for Orderly's own pages and clients. A refresh \
                 token serves once.",
            )
            .taking_form::<TokenRequest>()
            .answering::<Tokens>(StatusCode::OK, "A pair of tokens.")
            .may_be(ProblemCode::MalformedIfMatch)
            .may_be(ProblemCode::UnsupportedGrantType)
            .may_be(ProblemCode::InvalidGrant)
            .may_be(ProblemCode::Conflict)
            .may_be(ProblemCode::Throttled),
        Operation::new(Method::POST, "/api/v1/auth/revoke", "revokeToken", "Revoke a token")
            .saying("RFC 7009. Ends the session that the token belongs to; an unknown token is as good as a revoked one.")
            .taking_form::<Revocation>()
            .answering_nothing(StatusCode::OK, "The token is worth nothing.")
            .may_be(ProblemCode::MalformedIfMatch)
            .may_be(ProblemCode::Conflict),
    ]
}

//! A password is none of the 10,000 commonest, however its letters are cased, nor one character over and over, nor what
//! everybody knows of the account: the user's e-mail address, the part before its `@`, or the shop's name, with or without
//! digits and signs around them.
//!
//! The list is in `common_passwords.txt`, one to a line, in lower case and sorted. It has the 814 that Orderly refused from
//! the beginning, and the commonest of at least eight characters in the list of zxcvbn (MIT licence). Passwords that are too
//! short anyway are not in it.

use std::sync::LazyLock;

use shared_kernel::{EmailAddress, Refusal, RefusalKind};

/// The commonest passwords.
static COMMONEST: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// The password is one that attackers try first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "found one of the commonest passwords, or what is known of the account; expected one that is harder to guess"
)]
pub struct CommonPassword;

pub(crate) fn check(password: &str, email: &EmailAddress, shop: &str) -> Result<(), CommonPassword> {
    let lower_case = password.to_lowercase();
    let address = email.folded();
    let before_the_at = address.split('@').next().unwrap_or_default();
    let known = [
        letters(&address),
        letters(before_the_at),
        letters(&shop.to_lowercase()),
    ];
    let bare = letters(&lower_case);
    let is_known = lower_case == address || !bare.is_empty() && known.contains(&bare);
    if is_one_character(&lower_case) || is_known || COMMONEST.binary_search(&&*lower_case).is_ok() {
        Err(CommonPassword)
    } else {
        Ok(())
    }
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| characters.all(|character| character == first))
}

/// The letters of a text, without digits and signs.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphabetic())
        .collect()
}

impl From<CommonPassword> for Refusal {
    fn from(error: CommonPassword) -> Self {
        Self::new(RefusalKind::Value, "common_password", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::password_length;

    fn checked(password: &str) -> Result<(), CommonPassword> {
        check(
            password,
            &"ada.lovelace@example.com".parse().unwrap(),
            "Tea & Cups",
        )
    }

    #[test]
    fn the_commonest_are_refused_in_any_case() {
        for password in [
            "password",
            "PASSWORD",
            "Password1",
            "12345678",
            "qwertyuiop",
            "ILoveYou",
        ] {
            assert_eq!(checked(password), Err(CommonPassword), "{password}");
        }
    }

    #[test]
    fn what_is_known_of_the_account_is_refused_with_digits_and_signs_around_it() {
        for password in [
            "Ada.Lovelace@example.com",
            "ada.lovelace",
            "AdaLovelace1815!",
            "Tea & Cups",
            "teacups2026",
        ] {
            assert_eq!(checked(password), Err(CommonPassword), "{password}");
        }
        assert_eq!(checked("lovelace1815"), Ok(()));
        assert_eq!(
            checked("314159265358979"),
            Ok(()),
            "no letters are known of anybody"
        );
    }

    #[test]
    fn one_character_over_and_over_is_refused() {
        for password in ["zzzzzzzzzzzz", "語語語語語語語語", "%%%%%%%%%"] {
            assert_eq!(checked(password), Err(CommonPassword), "{password}");
        }
    }

    #[test]
    fn a_password_that_only_contains_a_common_one_is_accepted() {
        assert_eq!(checked("my password is long"), Ok(()));
        assert_eq!(checked("correct horse battery staple"), Ok(()));
        assert_eq!(checked(""), Ok(()));
    }

    #[test]
    fn the_list_is_of_10_000_different_lower_case_passwords_of_sufficient_length_in_order() {
        assert_eq!(COMMONEST.len(), 10_000);
        assert!(COMMONEST.is_sorted_by(|one, next| one < next));
        for line in COMMONEST.iter() {
            assert_eq!(*line, line.trim().to_lowercase());
            assert_eq!(password_length::check(line), Ok(()), "{line}");
        }
    }
}

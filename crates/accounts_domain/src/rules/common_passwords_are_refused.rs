//! A password is none of the commonest, however its letters are cased.
//!
//! The list is `common_passwords.txt`, one per line, in lower case. Passwords that are too short anyway are not
//! in it.

use shared_kernel::{Refusal, RefusalKind};

/// The commonest passwords, one to a line.
const COMMONEST: &str = include_str!("common_passwords.txt");

/// The password is one that attackers try first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found one of the commonest passwords, expected one that is harder to guess")]
pub struct CommonPassword;

pub(crate) fn check(password: &str) -> Result<(), CommonPassword> {
    let lower_case = password.to_lowercase();
    if COMMONEST.lines().any(|common| common == lower_case) {
        Err(CommonPassword)
    } else {
        Ok(())
    }
}

impl From<CommonPassword> for Refusal {
    fn from(error: CommonPassword) -> Self {
        Self::new(RefusalKind::Value, "common_password", &error)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rules::password_length;

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
            assert_eq!(check(password), Err(CommonPassword), "{password}");
        }
    }

    #[test]
    fn a_password_that_only_contains_a_common_one_is_accepted() {
        assert_eq!(check("my password is long"), Ok(()));
        assert_eq!(check("correct horse battery staple"), Ok(()));
        assert_eq!(check(""), Ok(()));
    }

    #[test]
    fn the_list_is_a_few_hundred_different_lower_case_passwords_of_sufficient_length() {
        let lines: Vec<&str> = COMMONEST.lines().collect();
        let different: BTreeSet<&str> = lines.iter().copied().collect();
        assert!(lines.len() >= 300, "{}", lines.len());
        assert_eq!(
            lines.len(),
            different.len(),
            "a password stands in the list twice"
        );
        for line in lines {
            assert_eq!(line, line.trim().to_lowercase());
            assert_eq!(password_length::check(line), Ok(()), "{line}");
        }
    }
}

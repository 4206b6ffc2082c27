//! Mistakes in the environment itself: names that nothing reads, and values that are empty.
//!
//! A name with a letter wrong would be as good as none, and what was meant to be set would not be.

use crate::failure::Failure;

/// What every setting's name begins with.
const PREFIX: &str = "ORDERLY_";
/// What is read, and is no argument of any command.
const WITHOUT_FLAG: [&str; 2] = ["ORDERLY_TOKEN_SECRET", "ORDERLY_CANARY"];
/// Names that begin like this are for our tests alone.
const OF_TESTS: &str = "ORDERLY_TEST_";
/// How alike two names are of which one is probably the other, from 0 to 1.
const ALIKE: f64 = 0.8;

/// Refuses variables that begin like ours and are none, and those that are empty.
///
/// # Errors
/// One line that names the variable.
#[expect(
    clippy::disallowed_methods,
    reason = "settings are where the environment enters"
)]
pub(crate) fn check(command: &clap::Command) -> Result<(), Failure> {
    let names = names(command);
    let mut given: Vec<(String, bool)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.is_empty())))
        .filter(|(name, _)| name.starts_with(PREFIX) && !name.starts_with(OF_TESTS))
        .collect();
    given.sort();
    given.iter().try_for_each(|(name, is_empty)| {
        examine(name, *is_empty, &names).map_err(|wrong| Failure::usage(wrong.to_string()))
    })
}

/// What is wrong with a variable.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum WrongVariable {
    #[error("{0} is empty: give it a value, or do not set it")]
    Empty(String),
    #[error("{0} is no setting of Orderly's")]
    Unknown(String),
    #[error("{0} is no setting of Orderly's; {1} was probably meant")]
    Misspelt(String, String),
}

fn examine(name: &str, is_empty: bool, names: &[String]) -> Result<(), WrongVariable> {
    if names.iter().any(|known| known == name) {
        return if is_empty {
            Err(WrongVariable::Empty(name.to_owned()))
        } else {
            Ok(())
        };
    }
    let likeness = |known: &String| strsim::normalized_damerau_levenshtein(known, name);
    let nearest = names
        .iter()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
        .filter(|nearest| likeness(nearest) >= ALIKE);
    Err(match nearest {
        Some(nearest) => WrongVariable::Misspelt(name.to_owned(), nearest.clone()),
        None => WrongVariable::Unknown(name.to_owned()),
    })
}

/// The names of all settings, as the command line declares them.
fn names(command: &clap::Command) -> Vec<String> {
    let of_this = command
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned));
    let below = command.get_subcommands().flat_map(names);
    of_this
        .chain(below)
        .chain(WITHOUT_FLAG.map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::command_line::CommandLine;

    fn examined(name: &str, is_empty: bool) -> Result<(), WrongVariable> {
        examine(name, is_empty, &names(&CommandLine::command()))
    }

    #[test]
    fn every_setting_is_known_also_those_of_one_command() {
        for name in [
            "ORDERLY_DATABASE_URL",
            "ORDERLY_BIND",
            "ORDERLY_OTLP_SAMPLE",
            "ORDERLY_TOKEN_SECRET",
        ] {
            assert_eq!(examined(name, false), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_name_that_is_none_is_refused_with_the_one_that_was_probably_meant() {
        for (given, meant) in [
            ("ORDERLY_DATABSE_URL", "ORDERLY_DATABASE_URL"),
            ("ORDERLY_BIN", "ORDERLY_BIND"),
            ("ORDERLY_TRUSTED_PROXY", "ORDERLY_TRUSTED_PROXIES"),
        ] {
            let expected = WrongVariable::Misspelt(given.to_owned(), meant.to_owned());
            assert_eq!(examined(given, false), Err(expected));
        }
        let unknown = WrongVariable::Unknown("ORDERLY_FAVOURITE_COLOUR".to_owned());
        assert_eq!(examined("ORDERLY_FAVOURITE_COLOUR", false), Err(unknown));
    }

    #[test]
    fn an_empty_value_is_refused() {
        let empty = WrongVariable::Empty("ORDERLY_BIND".to_owned());
        assert_eq!(examined("ORDERLY_BIND", true), Err(empty));
    }
}

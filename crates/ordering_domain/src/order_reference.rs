//! An order's short name, which a person can read over the telephone.
//!
//! The database's index decides whether it is unique; two of 2⁴⁰ are equal now and then, and then another is drawn.

use std::{fmt, str::FromStr};

/// Crockford's base 32: no I, L, O or U, so that nothing is misread and no word comes out.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters, five bits each.
const LENGTH: u32 = 8;

/// Eight characters of Crockford's base 32 in two groups, as in `7K3M-9QXD`: 40 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderReference(u64);

/// The text is no order reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no order reference; expected eight letters and digits, as in 7K3M-9QXD")]
pub struct InvalidOrderReference {
    /// What was given, or its beginning.
    pub found: String,
}

impl OrderReference {
    /// The reference that 40 random bits make.
    pub fn from_random_bits(bits: [u8; 5]) -> Self {
        Self(bits.into_iter().fold(0, |sum, byte| (sum << 8) | u64::from(byte)))
    }
}

impl fmt::Display for OrderReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..LENGTH).rev() {
            let digit = usize::try_from((self.0 >> (5 * place)) & 31).unwrap_or(0);
            let character = ALPHABET.get(digit).copied().unwrap_or(b'0');
            write!(formatter, "{}", char::from(character))?;
            if place == LENGTH / 2 {
                formatter.write_str("-")?;
            }
        }
        Ok(())
    }
}

/// Reads what people write: either case, with or without the hyphen, `I` and `L` for `1`, `O` for `0`.
impl FromStr for OrderReference {
    type Err = InvalidOrderReference;

    fn from_str(text: &str) -> Result<Self, InvalidOrderReference> {
        let invalid = || InvalidOrderReference {
            found: text.chars().take(40).collect(),
        };
        let characters = match text.split_once('-') {
            Some((first, second)) if first.len() == 4 => [first, second].concat(),
            Some(_) => return Err(invalid()),
            None => text.to_owned(),
        };
        if characters.len() != 8 {
            return Err(invalid());
        }
        characters
            .bytes()
            .try_fold(0, |sum: u64, byte| Some((sum << 5) | digit(byte)?))
            .map(Self)
            .ok_or_else(invalid)
    }
}

fn digit(byte: u8) -> Option<u64> {
    let meant = match byte.to_ascii_uppercase() {
        b'I' | b'L' => b'1',
        b'O' => b'0',
        other => other,
    };
    let place = ALPHABET.iter().position(|character| *character == meant)?;
    u64::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_bits_zero_and_all_bits_one_are_the_ends() {
        assert_eq!(OrderReference::from_random_bits([0; 5]).to_string(), "0000-0000");
        assert_eq!(
            OrderReference::from_random_bits([255; 5]).to_string(),
            "ZZZZ-ZZZZ"
        );
    }

    #[test]
    fn what_people_write_is_read() {
        let reference: OrderReference = "7K1M-90XD".parse().unwrap();
        for written in ["7k1m-90xd", "7K1M90XD", "7KIM-9OXD", "7klm-9oxd"] {
            assert_eq!(written.parse(), Ok(reference), "{written}");
        }
        assert_eq!(reference.to_string(), "7K1M-90XD");
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in [
            "",
            "7K3M",
            "7K3M-9QX",
            "7K3M-9QXDD",
            "7K3M-9QXU",
            "7K-3M9QXD",
            "7K3M--QXD",
            "éééé",
        ] {
            assert!(text.parse::<OrderReference>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_reference_is_read_back(bits: [u8; 5]) {
            let reference = OrderReference::from_random_bits(bits);
            prop_assert_eq!(reference.to_string().parse(), Ok(reference));
        }
    }
}

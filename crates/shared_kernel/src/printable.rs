//! Text that comes from outside is printable: it holds no control character.
//!
//! A line break in a name or a reason would end up in log lines and in the headers of mail, and PostgreSQL does not store a zero byte.
//! Each rule about texts asks here, and refuses in words of its own. A password may be any text: it is only ever hashed.

/// Whether a text holds no control character (Unicode's general category Cc: U+0000 to U+001F, U+007F to U+009F).
///
/// ```
/// use shared_kernel::printable::is_printable;
/// assert!(is_printable("Kaffeemühle, 東京"));
/// assert!(!is_printable("Kettle\0"));
/// ```
pub fn is_printable(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_character_is_found_wherever_it_stands_and_its_neighbours_are_none() {
        for control in ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}') {
            for text in [
                format!("{control}ab"),
                format!("a{control}b"),
                format!("ab{control}"),
            ] {
                assert!(!is_printable(&text), "{text:?}");
            }
        }
        for text in ["", " ", "~", "\u{a0}", "\u{202e}", "\u{ffff}", "\u{10ffff}"] {
            assert!(is_printable(text), "{text:?}");
        }
    }
}

//! Text that comes from outside is printable and, where it is required, visible.
//!
//! A line break in a name or a reason would end up in log lines and in the headers of mail, and a zero byte is what one database keeps and
//! another refuses. A control of the writing's direction turns around what is shown after it, so that a page or a mail says something else than
//! what is stored. Each place that takes a text in asks here, and says in words of its own that it is none. A password may be anything: it is
//! only ever hashed.

/// Whether a text holds no control character (Unicode's general category Cc: U+0000 to U+001F, U+007F to U+009F), no separator of lines or
/// paragraphs (U+2028, U+2029), and nothing that embeds, overrides or isolates the direction of writing (U+202A to U+202E, U+2066 to U+2069).
/// The marks that scripts from right to left need (U+200E, U+200F, U+061C) are printable.
///
/// ```
/// use shared_kernel::printable::is_printable;
/// assert!(is_printable("Kaffeemühle, 東京, \u{5d0}\u{200f}"));
/// assert!(!is_printable("Kettle\0"));
/// assert!(!is_printable("Kettle \u{202e}elttek"));
/// ```
pub fn is_printable(text: &str) -> bool {
    !text.chars().any(|character| {
        character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// Whether nothing of a text can be seen: it is empty, or holds nothing but white space and characters that are drawn as nothing.
///
/// ```
/// use shared_kernel::printable::is_blank;
/// assert!(is_blank(" \u{200b}\u{2060}"));
/// assert!(!is_blank(" ."));
/// ```
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_whitespace() || is_invisible(character))
}

/// Characters that are drawn as nothing (Unicode's Default_Ignorable_Code_Point, as far as fonts have them), and the filler of Hangul.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_controls_is_found_wherever_it_stands_and_its_neighbours_are_printable() {
        let controls = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
        let directions = ('\u{2028}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for control in controls.chain(directions) {
            for text in [
                format!("{control}ab"),
                format!("a{control}b"),
                format!("ab{control}"),
            ] {
                assert!(!is_printable(&text), "{text:?}");
            }
        }
        for text in [
            "",
            " ",
            "~",
            "\u{a0}",
            "\u{200f}",
            "\u{2027}",
            "\u{202f}",
            "\u{2065}",
            "\u{206a}",
            "\u{ffff}",
            "\u{10ffff}",
        ] {
            assert!(is_printable(text), "{text:?}");
        }
    }

    #[test]
    fn a_text_of_which_nothing_can_be_seen_is_blank() {
        for text in [
            "",
            " \t",
            "\u{3000}",
            "\u{200b}",
            "\u{feff}\u{2060} \u{ad}",
            "\u{3164}",
            "\u{fe0f}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", " \u{200b}.", "\u{2065}a", "語", "\u{301}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}

//! The content of a mail, before it is rendered: once as plain text, once as HTML.
//!
//! Reactions pass in the events' data unchanged. Texts from users are made safe here, in one place for all letters.

mod html;
mod text;

/// A letter about an order.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    reference: String,
    what_happened: &'static str,
    parts: Vec<Part>,
}

/// A part of a letter.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// A sentence or two, in a paragraph of their own.
    Sentence(String),
    /// What was ordered, and the sum.
    Goods { goods: Vec<Goods>, total: String },
    /// Things with names.
    Facts(Vec<(&'static str, String)>),
    /// Lines under a heading.
    Lines {
        heading: &'static str,
        lines: Vec<String>,
    },
}

/// A line of an order.
#[derive(Clone, Debug)]
pub(crate) struct Goods {
    pub(crate) name: String,
    pub(crate) quantity: u32,
    pub(crate) unit_price: String,
    pub(crate) total: String,
}

/// The footer of every letter.
const WHY: &str = "You get this mail because an order was placed with this address.";

impl Letter {
    /// A letter that says what happened to the order with this reference.
    pub(crate) fn about(reference: &str, what_happened: &'static str) -> Self {
        Self {
            reference: one_line(reference),
            what_happened,
            parts: Vec::new(),
        }
    }

    /// The same, with one part more.
    #[must_use]
    pub(crate) fn with(mut self, part: Part) -> Self {
        self.parts.push(part.on_one_line_each());
        self
    }

    /// Its subject, as in `Order 7K3M-9QXD confirmed`.
    pub(crate) fn subject(&self) -> String {
        format!("Order {} {}", self.reference, self.what_happened)
    }
}

impl Part {
    fn on_one_line_each(self) -> Self {
        match self {
            Self::Sentence(text) => Self::Sentence(one_line(&text)),
            Self::Goods { goods, total } => Self::Goods {
                goods: goods
                    .into_iter()
                    .map(|line| Goods {
                        name: one_line(&line.name),
                        ..line
                    })
                    .collect(),
                total,
            },
            Self::Facts(facts) => Self::Facts(
                facts
                    .into_iter()
                    .map(|(name, value)| (name, one_line(&value)))
                    .collect(),
            ),
            Self::Lines { heading, lines } => Self::Lines {
                heading,
                lines: lines.iter().map(|line| one_line(line)).collect(),
            },
        }
    }
}

/// The text without line breaks and other control characters, and without those that change the direction of text: a product's name must
/// not look like a part of the letter.
fn one_line(text: &str) -> String {
    let steers = |letter: char| {
        letter.is_control()
            || matches!(
                letter,
                '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
            )
            || ('\u{202a}'..='\u{202e}').contains(&letter)
            || ('\u{2066}'..='\u{2069}').contains(&letter)
    };
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || steers(letter))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_line_is_taken_out_of_it() {
        for (text, expected) in [
            ("Teapot", "Teapot"),
            ("  Tea \t pot ", "Tea pot"),
            ("Tea\r\n\r\nTotal: USD 0.00", "Tea Total: USD 0.00"),
            ("Tea\u{2028}pot\u{0}\u{7f}\u{85}", "Tea pot"),
            ("gpj.\u{202e}exe", "gpj. exe"),
            ("\u{2066}Tea\u{2069}pot", "Tea pot"),
            ("Théière 茶壺 🫖", "Théière 茶壺 🫖"),
        ] {
            assert_eq!(one_line(text), expected, "{text:?}");
        }
    }
}

//! A letter as plain text.

use super::{Goods, Letter, Part, WHY};

impl Letter {
    /// Plain text, with a line break at the end of each paragraph.
    pub(crate) fn as_text(&self) -> String {
        let parts = self.parts.iter().map(part);
        let mut paragraphs = vec![self.subject(), "Hello,".to_owned()];
        paragraphs.extend(parts);
        paragraphs.push(format!("-- \n{WHY}"));
        paragraphs.join("\n\n") + "\n"
    }
}

fn part(part: &Part) -> String {
    match part {
        Part::Sentence(text) => text.clone(),
        Part::Goods { goods, total } => {
            let lines: Vec<String> = goods.iter().map(goods_line).collect();
            format!("{}\n\nTotal: {total}", lines.join("\n"))
        }
        Part::Facts(facts) => {
            let facts: Vec<String> = facts
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            facts.join("\n")
        }
        Part::Lines { heading, lines } => format!("{heading}:\n    {}", lines.join("\n    ")),
    }
}

fn goods_line(goods: &Goods) -> String {
    let Goods {
        name,
        quantity,
        unit_price,
        total,
    } = goods;
    format!("{quantity} x {name}\n    {unit_price} each, {total} together")
}

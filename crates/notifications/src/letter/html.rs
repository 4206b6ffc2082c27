//! A letter as HTML: one column that fits a telephone, inline styles, no image and no link, since mail programs drop those of unknown
//! senders.

use std::borrow::Cow;

use super::{Goods, Letter, Part, WHY};

const PAGE: &str = "margin:0;padding:0;background-color:#f2f1ee;";
const CARD: &str = "width:100%;max-width:560px;background-color:#ffffff;border-radius:8px;";
const INSIDE: &str = "padding:28px 24px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
                      font-size:16px;line-height:1.5;color:#22262a;text-align:left;word-break:break-word;";
const HEADING: &str = "margin:0 0 20px;font-size:22px;line-height:1.3;font-weight:600;color:#14324a;";
const PARAGRAPH: &str = "margin:0 0 16px;";
const TABLE: &str = "width:100%;border-collapse:collapse;margin:0 0 20px;";
const ROW: &str = "padding:10px 0;border-bottom:1px solid #e4e2dd;vertical-align:top;";
const AMOUNT: &str = "padding:10px 0 10px 12px;border-bottom:1px solid #e4e2dd;vertical-align:top;text-align:right;white-space:nowrap;";
const SUM: &str = "padding:12px 0 0;font-weight:600;";
const SUM_AMOUNT: &str = "padding:12px 0 0 12px;font-weight:600;text-align:right;white-space:nowrap;";
const QUIET: &str = "font-size:14px;color:#5c646b;";
const FOOTER: &str = "padding:16px 24px 28px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
                      font-size:13px;line-height:1.5;color:#6a7178;text-align:center;";

impl Letter {
    /// An HTML document.
    pub(crate) fn as_html(&self) -> String {
        let subject = escaped(&self.subject()).into_owned();
        let parts: Vec<String> = self.parts.iter().map(part).collect();
        let parts = parts.join("\n");
        format!(
            r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{subject}</title>
</head>
<body style="{PAGE}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background-color:#f2f1ee;">
<tr><td align="center" style="padding:24px 12px 0;">
<table role="presentation" cellpadding="0" cellspacing="0" style="{CARD}">
<tr><td style="{INSIDE}">
<h1 style="{HEADING}">{subject}</h1>
<p style="{PARAGRAPH}">Hello,</p>
{parts}
</td></tr>
</table>
</td></tr>
<tr><td style="{FOOTER}">{WHY}</td></tr>
</table>
</body>
</html>
"#
        )
    }
}

fn part(part: &Part) -> String {
    match part {
        Part::Sentence(text) => format!(r#"<p style="{PARAGRAPH}">{}</p>"#, escaped(text)),
        Part::Goods { goods, total } => {
            let lines: Vec<String> = goods.iter().map(goods_line).collect();
            let (lines, total) = (lines.join("\n"), escaped(total));
            format!(
                "<table style=\"{TABLE}\">\n{lines}\n\
                 <tr><td style=\"{SUM}\">Total</td><td style=\"{SUM_AMOUNT}\">{total}</td></tr>\n</table>"
            )
        }
        Part::Facts(facts) => {
            let rows: Vec<String> = facts
                .iter()
                .map(|(name, value)| {
                    format!(
                        "<tr><td style=\"{ROW}\"><span style=\"{QUIET}\">{}</span><br><strong>{}</strong></td></tr>",
                        escaped(name),
                        escaped(value)
                    )
                })
                .collect();
            format!("<table style=\"{TABLE}\">\n{}\n</table>", rows.join("\n"))
        }
        Part::Lines { heading, lines } => {
            let lines: Vec<Cow<'_, str>> = lines.iter().map(|line| escaped(line)).collect();
            format!(
                "<p style=\"{PARAGRAPH}\"><span style=\"{QUIET}\">{}</span><br>\n{}</p>",
                escaped(heading),
                lines.join("<br>\n")
            )
        }
    }
}

fn goods_line(goods: &Goods) -> String {
    format!(
        "<tr><td style=\"{ROW}\">{}<br><span style=\"{QUIET}\">{} × {}</span></td><td style=\"{AMOUNT}\">{}</td></tr>",
        escaped(&goods.name),
        goods.quantity,
        escaped(&goods.unit_price),
        escaped(&goods.total)
    )
}

/// The text, escaped for an element or a quoted attribute.
fn escaped(text: &str) -> Cow<'_, str> {
    let special = |letter: char| matches!(letter, '&' | '<' | '>' | '"' | '\'');
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_means_something_to_html_is_left() {
        assert_eq!(
            escaped("<img src=x onerror='alert(\"&\")'>"),
            "&lt;img src=x onerror=&#39;alert(&quot;&amp;&quot;)&#39;&gt;"
        );
        assert!(matches!(escaped("Teapot"), Cow::Borrowed("Teapot")));
    }
}

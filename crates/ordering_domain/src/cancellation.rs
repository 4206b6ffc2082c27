//! Why an order was cancelled: by a code, which only Orderly gives, and in a person's words, if they gave any.
//!
//! Two fields, because in one field a person's words could be taken for the code: a reason `out_of_stock` would claim that there was no stock.

use std::str::FromStr;

use shared_kernel::events::Shortage;

use crate::UnknownName;

/// Why an order was cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// The reason's code.
    pub code: CancellationCode,
    /// The reason in a person's words, if they gave one.
    pub reason: Option<String>,
    /// What was short; empty unless stock was the reason.
    pub shortages: Vec<Shortage>,
}

/// The codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CancellationCode {
    /// A person asked for it.
    OnRequest,
    /// There was not enough stock.
    OutOfStock,
}

impl CancellationCode {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::OnRequest, Self::OutOfStock];

    /// The name used in rows, events and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnRequest => "on_request",
            Self::OutOfStock => "out_of_stock",
        }
    }
}

impl Cancellation {
    /// A person asked for it. The one text that versions before there were codes took for no reason at all, `on_request`, is none.
    pub fn on_request(reason: Option<String>) -> Self {
        let code = CancellationCode::OnRequest;
        Self {
            code,
            reason: reason.filter(|reason| reason != code.name()),
            shortages: Vec::new(),
        }
    }

    /// There was not enough stock.
    pub const fn out_of_stock(shortages: Vec<Shortage>) -> Self {
        Self {
            code: CancellationCode::OutOfStock,
            reason: None,
            shortages,
        }
    }

    /// Code and words in one text, as versions before there were codes wrote them and go on reading them.
    pub fn in_one_text(&self) -> &str {
        self.reason.as_deref().unwrap_or_else(|| self.code.name())
    }

    /// Reads one text, with its code if it was stored with one. Without a code, `out_of_stock` counts as Orderly's own
    /// word only if stock was short.
    pub fn from_one_text(code: Option<CancellationCode>, text: String, shortages: Vec<Shortage>) -> Self {
        let out_of_stock = CancellationCode::OutOfStock;
        let before_codes = || match (text == out_of_stock.name(), shortages.is_empty()) {
            (true, false) => out_of_stock,
            _ => CancellationCode::OnRequest,
        };
        match code.unwrap_or_else(before_codes) {
            CancellationCode::OutOfStock => Self::out_of_stock(shortages),
            CancellationCode::OnRequest => Self::on_request(Some(text)),
        }
    }
}

impl FromStr for CancellationCode {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|code| code.name() == text)
            .ok_or_else(|| UnknownName {
                found: text.to_owned(),
                kind: "cancellation code",
                expected: "on_request or out_of_stock",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short() -> Vec<Shortage> {
        vec![Shortage {
            product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
            product_name: None,
            requested: 2,
            available: 1,
        }]
    }

    #[test]
    fn names_are_read_back() {
        for code in CancellationCode::ALL {
            assert_eq!(code.name().parse(), Ok(code));
        }
        assert!("".parse::<CancellationCode>().is_err());
    }

    #[test]
    fn what_is_written_in_one_text_with_its_code_is_read_back() {
        let words = |text: &str| Cancellation::on_request(Some(text.to_owned()));
        for cancellation in [
            Cancellation::on_request(None),
            words("too slow"),
            words("out_of_stock"),
            words(""),
            Cancellation::out_of_stock(short()),
        ] {
            let text = cancellation.in_one_text().to_owned();
            let shortages = cancellation.shortages.clone();
            let read = Cancellation::from_one_text(Some(cancellation.code), text, shortages);
            assert_eq!(read, cancellation);
        }
    }

    #[test]
    fn a_text_from_before_there_were_codes_is_read_as_what_it_was() {
        let read = |text: &str, shortages| Cancellation::from_one_text(None, text.to_owned(), shortages);
        assert_eq!(read("out_of_stock", short()), Cancellation::out_of_stock(short()));
        assert_eq!(
            read("out_of_stock", Vec::new()),
            Cancellation::on_request(Some("out_of_stock".to_owned()))
        );
        assert_eq!(read("on_request", Vec::new()), Cancellation::on_request(None));
        assert_eq!(
            read("too slow", Vec::new()),
            Cancellation::on_request(Some("too slow".to_owned()))
        );
    }
}

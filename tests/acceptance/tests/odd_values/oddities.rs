//! Values that callers send by mistake or on purpose, each in its form in JSON and in a URL.

/// One odd value.
pub(crate) struct Oddity {
    /// What it is, to explain a failed test.
    pub(crate) name: &'static str,
    /// In place of a JSON value, byte for byte.
    pub(crate) json: Vec<u8>,
    /// In a path, a query or a form, percent-encoded.
    pub(crate) url: String,
}

/// In texts: the name, and its form between the quotes of JSON and in a URL.
const TEXTS: [(&str, &str, &str); 22] = [
    ("nothing", "", ""),
    ("a zero byte", r"\u0000", "%00"),
    ("a zero byte within", r"tea\u0000pot", "tea%00pot"),
    (
        "a zero byte in the name of a delivery",
        r"\u0000:0197b2c4-0000-7000-8000-00000000dead",
        "%00:0197b2c4-0000-7000-8000-00000000dead",
    ),
    ("an escape sequence", r"\u001b[2J", "%1B%5B2J"),
    ("a line break", r"tea\npot", "tea%0Apot"),
    ("a delete", r"\u007f", "%7F"),
    ("a C1 control", r"\u0085", "%C2%85"),
    ("a line separator", r"tea\u2028pot", "tea%E2%80%A8pot"),
    ("an override of direction", r"tea\u202etop", "tea%E2%80%AEtop"),
    ("an isolate", r"\u2066tea", "%E2%81%A6tea"),
    ("nothing visible", r"\u200b", "%E2%80%8B"),
    ("a byte order mark", r"\ufefftea", "%EF%BB%BFtea"),
    ("U+FFFF", r"tea\uffff", "tea%EF%BF%BF"),
    ("U+10FFFF", r"\udbff\udfff", "%F4%8F%BF%BF"),
    ("a lone surrogate", r"\ud800", "%ED%A0%80"),
    ("two letters of one", r"e\u0301", "e%CC%81"),
    ("a capital that grows when it is lowered", r"\u0130", "%C4%B0"),
    ("what SQL and LIKE know", r"%_\\'\u0022;--", "%25_%5C%27%22;--"),
    ("a path upwards", "..%2F..", "..%252F.."),
    ("a number in a text", "9223372036854775808", "9223372036854775808"),
    ("a fraction in a text", "1e-400", "1e-400"),
];

/// Bytes that are no UTF-8: the name, the bytes, and the same in a URL.
const NO_UTF8: [(&str, &[u8], &str); 3] = [
    ("an overlong zero byte", b"\"\xc0\x80\"", "%C0%80"),
    ("a byte of no text", b"\"\xff\"", "%FF"),
    ("half a letter", b"\"\xe2\x82\"", "%E2%82"),
];

/// JSON that is no text.
const OTHERS: [&str; 13] = [
    "null",
    "true",
    "[]",
    "{}",
    "0",
    "-1",
    "1.5",
    "1e400",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
];

/// All of them.
pub(crate) fn oddities() -> Vec<Oddity> {
    let texts = TEXTS.map(|(name, json, url)| Oddity {
        name,
        json: format!("\"{json}\"").into_bytes(),
        url: url.to_owned(),
    });
    let no_utf8 = NO_UTF8.map(|(name, json, url)| Oddity {
        name,
        json: json.to_vec(),
        url: url.to_owned(),
    });
    let others = OTHERS.map(|json| Oddity {
        name: json,
        json: json.as_bytes().to_vec(),
        url: json.replace(['[', ']', '{', '}'], "%22"),
    });
    let long = ["x", "ä"].map(|letter| Oddity {
        name: "a very long text",
        json: format!("\"{}\"", letter.repeat(3_000)).into_bytes(),
        url: letter.repeat(1_500).replace('ä', "%C3%A4"),
    });
    texts
        .into_iter()
        .chain(no_utf8)
        .chain(others)
        .chain(long)
        .collect()
}

/// In headers, as far as HTTP lets them through.
pub(crate) const HEADERS: [&[u8]; 7] = [
    b"",
    b"\t",
    b"\xff\xfe",
    b"\"\"",
    b"\"99999999999999999999\"",
    b"99999999999999999999999999",
    &[b'x'; 2_000],
];

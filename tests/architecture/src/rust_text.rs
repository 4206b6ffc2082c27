//! Rust source as text: which of it is code, which are string literals, which is for tests only.
//!
//! Enough of Rust's lexical rules to tell these apart. Deliberately not a parser: the checkers look for
//! single words, and must not be fooled by a word in a comment or a string.

/// A string literal of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The line it begins in, from 1.
    pub line: usize,
    /// Its content as written, escapes included.
    pub text: String,
}

/// A source file, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RustText {
    /// The source with comments and the content of literals blanked; every line stays where it was.
    pub code: String,
    /// The string literals, in order.
    pub literals: Vec<Literal>,
}

impl RustText {
    /// Takes `source` apart.
    pub fn of(source: &str) -> Self {
        let mut reader = Reader {
            rest: source,
            line: 1,
            previous: ' ',
            text: Self::default(),
        };
        while !reader.rest.is_empty() {
            reader.step();
        }
        reader.text
    }

    /// The words of the code, each with its line: identifiers, keywords and numbers, and `::`, `!` and every
    /// other sign as a word of its own.
    pub fn words(&self) -> Vec<(usize, &str)> {
        let mut words = Vec::new();
        for (index, line) in self.code.lines().enumerate() {
            let mut rest = line;
            while let Some(first) = rest.chars().next() {
                let length = if is_word(first) {
                    rest.find(|character| !is_word(character)).unwrap_or(rest.len())
                } else if rest.starts_with("::") {
                    2
                } else {
                    first.len_utf8()
                };
                let (word, after) = rest.split_at(length);
                if !first.is_whitespace() {
                    words.push((index + 1, word));
                }
                rest = after;
            }
        }
        words
    }

    /// The lines in an inline `#[cfg(test)]` module, from 1.
    pub fn test_lines(&self) -> Vec<std::ops::RangeInclusive<usize>> {
        const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
        let words = self.words();
        let mut ranges = Vec::new();
        for (start, window) in words.windows(MARK.len()).enumerate() {
            if !window.iter().map(|(_, word)| *word).eq(MARK) {
                continue;
            }
            let after = words.get(start + MARK.len()..).unwrap_or_default();
            // `mod tests;` and other single items end before any brace opens.
            let item = after.iter().position(|(_, word)| matches!(*word, "{" | ";"));
            let Some(open) =
                item.filter(|position| after.get(*position).is_some_and(|(_, word)| *word == "{"))
            else {
                continue;
            };
            let mut depth = 0_usize;
            for (line, word) in after.get(open..).unwrap_or_default() {
                match *word {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    ranges.push(window.first().map_or(1, |(line, _)| *line)..=*line);
                    break;
                }
            }
        }
        ranges
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    previous: char,
    text: RustText,
}

impl Reader<'_> {
    fn step(&mut self) {
        if self.rest.starts_with("//") {
            let length = self.rest.find('\n').unwrap_or(self.rest.len());
            self.blank(length);
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment_length(self.rest));
        } else if let Some((opening, content, length)) = self.string_literal() {
            let text = self
                .rest
                .get(opening..opening + content)
                .unwrap_or_default()
                .to_owned();
            self.text.literals.push(Literal {
                line: self.line,
                text,
            });
            self.blank(length);
            self.previous = '"';
        } else if let Some(length) = character_literal_length(self.rest) {
            self.blank(length);
            self.previous = '\'';
        } else if let Some(character) = self.rest.chars().next() {
            self.text.code.push(character);
            self.line += usize::from(character == '\n');
            self.previous = character;
            self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        }
    }

    fn string_literal(&self) -> Option<(usize, usize, usize)> {
        // Behind a word's last letter, `r` or `b` is the word's own and no prefix.
        let may_begin = !is_word(self.previous) || self.rest.starts_with('"');
        may_begin.then(|| string_literal(self.rest)).flatten()
    }

    fn blank(&mut self, length: usize) {
        let (gone, rest) = self.rest.split_at(length);
        for character in gone.chars() {
            self.text.code.push(if character == '\n' { '\n' } else { ' ' });
            self.line += usize::from(character == '\n');
        }
        self.rest = rest;
    }
}

fn block_comment_length(source: &str) -> usize {
    let mut depth = 0_usize;
    let mut position = 0;
    while let Some(rest) = source.get(position..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            position += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            position += 2;
            if depth == 0 {
                return position;
            }
        } else {
            position += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    source.len()
}

/// Where the content of the literal that `source` begins with starts, how long it is, and how long the whole is.
fn string_literal(source: &str) -> Option<(usize, usize, usize)> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        let after = source.strip_prefix(prefix).unwrap_or_default();
        let after = if prefix.ends_with('r') {
            after.trim_start_matches('#')
        } else {
            after
        };
        after.starts_with('"')
    })?;
    let after = source.get(prefix.len()..)?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let opening = prefix.len() + hashes + 1;
    let body = source.get(opening..)?;
    if prefix.ends_with('r') {
        let closing = format!("\"{}", "#".repeat(hashes));
        let content = body.find(&closing).unwrap_or(body.len());
        return Some((
            opening,
            content,
            (opening + content + closing.len()).min(source.len()),
        ));
    }
    let mut escaped = false;
    for (position, character) in body.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((opening, position, opening + position + 1)),
            _ => {}
        }
    }
    Some((opening, body.len(), source.len()))
}

/// The length of the character literal that `source` begins with; `None` for a lifetime.
fn character_literal_length(source: &str) -> Option<usize> {
    let body = source.strip_prefix('\'')?;
    if let Some(escaped) = body.strip_prefix('\\') {
        let after_escaped = escaped.chars().next()?.len_utf8();
        let closing = escaped.get(after_escaped..)?.find('\'')?;
        return Some(2 + after_escaped + closing + 1);
    }
    let length = body.chars().next()?.len_utf8();
    body.get(length..)?.starts_with('\'').then_some(1 + length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(source: &str) -> Vec<String> {
        let text = RustText::of(source);
        text.words()
            .into_iter()
            .map(|(_, word)| word.to_owned())
            .collect()
    }

    fn literals_of(source: &str) -> Vec<String> {
        RustText::of(source)
            .literals
            .into_iter()
            .map(|literal| literal.text)
            .collect()
    }

    #[test]
    fn comments_are_not_code() {
        assert_eq!(words_of("a // b\nc /* d /* e */ f */ g"), ["a", "c", "g"]);
    }

    #[test]
    fn string_literals_are_not_code_but_are_kept() {
        let source = r###"x("a \" b", r#"c " d"#, b"e", 'f', '"', '\'', "g")"###;
        assert_eq!(words_of(source).concat(), "x(,,,,,,)");
        assert_eq!(literals_of(source), ["a \\\" b", "c \" d", "e", "g"]);
    }

    #[test]
    fn a_lifetime_is_not_a_character_and_a_name_that_ends_in_r_begins_no_raw_string() {
        assert_eq!(words_of("&'a str, bar").concat(), "&'astr,bar");
        assert_eq!(literals_of("for\"a\" 'x: loop"), ["a"]);
    }

    #[test]
    fn lines_stay_where_they_were() {
        let text = RustText::of("/*\n\n*/ \"a\nb\"\nlast");
        assert_eq!(text.words(), [(5, "last")]);
        assert_eq!(text.literals[0].line, 3);
    }

    #[test]
    fn an_inline_test_module_is_found_and_a_declared_one_is_not_taken_for_the_rest_of_the_file() {
        let source =
            "#[cfg(test)]\nmod elsewhere;\nfn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}";
        assert_eq!(RustText::of(source).test_lines(), [4..=7]);
    }
}

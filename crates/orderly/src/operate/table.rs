//! Tables for a terminal: aligned columns, and no control characters in a cell.

/// On which side of its column a cell is aligned.
#[derive(Clone, Copy)]
pub(super) enum Align {
    Left,
    Right,
}

/// Rows below their headings. Without any heading, rows alone.
pub(super) fn table<const COLUMNS: usize>(
    headings: [(&str, Align); COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut lines = Vec::new();
    if headings.iter().any(|(heading, _)| !heading.is_empty()) {
        lines.push(headings.map(|(heading, _)| heading.to_owned()));
    }
    lines.extend(rows.into_iter().map(|row| row.map(|cell| one_line(&cell))));
    let mut widths = [0; COLUMNS];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in lines {
        let cells = line.into_iter().zip(widths).zip(headings);
        let cells: Vec<String> = cells
            .map(|((cell, width), (_, align))| match align {
                Align::Left => format!("{cell:width$}"),
                Align::Right => format!("{cell:>width$}"),
            })
            .collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// The text with a space for each control character: it may come from an event, and so from any caller.
pub(super) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_line() {
        let rows = [["ordering.users", "7", ""], ["ü", "1000", "late"]].map(|row| row.map(str::to_owned));
        let headings = [("NAME", Align::Left), ("DEAD", Align::Right), ("", Align::Left)];
        let expected = "\
NAME            DEAD
ordering.users     7
ü               1000  late
";
        assert_eq!(table(headings, rows), expected);
        let without_headings = [("", Align::Right)];
        let rows = ["1", "10"].map(|cell| [cell.to_owned()]);
        assert_eq!(table(without_headings, rows), " 1\n10\n");
    }

    #[test]
    fn nothing_in_a_cell_moves_the_cursor() {
        let row = ["a\nb\r\u{1b}[2Jc\u{9b}".to_owned()];
        assert_eq!(table([("", Align::Left)], [row]), "a b  [2Jc\n");
    }
}

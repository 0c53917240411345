package io.sluice.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table in Markdown with padded columns; the first column is text, the others are numbers. */
public final class TextTable {

  private final List<List<String>> rows = new ArrayList<>();

  /** Makes a table with these headings. */
  public TextTable(String... headings) {
    rows.add(List.of(headings));
  }

  /** Adds a row with as many cells as there are headings. */
  public void row(String... cells) {
    rows.add(List.of(cells));
  }

  @Override
  public String toString() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int index = 0; index < rows.size(); index++) {
      List<String> cells = new ArrayList<>();
      List<String> rule = new ArrayList<>();
      for (int column = 0; column < columns; column++) {
        String cell = rows.get(index).get(column);
        String padding = " ".repeat(widths[column] - cell.length());
        cells.add(column == 0 ? cell + padding : padding + cell);
        rule.add("-".repeat(widths[column] + (column == 0 ? 2 : 1)) + (column == 0 ? "" : ":"));
      }
      text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
      if (index == 0) {
        text.append(rule.stream().collect(Collectors.joining("|", "|", "|\n")));
      }
    }
    return text.toString();
  }
}

package io.sluice.gateway.cli;

import io.sluice.gateway.arrow.CellText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * An aligned table. Rows are held back a page at a time to learn the widths; when a later page
 * needs wider columns, the header is printed again above it. On a terminal values are cut so that a
 * line fits; elsewhere they stay whole.
 */
final class TableSink implements RowSink {

  private static final int PAGE_ROWS = 1_000;
  private static final int PAGE_CHARACTERS = 4 << 20;

  /** Elsewhere than on a terminal, a value wider than this does not widen the other rows. */
  private static final int WIDEST_PADDING = 200;

  private static final int NARROWEST_CUT = 8;

  private final Writer output;
  private final int terminalWidth;
  private final List<String[]> page = new ArrayList<>();
  private int pageCharacters;
  private String[] names = {};
  private boolean[] numeric = {};
  private int[] widths = {};
  private boolean headerDone;

  TableSink(OutputStream output, int terminalWidth) {
    this.output = new BufferedWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8));
    this.terminalWidth = terminalWidth;
  }

  @Override
  public void start(VectorSchemaRoot root) {
    List<FieldVector> vectors = root.getFieldVectors();
    names = vectors.stream().map(vector -> printable(vector.getName())).toArray(String[]::new);
    numeric = new boolean[names.length];
    widths = new int[names.length];
    for (int column = 0; column < names.length; column++) {
      ArrowType type = vectors.get(column).getField().getType();
      numeric[column] =
          type instanceof ArrowType.Int
              || type instanceof ArrowType.FloatingPoint
              || type instanceof ArrowType.Decimal;
    }
  }

  @Override
  public void batch(VectorSchemaRoot root) throws IOException {
    List<FieldVector> vectors = root.getFieldVectors();
    for (int row = 0; row < root.getRowCount(); row++) {
      String[] cells = new String[vectors.size()];
      for (int column = 0; column < cells.length; column++) {
        String text = CellText.of(vectors.get(column), row);
        cells[column] = text == null ? "NULL" : printable(text);
        pageCharacters += cells[column].length();
      }
      page.add(cells);
      if (page.size() == PAGE_ROWS || pageCharacters > PAGE_CHARACTERS) {
        printPage();
      }
    }
  }

  @Override
  public void end() throws IOException {
    if (names.length > 0 && (!page.isEmpty() || !headerDone)) {
      printPage();
    }
    output.flush();
  }

  private void printPage() throws IOException {
    int[] needed = widthsOf(page);
    if (!headerDone || !Arrays.equals(needed, widths)) {
      widths = needed;
      headerDone = true;
      printLine(names, numeric);
      for (int column = 0; column < widths.length; column++) {
        output.write(column == 0 ? "-" : "+-");
        output.write("-".repeat(widths[column] + 1));
      }
      output.write('\n');
    }
    for (String[] cells : page) {
      printLine(cells, numeric);
    }
    page.clear();
    pageCharacters = 0;
    output.flush();
  }

  /** Returns the widths that hold the names, this page and every page before. */
  private int[] widthsOf(List<String[]> rows) {
    int[] needed = widths.clone();
    for (int column = 0; column < names.length; column++) {
      needed[column] = Math.max(needed[column], DisplayWidth.of(names[column]));
      for (String[] cells : rows) {
        int width = DisplayWidth.of(cells[column]);
        if (width > needed[column] && (terminalWidth > 0 || width <= WIDEST_PADDING)) {
          needed[column] = width;
        }
      }
    }
    if (terminalWidth > 0) {
      fit(needed);
    }
    return needed;
  }

  /** Narrows the widest columns until a line fits the terminal, but none to less than is useful. */
  private void fit(int[] needed) {
    int room = terminalWidth - 3 * needed.length + 1;
    int total = Arrays.stream(needed).sum();
    while (total > room) {
      int widest = 0;
      for (int column = 1; column < needed.length; column++) {
        if (needed[column] > needed[widest]) {
          widest = column;
        }
      }
      if (needed[widest] <= NARROWEST_CUT) {
        return;
      }
      int excess =
          Math.max(1, Math.min(total - room, needed[widest] - secondWidest(needed, widest)));
      excess = Math.min(excess, needed[widest] - NARROWEST_CUT);
      needed[widest] -= excess;
      total -= excess;
    }
  }

  private static int secondWidest(int[] widths, int widest) {
    int second = 0;
    for (int column = 0; column < widths.length; column++) {
      if (column != widest) {
        second = Math.max(second, widths[column]);
      }
    }
    return second;
  }

  private void printLine(String[] cells, boolean[] right) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.length; column++) {
      String cell =
          terminalWidth > 0 ? DisplayWidth.cut(cells[column], widths[column]) : cells[column];
      String padding = " ".repeat(Math.max(0, widths[column] - DisplayWidth.of(cell)));
      line.append(column == 0 ? " " : " | ");
      line.append(right[column] ? padding + cell : cell + padding);
    }
    output.write(line.toString().stripTrailing());
    output.write('\n');
  }

  /** Shows control characters as escapes: they would break the lines, or steer the terminal. */
  private static String printable(String text) {
    StringBuilder shown = null;
    for (int index = 0; index < text.length(); index++) {
      char c = text.charAt(index);
      if (Character.isISOControl(c)) {
        shown = shown == null ? new StringBuilder(text.substring(0, index)) : shown;
        shown.append(
            switch (c) {
              case '\n' -> "\\n";
              case '\r' -> "\\r";
              case '\t' -> "\\t";
              default -> "\\u%04x".formatted((int) c);
            });
      } else if (shown != null) {
        shown.append(c);
      }
    }
    return shown == null ? text : shown.toString();
  }
}

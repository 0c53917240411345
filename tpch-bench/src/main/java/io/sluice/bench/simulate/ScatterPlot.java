package io.sluice.bench.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Panels of named points, each with its own scales from zero, as SVG. */
public final class ScatterPlot {

  private static final int WIDTH = 470;
  private static final int HEIGHT = 330;
  private static final int COLUMNS = 2;
  private static final int LEFT = 55;
  private static final int TOP = 34;
  private static final int RIGHT = 110;
  private static final int BOTTOM = 42;
  private static final int LABEL_HEIGHT = 12;

  private final String across;
  private final String up;
  private final List<Panel> panels = new ArrayList<>();

  /** An empty plot whose axes are called so. */
  public ScatterPlot(String across, String up) {
    this.across = across;
    this.up = up;
  }

  /**
   * A point.
   *
   * @param marked whether it is on the front
   */
  public record Point(String name, double x, double y, boolean marked) {}

  private record Panel(String title, List<Point> points) {}

  /** Adds a panel. */
  public void panel(String title, List<Point> points) {
    panels.add(new Panel(title, List.copyOf(points)));
  }

  /** Returns the picture. */
  public String svg() {
    int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n"
            .formatted(WIDTH * COLUMNS, HEIGHT * rows));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    for (int index = 0; index < panels.size(); index++) {
      svg.append(
          "<g transform=\"translate(%d %d)\">\n"
              .formatted(index % COLUMNS * WIDTH, index / COLUMNS * HEIGHT));
      draw(panels.get(index), svg);
      svg.append("</g>\n");
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(Panel panel, StringBuilder svg) {
    double mostX = 1.05 * panel.points().stream().mapToDouble(Point::x).max().orElse(1);
    double mostY = 1.1 * panel.points().stream().mapToDouble(Point::y).max().orElse(1);
    double width = WIDTH - LEFT - RIGHT;
    double height = HEIGHT - TOP - BOTTOM;
    text(svg, LEFT, 20, "start", "bold", panel.title());
    svg.append(
        "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#888\"/>\n"
            .formatted(LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT));
    for (int tick = 0; tick <= 4; tick++) {
      double share = tick / 4.0;
      text(svg, LEFT + share * width, HEIGHT - BOTTOM + 15, "middle", "", number(share * mostX));
      text(svg, LEFT - 6, HEIGHT - BOTTOM - share * height + 4, "end", "", number(share * mostY));
    }
    text(svg, LEFT + width / 2, HEIGHT - 8, "middle", "", across);
    svg.append(
        "<text transform=\"translate(13 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>\n"
            .formatted(TOP + height / 2, escape(up)));
    List<double[]> labels = new ArrayList<>();
    for (Point point : panel.points()) {
      double x = LEFT + (mostX > 0 ? point.x() / mostX : 0) * width;
      double y = HEIGHT - BOTTOM - (mostY > 0 ? point.y() / mostY : 0) * height;
      svg.append(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n"
              .formatted(x, y, point.marked() ? "#0a6" : "#aaa"));
      text(svg, x + 7, freeHeight(labels, x, y + 4), "start", "", point.name());
    }
  }

  /** Moves a label up until it covers none before it. */
  private static double freeHeight(List<double[]> labels, double x, double wanted) {
    double y = wanted;
    boolean free = false;
    while (!free) {
      free = true;
      for (double[] label : labels) {
        if (Math.abs(label[0] - x) < RIGHT && Math.abs(label[1] - y) < LABEL_HEIGHT) {
          y = label[1] - LABEL_HEIGHT;
          free = false;
        }
      }
    }
    labels.add(new double[] {x, y});
    return y;
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String weight, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>%n",
            x,
            y,
            anchor,
            weight.isEmpty() ? "" : " font-weight=\"" + weight + "\"",
            escape(text)));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}

package io.sluice.bench.command;

import io.sluice.bench.client.JdbcConnection;
import io.sluice.bench.client.QueryClient;
import io.sluice.bench.client.Running;
import io.sluice.bench.measure.TextTable;
import io.sluice.bench.query.RowsCheck;
import io.sluice.bench.query.TpchQueries;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice bench queries}: the 22 queries on two connections, and whether the rows agree. */
@Command(name = "queries", description = "Runs the 22 queries on two connections and compares.")
public final class QueriesCommand implements Callable<Integer> {

  private static final String TARGETS =
      "sluice (over JDBC), flight (Sluice over Flight SQL), spark, or a JDBC address";

  private final PrintStream output;

  @Mixin private Demo demo = new Demo();

  @Option(names = "--left", paramLabel = "TARGET", description = TARGETS + "; sluice by default.")
  private String left = "sluice";

  @Option(names = "--right", paramLabel = "TARGET", description = TARGETS + "; spark by default.")
  private String right = "spark";

  @Option(
      names = "--query",
      paramLabel = "N",
      split = ",",
      description = "Only these queries; all 22 by default.")
  private List<Integer> queries = IntStream.rangeClosed(1, TpchQueries.COUNT).boxed().toList();

  public QueriesCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    TextTable table = new TextTable("query", "rows", left + " ms", right + " ms", "result");
    int wrong = 0;
    try (QueryClient first = connect(left);
        QueryClient second = connect(right)) {
      for (int query : queries) {
        String sql = TpchQueries.text(query);
        Answer one = ask(first, sql);
        Answer other = ask(second, sql);
        String verdict = verdict(query, one, other);
        wrong += verdict.equals("same") ? 0 : 1;
        System.err.printf("Q%d %s%n", query, verdict);
        table.row(
            "Q" + query,
            Integer.toString(one.rows().size()),
            String.format(Locale.ROOT, "%.0f", one.millis()),
            String.format(Locale.ROOT, "%.0f", other.millis()),
            verdict);
      }
    }
    output.print(table);
    output.printf("%d of %d the same%n", queries.size() - wrong, queries.size());
    return wrong == 0 ? 0 : 1;
  }

  private QueryClient connect(String target) throws Exception {
    if (target.startsWith("jdbc:")) {
      return new JdbcConnection(target);
    }
    Running running = demo.running();
    return switch (target) {
      case "sluice" -> running.jdbc(demo.user());
      case "flight" -> running.flight(demo.user());
      case "spark" -> demo.spark(running);
      default -> throw new IllegalArgumentException(target + " is not one of " + TARGETS + ".");
    };
  }

  private static String verdict(int query, Answer one, Answer other) {
    if (!one.error().isEmpty() || !other.error().isEmpty()) {
      return "failed: " + (one.error().isEmpty() ? other.error() : one.error());
    }
    return RowsCheck.compare(query, one.rows(), other.rows()).orElse("same");
  }

  private static Answer ask(QueryClient client, String sql) {
    long start = System.nanoTime();
    List<List<String>> rows = List.of();
    String error = "";
    try {
      rows = client.rows(sql);
    } catch (Exception e) {
      error = String.valueOf(e.getMessage()).lines().findFirst().orElse("no text");
    }
    return new Answer(rows, error, (System.nanoTime() - start) / 1e6);
  }

  private record Answer(List<List<String>> rows, String error, double millis) {}
}

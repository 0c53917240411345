package io.sluice.gateway.endtoend;

import io.sluice.model.SluiceException;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkConnectBackend;
import io.sluice.spark.SparkEndpoint;
import io.sluice.spark.SparkSession;
import io.sluice.testkit.ResultProbe;
import io.sluice.testkit.SparkFixture;
import io.sluice.testkit.SparkResult;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** One session of the gateway's Spark server, asked without the gateway. */
public final class DirectSpark implements AutoCloseable {

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final SparkBackend backend;
  private final SparkSession session = SparkFixture.session("direct");

  private DirectSpark(SparkEndpoint endpoint) {
    backend = SparkConnectBackend.connect(endpoint, executor, scheduler);
  }

  public static DirectSpark open(SparkEndpoint endpoint) {
    return new DirectSpark(endpoint);
  }

  public SparkResult run(String sql) {
    return SparkResult.of(
        ResultProbe.of(
                backend.execute(new ExecuteRequest(session, UUID.randomUUID(), sql, List.of())))
            .rest());
  }

  /** Runs a statement that may fail. */
  public Answer answer(String sql) {
    ResultProbe probe =
        ResultProbe.of(
            backend.execute(new ExecuteRequest(session, UUID.randomUUID(), sql, List.of())));
    try {
      return Answer.of(SparkResult.of(probe.rest()));
    } catch (AssertionError failed) {
      if (failed.getCause() instanceof SluiceException error) {
        return Answer.error(error.errorClass(), String.valueOf(error.getMessage()));
      }
      throw failed;
    }
  }

  /** Returns the rows, cells as {@link Rows} prints them. */
  public List<List<String>> rows(String sql) {
    SparkResult result = run(sql);
    List<List<String>> rows = new ArrayList<>();
    for (List<?> row : result.rows()) {
      List<String> cells = new ArrayList<>();
      for (int column = 0; column < row.size(); column++) {
        boolean date = result.schema().getFields().get(column).getType() instanceof ArrowType.Date;
        Object cell = row.get(column);
        cells.add(
            date && cell != null
                ? LocalDate.ofEpochDay((Integer) cell).toString()
                : Rows.text(cell));
      }
      rows.add(cells);
    }
    return rows;
  }

  @Override
  public void close() {
    backend.releaseSession(session).join();
    backend.close();
    executor.shutdown();
    scheduler.shutdownNow();
  }
}

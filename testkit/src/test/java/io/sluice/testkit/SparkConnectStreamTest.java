package io.sluice.testkit;

import static io.sluice.testkit.SparkBackendContract.ENDLESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.SparkConnectBackend;
import io.sluice.spark.SparkEndpoint;
import io.sluice.spark.SparkSession;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long results and long statements on real Spark. */
@Timeout(300)
class SparkConnectStreamTest {

  private static final int ROWS = 1_500_000;
  private static final String LONG_RESULT =
      "select id, repeat(cast(id as string), 20) as text from range(0, " + ROWS + ", 1, 4)";

  private final SparkFixture spark = SparkFixture.shared();
  private final SparkSession session = SparkFixture.session("tester");

  private ExecuteRequest request(String sql) {
    return new ExecuteRequest(session, UUID.randomUUID(), sql, List.of());
  }

  private static long used() {
    System.gc();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return direct + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void aLongResultHoldsNoMoreThanItsReaderAskedFor() {
    ResultProbe probe = ResultProbe.of(spark.backend().execute(request(LONG_RESULT)));
    probe.request(1).next();
    long rows = 0;
    long bytes = 0;
    long before = used();
    long most = before;
    int batches = 0;
    while (rows < ROWS) {
      BatchMessage batch = (BatchMessage) probe.request(1).next();
      assertThat(probe.untaken()).isZero();
      rows += batch.rows();
      bytes += batch.body().size();
      if (++batches % 25 == 0) {
        most = Math.max(most, used());
      }
    }
    assertThat(rows).isEqualTo(ROWS);
    assertThat(probe.rest()).isEmpty();
    assertThat(bytes).isGreaterThan(150L << 20);
    assertThat(most - before).isLessThan(32L << 20);
  }

  @Test
  void aBrokenConnectionIsTakenUpAgainWhereItBroke() throws IOException {
    ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    try (CuttableProxy proxy = new CuttableProxy(spark.endpoint().port());
        SparkConnectBackend backend =
            SparkConnectBackend.connect(
                new SparkEndpoint("127.0.0.1", proxy.port(), spark.endpoint().token()),
                executor,
                executor)) {
      ResultProbe probe = ResultProbe.of(backend.execute(request(LONG_RESULT)));
      probe.request(1).next();
      long rows = 0;
      for (int batch = 0; rows < ROWS; batch++) {
        if (batch == 20 || batch == 60) {
          proxy.cut();
        }
        rows += ((BatchMessage) probe.request(1).next()).rows();
      }
      assertThat(rows).isEqualTo(ROWS);
      assertThat(probe.rest()).isEmpty();
      assertThat(proxy.connections()).isGreaterThanOrEqualTo(3);
    } finally {
      executor.shutdownNow();
    }
  }

  /** Within a frame's header, a batch and what follows it: none is lost, doubled or damaged. */
  @Test
  void aResultThatIsCutAnywhereArrivesByteForByte() throws IOException {
    String sql = "select id, repeat(cast(id as string), 20) as text from range(0, 400000, 1, 8)";
    List<ResultMessage> whole = ResultProbe.of(spark.backend().execute(request(sql))).rest();
    assertThat(whole).hasSizeGreaterThan(30);
    ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    try (CuttableProxy proxy = new CuttableProxy(spark.endpoint().port());
        SparkConnectBackend backend =
            SparkConnectBackend.connect(
                new SparkEndpoint("127.0.0.1", proxy.port(), spark.endpoint().token()),
                executor,
                executor)) {
      Random places = new Random(20261122);
      ResultProbe probe = ResultProbe.of(backend.execute(request(sql)));
      List<ResultMessage> cut = new ArrayList<>();
      while (cut.size() < whole.size()) {
        if (cut.size() % 4 == 1) {
          proxy.cutAfter(cut.size() == 1 ? 5 : places.nextInt(1_500_000));
        }
        cut.add(probe.request(1).next());
      }
      assertThat(probe.rest()).isEmpty();
      // Not AssertJ's own comparison, which would print a hundred megabytes.
      assertThat(cut.equals(whole)).isTrue();
      assertThat(proxy.connections()).isGreaterThanOrEqualTo(4);
    } finally {
      executor.shutdownNow();
    }
  }

  /** From before Spark has the request until after its first tasks run. */
  @ParameterizedTest
  @ValueSource(longs = {0, 40, 80, 120, 160, 200, 400, 800})
  void cancellingFreesSparkAtAnyTime(long millis) {
    ResultProbe probe = ResultProbe.of(spark.backend().execute(request(ENDLESS)));
    probe.request(1);
    CompletableFuture.runAsync(
            probe::cancel, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS))
        .join();
    // With all task slots taken for good, this one would never end.
    assertThat(spark.run("select count(*) from range(0, 1000, 1, 8)").column())
        .isEqualTo(List.<Object>of(1000L));
  }

  @Test
  void aSessionThatEndsRightAfterACancelLeavesNothingRunning() {
    SparkSession brief = SparkFixture.session("tester");
    ResultProbe probe =
        ResultProbe.of(
            spark
                .backend()
                .execute(new ExecuteRequest(brief, UUID.randomUUID(), ENDLESS, List.of())));
    probe.request(1);
    probe.cancel();
    spark.backend().releaseSession(brief).join();
    assertThat(spark.run("select count(*) from range(0, 1000, 1, 8)").column())
        .isEqualTo(List.<Object>of(1000L));
  }

  @Test
  void statementsOfAMegabyteAreServed() {
    for (int size : new int[] {64 << 10, 1 << 20}) {
      String text = "x".repeat(size);
      assertThat(spark.run("select length('" + text + "'), '" + text + "' = 'y'").rows())
          .isEqualTo(List.of(List.<Object>of(size, false)));
    }
  }

  @Test
  void sessionsSeeNothingOfEachOther() {
    SparkSession other = new SparkSession(session.id(), "somebody else");
    spark.run(session, "create temporary view mine as select 42 as answer");
    spark.run(session, "set spark.sql.shuffle.partitions = 3");
    assertThat(spark.run(session, "select answer from mine").column())
        .isEqualTo(List.<Object>of(42));
    assertThat(spark.run(other, "show views").rows()).isEmpty();
    assertThat(spark.backend().configuration(other, List.of("spark.sql.shuffle.partitions")).join())
        .isNotEqualTo(Map.of("spark.sql.shuffle.partitions", "3"));
  }

  @Test
  void commandsRunOnceAndAnswerLikeQueries() {
    String schema = "lake.s_" + UUID.randomUUID().toString().replace('-', '_');
    assertThat(spark.run("create namespace " + schema).schema().getFields()).isEmpty();
    spark.run("create table " + schema + ".t (id bigint) using iceberg");
    assertThat(spark.run("insert into " + schema + ".t values (1), (2)").rows()).isEmpty();
    assertThat(spark.run("select count(*) from " + schema + ".t").column())
        .isEqualTo(List.<Object>of(2L));
    assertThat(spark.run("show tables in " + schema).rows()).hasSize(1);
    spark.run("drop table " + schema + ".t");
    spark.run("drop namespace " + schema);
  }
}

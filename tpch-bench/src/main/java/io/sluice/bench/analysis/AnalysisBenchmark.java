package io.sluice.bench.analysis;

import io.sluice.bench.query.TpchQueries;
import io.sluice.model.Principal;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Namespace;
import io.sluice.planner.Principals;
import io.sluice.planner.StatementAnalyzer;
import io.sluice.planner.metadata.AuthorizedMetadata;
import io.sluice.planner.policy.PolicyEngine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * One analysis of one of the 22 queries, in turn. JMH samples its wall time; the CPU time of its
 * thread is written to the file that {@link #SAMPLES} names, one line for each: query and
 * nanoseconds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AnalysisBenchmark {

  /** The system property with the file for the samples of CPU time. */
  public static final String SAMPLES = "sluice.bench.samples";

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Which policy engine: {@code memory} or {@code ranger}. */
  @Param({"memory", "ranger"})
  public String policies = "";

  /** Whether columns are denied, so that Calcite has to resolve each query. */
  @Param({"false", "true"})
  public boolean deniedColumns;

  private final List<AnalysisRequest> requests = new ArrayList<>();
  private final StringBuilder samples = new StringBuilder();
  private PolicyEngine engine;
  private StatementAnalyzer analyzer;
  private boolean counted;
  private int next;

  /** JMH makes it. */
  @SuppressWarnings("NullAway.Init") // JMH calls open before anything else.
  public AnalysisBenchmark() {}

  /** Opens the policy engine and makes the requests. */
  @Setup
  public void open() throws IOException {
    TpchCatalog catalog = new TpchCatalog();
    engine =
        policies.equals("ranger")
            ? RangerPolicies.open(Files.createTempDirectory("policies"), catalog.all())
            : new PoliciesInMemory(catalog.all());
    analyzer =
        new StatementAnalyzer(
            catalog,
            engine,
            new AuthorizedMetadata(catalog, engine, InstantSource.system()),
            new Nobody(),
            InstantSource.system());
    for (int query = 1; query <= TpchQueries.COUNT; query++) {
      String user = deniedColumns ? Restrictions.denied(query) : Restrictions.MASKED;
      requests.add(
          new AnalysisRequest(
              TpchQueries.text(query),
              new Principal(user, Set.of()),
              "127.0.0.1",
              new Namespace(TpchCatalog.CATALOG, TpchCatalog.SCHEMA),
              Map.of()));
    }
  }

  /** Counts what is measured, not the warm-up. */
  @Setup(Level.Iteration)
  public void begin(IterationParams iteration) {
    counted = iteration.getType() == IterationType.MEASUREMENT;
  }

  /** Analyses the next query. */
  @Benchmark
  public Analysis analyze() {
    int query = next;
    next = (next + 1) % requests.size();
    long start = THREADS.getCurrentThreadCpuTime();
    Analysis analysis = analyzer.analyze(requests.get(query));
    long cpu = THREADS.getCurrentThreadCpuTime() - start;
    if (counted) {
      samples.append(query + 1).append(' ').append(cpu).append('\n');
    }
    return analysis;
  }

  /** Writes the samples. */
  @TearDown
  public void close() throws IOException {
    engine.close();
    String file = System.getProperty(SAMPLES);
    if (file != null) {
      Files.writeString(Path.of(file), samples);
    }
  }

  private static final class Nobody implements Principals {
    @Override
    public boolean isAdministrator(Principal principal) {
      return false;
    }

    @Override
    public Optional<Principal> find(String user) {
      return Optional.empty();
    }
  }
}

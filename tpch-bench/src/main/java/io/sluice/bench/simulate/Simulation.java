package io.sluice.bench.simulate;

/** One trace, scaled in one way. */
public final class Simulation {

  /** How often the manager asks the autoscaler. */
  static final long TICK_MILLIS = 5000;

  private static final long SEED = 42;

  /** Long enough for the last statement to end and an idle cluster to stop. */
  private static final long AFTERWARDS_MILLIS = 2 * 3_600_000;

  private Simulation() {}

  /** Runs a trace to its end and two hours more. */
  public static Outcome run(Trace trace, Contender contender) {
    VirtualTime time = new VirtualTime();
    Outcome outcome = new Outcome();
    SimulatedCluster cluster = new SimulatedCluster(time, contender.settings(), SEED, outcome);
    for (Trace.TracedStatement statement : trace.statements()) {
      time.at(
          statement.arrivalMillis(),
          () -> cluster.submit(statement.user(), statement.durationMillis(), () -> {}));
    }
    long end = trace.lastMillis() + AFTERWARDS_MILLIS;
    tickUntil(time, cluster, end);
    time.runUntil(end);
    cluster.close();
    return outcome;
  }

  private static void tickUntil(VirtualTime time, SimulatedCluster cluster, long end) {
    cluster.tick();
    if (time.millis() + TICK_MILLIS <= end) {
      time.at(time.millis() + TICK_MILLIS, () -> tickUntil(time, cluster, end));
    }
  }
}

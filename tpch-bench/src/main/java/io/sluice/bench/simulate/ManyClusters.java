package io.sluice.bench.simulate;

import io.sluice.bench.measure.Samples;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How long the manager's decisions take when it has very many clusters: all of them are ticked
 * every five virtual seconds, while sessions send one statement after the other with pauses
 * between.
 */
public final class ManyClusters {

  private static final int WARM_UP_TICKS = 200;

  private ManyClusters() {}

  /**
   * Measures the processor's time that ticks take, so that what else runs does not count.
   *
   * @param sessions over all clusters
   * @param ticks how many are measured, after as many as warm the virtual machine up
   * @return nanoseconds for one tick of all clusters
   */
  public static Samples run(int clusters, int sessions, int ticks) {
    VirtualTime time = new VirtualTime();
    ScalingSettings settings = ScalingSettings.of(0, 4, ScalingPolicy.standard());
    List<SimulatedCluster> all = new ArrayList<>();
    for (int number = 0; number < clusters; number++) {
      all.add(new SimulatedCluster(time, settings, number, new Outcome()));
    }
    Random random = new Random(1);
    for (int number = 0; number < sessions; number++) {
      new Client(time, all.get(number % clusters), "user" + number, random).pause();
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Samples samples = new Samples();
    for (int tick = 0; tick < WARM_UP_TICKS + ticks; tick++) {
      time.runUntil(time.millis() + Simulation.TICK_MILLIS);
      long begun = threads.getCurrentThreadCpuTime();
      all.forEach(SimulatedCluster::tick);
      long took = threads.getCurrentThreadCpuTime() - begun;
      if (tick >= WARM_UP_TICKS) {
        samples.add(took);
      }
    }
    return samples;
  }

  /** A session: a statement of some seconds, a pause of half a minute, and so on. */
  private record Client(VirtualTime time, SimulatedCluster cluster, String user, Random random) {

    void pause() {
      time.at(time.millis() + (long) (random.nextDouble() * 60_000), this::send);
    }

    void send() {
      cluster.submit(user, (long) (random.nextDouble() * 20_000), this::pause);
    }
  }
}

package io.sluice.bench.simulate;

import io.sluice.bench.simulate.Trace.TracedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;

/** Two days of made-up statements each, the same in every run. */
public final class SyntheticTraces {

  private static final long HOUR = TimeUnit.HOURS.toMillis(1);
  private static final long DAY = 24 * HOUR;
  private static final int DAYS = 2;
  private static final int USERS = 40;

  private SyntheticTraces() {}

  /** Returns all of them. */
  public static List<Trace> all() {
    return List.of(diurnal(), cronBursts(), sparse(), heavyTail());
  }

  /** An office's dashboards: from nine to six, with a dip at noon, and next to nothing at night. */
  static Trace diurnal() {
    Random random = new Random(20_260_101);
    List<TracedStatement> statements = new ArrayList<>();
    arrivals(
        random,
        3.5,
        hour -> {
          double office = bump(hour, 10.5, 1.7) + 0.9 * bump(hour, 15, 2);
          return 0.003 + 3.2 * office;
        },
        at -> statements.add(statement(random, at, logNormal(random, 3, 1.1))));
    return new Trace("diurnal", statements);
  }

  /** Sixty reports on the hour, ten at each quarter, and a few statements all day. */
  static Trace cronBursts() {
    Random random = new Random(20_260_102);
    List<TracedStatement> statements = new ArrayList<>();
    for (long at = 0; at < DAYS * DAY; at += HOUR / 4) {
      int count = at % HOUR == 0 ? 60 : 10;
      for (int number = 0; number < count; number++) {
        long late = (long) (random.nextDouble() * 5000);
        statements.add(statement(random, at + late, logNormal(random, 25, 0.6)));
      }
    }
    arrivals(
        random,
        0.02,
        hour -> 0.02,
        at -> statements.add(statement(random, at, logNormal(random, 3, 1))));
    return new Trace("cron bursts", statements);
  }

  /** One analyst at a time: a visit of some statements, and hours until the next. */
  static Trace sparse() {
    Random random = new Random(20_260_103);
    List<TracedStatement> statements = new ArrayList<>();
    double at = 0;
    while (at < DAYS * DAY) {
      at += exponential(random) * 2.5 * HOUR;
      int count = 1 + random.nextInt(12);
      for (int number = 0; number < count && at < DAYS * DAY; number++) {
        statements.add(statement(random, (long) at, logNormal(random, 4, 1)));
        at += exponential(random) * 70_000;
      }
    }
    return new Trace("sparse", statements);
  }

  /** A steady stream of which few statements take most of the time: Pareto, capped at an hour. */
  static Trace heavyTail() {
    Random random = new Random(20_260_104);
    List<TracedStatement> statements = new ArrayList<>();
    arrivals(
        random,
        0.6,
        hour -> 0.6,
        at -> {
          double seconds = 1.5 / Math.pow(1 - random.nextDouble(), 1 / 1.15);
          statements.add(statement(random, at, Math.min(3600, seconds)));
        });
    return new Trace("heavy tail", statements);
  }

  /** Draws arrivals of a rate per second that changes with the hour of the day, by thinning. */
  private static void arrivals(
      Random random, double most, DoubleUnaryOperator rate, Arrival arrival) {
    double at = 0;
    while (true) {
      at += exponential(random) / most * 1000;
      if (at >= DAYS * DAY) {
        return;
      }
      double hour = at % DAY / HOUR;
      if (random.nextDouble() * most < rate.applyAsDouble(hour)) {
        arrival.at((long) at);
      }
    }
  }

  private static TracedStatement statement(Random random, long at, double seconds) {
    // A few users send most.
    int user = (int) (USERS * Math.pow(random.nextDouble(), 3));
    return new TracedStatement(at, Math.max(20, (long) (seconds * 1000)), "user" + user);
  }

  private static double bump(double hour, double middle, double width) {
    double distance = (hour - middle) / width;
    return Math.exp(-distance * distance / 2);
  }

  private static double exponential(Random random) {
    return -Math.log(1 - random.nextDouble());
  }

  private static double logNormal(Random random, double median, double sigma) {
    return median * Math.exp(sigma * random.nextGaussian());
  }

  private interface Arrival {
    void at(long millis);
  }
}

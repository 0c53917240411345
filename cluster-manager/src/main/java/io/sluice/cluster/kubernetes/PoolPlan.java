package io.sluice.cluster.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a pool needs now to have as many drivers as it should.
 *
 * @param starts how many are to be started
 * @param ends names of those that are to be ended
 */
record PoolPlan(int starts, Set<String> ends) {

  /**
   * One that nobody has claimed.
   *
   * @param current whether it is what the pool's drivers are to be now
   * @param failed whether it has ended, or did not listen in time
   * @param made when it was asked for
   */
  record Driver(String name, boolean current, boolean listening, boolean failed, Instant made) {}

  /**
   * Plans. One that is too old or of an older kind stays until another listens in its place, so
   * that a kind that does not start costs nothing that does. While it starts none is too old.
   *
   * @param wanted how many there should be
   * @param asked how many were asked for that are not shown yet
   */
  static PoolPlan of(int wanted, Duration maxAge, List<Driver> drivers, int asked, Instant now) {
    Instant oldest = now.minus(maxAge);
    List<Driver> fresh = new ArrayList<>();
    List<Driver> stale = new ArrayList<>();
    Set<String> ends = new HashSet<>();
    for (Driver driver : drivers) {
      if (driver.failed()) {
        ends.add(driver.name());
      } else if (driver.current() && (!driver.listening() || driver.made().isAfter(oldest))) {
        fresh.add(driver);
      } else if (driver.listening()) {
        stale.add(driver);
      } else {
        ends.add(driver.name());
      }
    }
    fresh.sort(
        Comparator.comparing((Driver driver) -> !driver.listening())
            .thenComparing(Driver::made)
            .thenComparing(Driver::name));
    stale.sort(
        Comparator.comparing((Driver driver) -> !driver.current())
            .thenComparing(Driver::made, Comparator.reverseOrder())
            .thenComparing(Driver::name));
    int listening = (int) fresh.stream().filter(Driver::listening).count();
    fresh.stream().skip(wanted).forEach(driver -> ends.add(driver.name()));
    stale.stream().skip(Math.max(0, wanted - listening)).forEach(driver -> ends.add(driver.name()));
    return new PoolPlan(Math.max(0, wanted - fresh.size() - asked), ends);
  }
}

package io.sluice.router;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;

/**
 * A part of the week.
 *
 * @param from the first moment of the day that belongs to it
 * @param to the first that does not; before {@code from} for a window past midnight, which belongs
 *     to the day that it begins on, and equal to it for the whole day
 * @param days the days it begins on
 * @param zone where the clock hangs
 */
public record TimeWindow(LocalTime from, LocalTime to, Set<DayOfWeek> days, ZoneId zone) {

  public TimeWindow {
    days = Set.copyOf(days);
  }

  /** Returns whether a moment lies in it. */
  public boolean holds(Instant moment) {
    ZonedDateTime local = moment.atZone(zone);
    LocalTime time = local.toLocalTime();
    DayOfWeek today = local.getDayOfWeek();
    if (from.isBefore(to)) {
      return days.contains(today) && !time.isBefore(from) && time.isBefore(to);
    }
    return !time.isBefore(from)
        ? days.contains(today)
        : time.isBefore(to) && days.contains(today.minus(1));
  }
}

package io.sluice.bench.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** CPU time from Linux's {@code /proc}. */
public final class CpuTime {

  /** {@code USER_HZ}, which is 100 wherever Linux runs Java. */
  private static final double TICKS_PER_SECOND = 100;

  /** Fields 14 and 15 of proc(5)'s stat, counted after the name, which may hold anything. */
  private static final int USER_TICKS = 11;

  private CpuTime() {}

  /**
   * Returns the user and system seconds that processes have used, with all their threads; NaN when
   * one cannot be read.
   */
  public static double seconds(List<Long> pids) {
    double sum = 0;
    for (long pid : pids) {
      try {
        Path file = Path.of("/proc", Long.toString(pid), "stat");
        sum += parse(Files.readString(file, StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        return Double.NaN;
      }
    }
    return sum;
  }

  /** Returns the seconds in a line of {@code stat}. */
  static double parse(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1]);
    return ticks / TICKS_PER_SECOND;
  }
}

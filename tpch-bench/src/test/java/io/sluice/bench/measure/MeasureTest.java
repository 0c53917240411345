package io.sluice.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasureTest {

  @Test
  void residentMemoryIsReadFromItsLine() {
    String status = "Name:\tjava\nVmHWM:\t  900 kB\nVmRSS:\t  512 kB\nRssAnon:\t 1 kB\n";
    assertThat(ProcessMemory.parse(status)).isEqualTo(512 << 10);
    assertThat(ProcessMemory.resident(List.of(ProcessHandle.current().pid())).getAsLong())
        .isGreaterThan(10 << 20);
    assertThat(ProcessMemory.resident(List.of(-1L))).isEmpty();
  }

  @Test
  void quantilesAreByNearestRank() {
    Samples samples = new Samples();
    assertThat(samples.millis(0.5)).isNaN();
    for (int value = 5000; value >= 1; value--) {
      samples.add(value * 1_000_000L);
    }
    assertThat(samples.size()).isEqualTo(5000);
    assertThat(samples.millis(0.5)).isEqualTo(2500);
    assertThat(samples.millis(0.99)).isEqualTo(4950);
    assertThat(samples.millis(1)).isEqualTo(5000);
    Samples all = new Samples();
    all.add(7_000_000);
    all.addAll(samples);
    assertThat(all.size()).isEqualTo(5001);
  }

  @Test
  void readsTheTicksBehindAnyProcessName() {
    String stat = "42 (a ) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 30 0 100";
    assertThat(CpuTime.parse(stat)).isEqualTo(2.0);
  }

  @Test
  void aProcessThatIsGoneHasNoCpuTime() {
    assertThat(CpuTime.seconds(List.of(Long.MAX_VALUE))).isNaN();
  }

  @Test
  void tablesAreAlignedMarkdown() {
    TextTable table = new TextTable("client", "ms");
    table.row("a", "1.5");
    table.row("longer", "10.5");
    assertThat(table)
        .hasToString(
            """
            | client |   ms |
            |--------|-----:|
            | a      |  1.5 |
            | longer | 10.5 |
            """);
  }
}

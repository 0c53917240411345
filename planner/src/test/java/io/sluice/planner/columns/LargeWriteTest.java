package io.sluice.planner.columns;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Many INSERTs after one FROM cost what they say, and not what the FROM says as often. */
class LargeWriteTest {

  private static final int ITEMS = 1_000;
  private static final int INSERTS = 200;

  @Test
  void relationsAreTranslatedOnceForAllInserts() {
    String from = "from (select id" + ", id".repeat(ITEMS) + " from emp) e";
    long one = bytes(from + insert());
    long many = bytes(from + insert().repeat(INSERTS));
    assertThat(many).isLessThan(one * INSERTS / 10);
  }

  private static String insert() {
    return " insert into t select 1, 1, 1, ''";
  }

  private static long bytes(String sql) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ColumnUseFixture write = ColumnUseFixture.sql(sql).denying("emp.ssn");
    write.usesNone();
    long before = threads.getCurrentThreadAllocatedBytes();
    write.usesNone();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}

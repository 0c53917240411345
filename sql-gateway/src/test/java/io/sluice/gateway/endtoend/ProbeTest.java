package io.sluice.gateway.endtoend;

import org.junit.jupiter.api.Test;

class ProbeTest {
  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @Test
  void probe() {
    try (ExtraTables tables =
        ExtraTables.in(GATEWAY, "probe")
            .table("t", "select cast(1 as int) as id, 'LEAK-1' as code union all select 2, 'LEAK-2'")
            .table("u", "select cast(1 as int) as id, 'LEAK-1' as code union all select 2, 'LEAK-2'")) {
      DirectSpark spark = tables.spark();
      for (String t : new String[] {"t", "u"}) {
        spark.run("alter table lake.probe." + t + " create branch side");
        spark.run("alter table lake.probe." + t + " rename column code to ssn");
        spark.run("alter table lake.probe." + t + " add columns (code string)");
      }
      spark.run("insert into lake.probe.t values (3, 'LEAK-3', 'c')");
      for (String from : new String[] {"t", "t version as of 'side'", "t version as of 'main'", "u", "u version as of 'side'", "u version as of 'main'"}) {
        for (String where : new String[] {"true", "code is null", "code is null or code < 'A'", "code is null or code < 'Z'", "ssn <> 'x'"}) {
          System.out.println("PROBE " + from + " | " + where + " | " + text(spark, "select count(*) from lake.probe." + from + " where " + where));
        }
      }
      System.out.println("PROBE " + spark.answer("select count(*) from lake.probe.t version as of 'side' where ssn <> 'x'").message());
    }
  }

  private static String text(DirectSpark spark, String sql) {
    Answer answer = spark.answer(sql);
    return answer.failed() ? answer.error() + " " + answer.message().split("\n")[0] : answer.rows().toString();
  }
}

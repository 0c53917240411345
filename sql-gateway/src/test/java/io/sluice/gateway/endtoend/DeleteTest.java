package io.sluice.gateway.endtoend;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeleteTest {
  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @Test
  void probe() {
    try (ExtraTables tables =
        ExtraTables.in(GATEWAY, "deletes")
            .table("t", "select id, id % 2 as half, concat('n', id) as name from range(10)")) {
      DirectSpark spark = tables.spark();
      for (String mode : List.of("copy-on-write", "merge-on-read")) {
        spark.run(
            "alter table lake.deletes.t set tblproperties ('write.delete.mode'='" + mode + "')");
        System.out.println(
            "PROBE "
                + mode
                + " "
                + spark.answer(
                    "delete from lake.deletes.t as r where (r._file, r._pos) in (select _file, _pos from"
                        + " (select * from (select r.id, r.half, r.name, r._file, r._pos from lake.deletes.t as r where (r.half = 0)) tablesample (100 percent) repeatable (0)) as t where id in ("
                        + (mode.startsWith("c") ? "2, 3" : "4, 5")
                        + "))"));
        System.out.println("PROBE " + spark.rows("select * from lake.deletes.t order by id"));
      }
      System.out.println(
          "PROBE "
              + spark.answer(
                  "delete from lake.deletes.t as r where (r._file, r._pos) in (select _file, _pos from (select * from (select r.id, r.half, r.name, r._file, r._pos from lake.deletes.t as r where (r.half = 0)) tablesample (100 percent) repeatable (0)) as t where 1/(id - 3) < 5)"));
      System.out.println("PROBE " + spark.rows("select * from lake.deletes.t order by id"));
    }
  }
}

package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Commands.isRefused;
import static io.sluice.gateway.endtoend.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL scripts on the real Spark, and what an attacker would hide in one. */
class ScriptsTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = Policy.users("analyst");

  private static List<List<String>> notes(Connection connection) throws SQLException {
    return Rows.query(connection, "select note from lake.scripted.notes order by note");
  }

  @BeforeAll
  static void makeTable() throws SQLException {
    run(GATEWAY.shared("admin"), "create schema lake.scripted");
    run(GATEWAY.shared("admin"), "create table lake.scripted.notes (note string)");
  }

  @AfterAll
  static void dropTable() throws SQLException {
    run(GATEWAY.shared("admin"), "drop table lake.scripted.notes");
    run(GATEWAY.shared("admin"), "drop schema lake.scripted");
  }

  @Test
  void controlFlowRunsAsSparkRunsIt() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin")) {
      run(admin, "truncate table lake.scripted.notes");
      run(admin, "declare greeting = 'hello'");
      run(
          admin,
          """
          begin
            declare i int default 0;
            declare exit handler for sqlexception
              insert into lake.scripted.notes values ('handled');
            l: while true do
              set i = i + 1;
              if i = 2 then iterate l; elseif i > 3 then leave l; end if;
              insert into lake.scripted.notes select 'while ' || i;
            end while;
            repeat set i = i - 1; until i < 2 end repeat;
            case i when 1 then insert into lake.scripted.notes values ('case ' || i);
              else insert into lake.scripted.notes values ('wrong'); end case;
            for r as select n_name, n_nationkey k from nation where n_nationkey < 2 do
              insert into lake.scripted.notes select r.n_name || k || greeting;
            end for;
            m: loop leave m; end loop;
            begin
              declare n_name = 'local';
              insert into lake.scripted.notes select n_name from nation where n_nationkey = 2;
              insert into lake.scripted.notes select n_name;
            end;
            select 1 / (i - 1);
            insert into lake.scripted.notes values ('not reached');
          end
          """);
      assertThat(notes(admin))
          .containsExactly(
              List.of("ALGERIA0hello"),
              List.of("ARGENTINA1hello"),
              List.of("BRAZIL"),
              List.of("case 1"),
              List.of("handled"),
              List.of("local"),
              List.of("while 1"),
              List.of("while 3"));
      isRefused(admin, "begin select 1 / 0; end", "[DIVIDE_BY_ZERO]");
      isRefused(admin, "begin select i; end", "[UNRESOLVED_COLUMN");
      isRefused(admin, "begin set greeting = 'x'; end", "[UNRESOLVED_VARIABLE]");
      assertThat(Rows.query(admin, "select greeting")).containsExactly(List.of("hello"));
      run(admin, "begin select * from nation; end");
    }
  }

  @Test
  void aScriptWritesMaskedAndFilteredValues() throws SQLException {
    try (Connection analyst = GATEWAY.connect("analyst");
        ChangedPolicies policies = ChangedPolicies.in(GATEWAY)) {
      run(GATEWAY.shared("admin"), "truncate table lake.scripted.notes");
      policies.apply(
          Policy.allow("tpch.*.*", ANALYST),
          Policy.access(
              "scripted.*.*",
              "\"policyItems\":[{%s,\"accesses\":[{\"type\":\"select\"},{\"type\":\"update\"}]}]"
                  .formatted(ANALYST)),
          Policy.filter("tpch.orders", ANALYST, "o_orderkey = 1"),
          Policy.mask("tpch.customer.c_phone", ANALYST, "MASK_NULL"));
      run(
          analyst,
          """
          begin
            declare n bigint;
            for r as select o_orderkey, c_phone from orders join customer on c_custkey = o_custkey do
              insert into lake.scripted.notes select o_orderkey || coalesce(c_phone, ' masked');
            end for;
            set n = (select count(*) from orders);
            insert into lake.scripted.notes select 'n=' || n;
          end
          """);
      assertThat(notes(analyst)).containsExactly(List.of("1 masked"), List.of("n=1"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "begin declare exit handler for sqlexception select c_address from customer; select 1/0; end",
        "begin if false then select c_address from customer; end if; end",
        "begin if (select max(c_address) from customer) > 'a' then select 1; end if; end",
        "begin for r as select c_address from customer do select 1; end for; end",
        "begin declare a string default (select max(c_address) from customer); select a; end",
        "begin declare a string; set a = (select max(c_address) from customer); select a; end",
        "begin declare c_address string default 'mine'; select c_address from customer; end",
        "begin for r as select 'mine' c_address do select c_address from customer; end for; end",
        "begin l: loop leave l; select * from customer; end loop; end",
      })
  void nothingForbiddenIsReached(String script) throws SQLException {
    isRefused(
        GATEWAY.shared("analyst"),
        script,
        "does not have [select] privilege on [tpch/customer/c_address]");
    isRefused(
        GATEWAY.shared("intern"), script, "does not have [select] privilege on [tpch/customer]");
  }

  @Test
  void nothingOfAScriptStaysBehind() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin")) {
      run(admin, "begin declare left_over int default 1; select left_over; end");
      Throwable refusal = catchThrowable(() -> Rows.query(admin, "select left_over"));
      assertThat(refusal).hasMessageContaining("[UNRESOLVED_COLUMN");
    }
  }

  @Test
  void anErrorStandsAtItsPlaceInTheUsersText() {
    Throwable refusal =
        catchThrowable(
            () ->
                run(
                    GATEWAY.shared("admin"),
                    "begin\n  -- a comment\n  select n_name from nation where nope = 1;\nend"));
    assertThat(refusal).hasMessageContaining("line 3");
  }
}

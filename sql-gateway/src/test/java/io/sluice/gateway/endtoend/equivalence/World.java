package io.sluice.gateway.endtoend.equivalence;

import static io.sluice.gateway.endtoend.equivalence.TestTable.quoted;

import io.sluice.gateway.endtoend.DirectSpark;
import io.sluice.gateway.endtoend.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random tables, and for each user random policies on them. Three kinds of schemas hold them: the
 * tables themselves; for each user a schema of protected copies, with the rows and masked values
 * that the user may see and no others; and two schemas of equal tables to write to, one that is
 * written to through the gateway and one without it.
 */
final class World {

  static final List<String> USERS = List.of("analyst", "intern");

  /** Targets of writes, which policy leaves whole. */
  static final Map<String, ColumnType> TARGET_COLUMNS = new LinkedHashMap<>();

  static final List<String> TARGETS = List.of("w0", "w1");

  private static final int TABLES = 6;

  static {
    TARGET_COLUMNS.put("k", ColumnType.INT);
    TARGET_COLUMNS.put("v", ColumnType.TEXT);
    TARGET_COLUMNS.put("q", ColumnType.DECIMAL);
    TARGET_COLUMNS.put("l", ColumnType.ARRAY);
  }

  private final String schema;
  private final List<TestTable> tables = new ArrayList<>();
  private final Map<String, Map<String, TablePolicy>> policies = new LinkedHashMap<>();

  private World(String schema) {
    this.schema = schema;
  }

  /** Returns the world of a seed, which exists once {@link #create} has run. */
  static World of(long seed, long number) {
    SplittableRandom chance = new SplittableRandom(seed * 31 + number);
    World world = new World("eq" + number);
    for (int table = 0; table < TABLES; table++) {
      world.tables.add(TestTable.any("t" + table, chance));
    }
    for (String user : USERS) {
      Map<String, TablePolicy> ofUser = new LinkedHashMap<>();
      int whole = chance.nextInt(TABLES);
      int closed = chance.nextInt(TABLES);
      for (int table = 0; table < TABLES; table++) {
        TestTable of = world.tables.get(table);
        TablePolicy any = TablePolicy.any(of, chance);
        ofUser.put(
            of.name(),
            table == whole
                ? TablePolicy.NOTHING_HIDDEN
                : table == closed ? TablePolicy.ALL_HIDDEN : any);
      }
      world.policies.put(user, ofUser);
    }
    return world;
  }

  List<TestTable> tables() {
    return tables;
  }

  TablePolicy policy(String user, TestTable table) {
    return policies.get(user).get(table.name());
  }

  /** Returns the schema of the tables as they are. */
  String schema() {
    return schema;
  }

  /** Returns the schema of a user's protected copies. */
  String copies(String user) {
    return schema + "_" + user;
  }

  /** Returns the schema that is written to, through the gateway or without it. */
  String written(boolean throughGateway) {
    return schema + (throughGateway ? "_written" : "_expected");
  }

  void create(DirectSpark spark) {
    schemas().forEach(name -> spark.run("create schema lake." + name));
    for (TestTable table : tables) {
      make(spark, schema, table.name(), table.content());
      for (String user : USERS) {
        TablePolicy policy = policy(user, table);
        if (!policy.closed()) {
          make(spark, copies(user), table.name(), policy.byHand(table, schema));
        }
      }
    }
    List<String> columns = new ArrayList<>();
    TARGET_COLUMNS.forEach((name, type) -> columns.add(quoted(name) + " " + type.sql()));
    for (boolean throughGateway : new boolean[] {true, false}) {
      for (String target : TARGETS) {
        spark.run(
            "create table lake.%s.%s (%s) using iceberg"
                .formatted(written(throughGateway), target, String.join(", ", columns)));
      }
    }
  }

  void drop(DirectSpark spark) {
    for (String name : schemas()) {
      spark
          .rows("show tables in lake." + name)
          .forEach(row -> spark.run("drop table lake." + name + "." + row.get(1)));
      spark.run("drop schema lake." + name);
    }
  }

  /** Returns the policies in Ranger's form. */
  String[] policies() {
    List<String> all = new ArrayList<>();
    policies.forEach(
        (user, ofUser) ->
            tables.forEach(
                table -> all.addAll(ofUser.get(table.name()).policies(table, schema, user))));
    String accesses =
        "\"policyItems\":[{%s,\"accesses\":[{\"type\":\"all\"}]}]"
            .formatted(Policy.users(USERS.toArray(String[]::new)));
    all.add(Policy.access(written(true) + ".*.*", accesses));
    return all.toArray(String[]::new);
  }

  private List<String> schemas() {
    List<String> schemas = new ArrayList<>(List.of(schema, written(true), written(false)));
    USERS.forEach(user -> schemas.add(copies(user)));
    return schemas;
  }

  private static void make(DirectSpark spark, String schema, String table, String query) {
    spark.run("create table lake.%s.%s using iceberg as %s".formatted(schema, table, query));
  }
}

package io.sluice.gateway.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A user of the statements API. */
record RestDoorClient(RestClient client) implements DoorClient {

  private static final String SCHEMAS = "/api/2.0/sql/catalogs/lake/schemas";

  @Override
  public List<List<String>> rows(String sql) throws Exception {
    return client.rows(sql);
  }

  @Override
  public List<String> columns(String sql) throws Exception {
    return client
        .execute(sql)
        .path("manifest")
        .path("schema")
        .path("columns")
        .findValuesAsText("name");
  }

  @Override
  public Refusal refusal(String sql) throws Exception {
    JsonNode answer = client.execute(sql);
    if (!RestClient.state(answer).equals("FAILED")) {
      throw new AssertionError(sql + " gave " + answer);
    }
    return Refusal.of(RestClient.message(answer), answer.path("status").path("sql_state").asText());
  }

  @Override
  public List<String> schemas() throws Exception {
    return client.get(SCHEMAS).path("schemas").findValuesAsText("name");
  }

  @Override
  public List<String> tables(String schema) throws Exception {
    String path = SCHEMAS + "/" + schema + "/tables";
    return found(path) ? client.get(path).path("tables").findValuesAsText("name") : List.of();
  }

  @Override
  public List<String> columns(String schema, String table) throws Exception {
    String path = SCHEMAS + "/" + schema + "/tables/" + table;
    return found(path) ? client.get(path).path("columns").findValuesAsText("name") : List.of();
  }

  /** What one may not see is as if it were not there. */
  private boolean found(String path) throws Exception {
    return client.send("GET", path, "", true).statusCode() != 404;
  }

  @Override
  public void close() {}
}

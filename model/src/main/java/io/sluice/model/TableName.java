package io.sluice.model;

/** A fully qualified table or view: three parts, each exactly as the catalog spells it. */
public record TableName(String catalog, String schema, String table) {

  /** Returns {@code schema/table}, the form that denial texts use. */
  public String policyPath() {
    return schema + "/" + table;
  }

  @Override
  public String toString() {
    return catalog + "." + schema + "." + table;
  }
}

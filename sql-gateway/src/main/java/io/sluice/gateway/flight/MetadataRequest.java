package io.sluice.gateway.flight;

import io.sluice.gateway.statement.AnswerRows;
import io.sluice.model.Principal;
import io.sluice.spark.ResultMessage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A metadata command of Flight SQL. In its filters an empty Optional means any, an empty catalog or
 * schema means none, and patterns use {@code %}, {@code _} and a backslash.
 */
sealed interface MetadataRequest {

  /** Returns the columns that FlightSql.proto prescribes. */
  Schema schema();

  /** Answers it, by adding its rows; blocks on the catalog. */
  Flow.Publisher<ResultMessage> answer(
      MetadataAnswers answers, Principal principal, AnswerRows rows);

  /** Facts about the server; all of them when {@code codes} is empty. */
  record SqlInfo(Set<Integer> codes) implements MetadataRequest {
    @Override
    public Schema schema() {
      return Schemas.GET_SQL_INFO_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(
        MetadataAnswers answers, Principal principal, AnswerRows rows) {
      return answers.sqlInfo(codes);
    }
  }

  /** The types, all of them or those of one JDBC type code. */
  record TypeInfo(Optional<Integer> dataType) implements MetadataRequest {
    @Override
    public Schema schema() {
      return Schemas.GET_TYPE_INFO_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(
        MetadataAnswers answers, Principal principal, AnswerRows rows) {
      rows.addAll(TypeInfoRows.of(dataType));
      return answers.publisher(schema(), rows);
    }
  }

  /** The catalogs. */
  record Catalogs() implements MetadataRequest {
    @Override
    public Schema schema() {
      return Schemas.GET_CATALOGS_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(
        MetadataAnswers answers, Principal principal, AnswerRows rows) {
      answers.catalogs(principal, rows);
      return answers.publisher(schema(), rows);
    }
  }

  /** The schemas of some catalogs. */
  record DbSchemas(Optional<String> catalog, Optional<String> schemaPattern)
      implements MetadataRequest {
    @Override
    public Schema schema() {
      return Schemas.GET_SCHEMAS_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(
        MetadataAnswers answers, Principal principal, AnswerRows rows) {
      answers.schemas(principal, this, rows);
      return answers.publisher(schema(), rows);
    }
  }

  /** The tables of some schemas, and what columns they have. */
  record Tables(
      Optional<String> catalog,
      Optional<String> schemaPattern,
      Optional<String> tablePattern,
      Set<String> types,
      boolean includeSchema)
      implements MetadataRequest {

    /** Returns whether it asks for things of a type; no filter asks for all. */
    boolean wants(String type) {
      return types.isEmpty() || types.contains(type);
    }

    @Override
    public Schema schema() {
      return includeSchema ? Schemas.GET_TABLES_SCHEMA : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(
        MetadataAnswers answers, Principal principal, AnswerRows rows) {
      answers.tables(principal, this, rows);
      return answers.publisher(schema(), rows);
    }
  }

  /** The kinds of tables. */
  record TableTypes() implements MetadataRequest {
    @Override
    public Schema schema() {
      return Schemas.GET_TABLE_TYPES_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(
        MetadataAnswers answers, Principal principal, AnswerRows rows) {
      rows.add(List.of(MetadataAnswers.TABLE));
      rows.add(List.of(MetadataAnswers.VIEW));
      return answers.publisher(schema(), rows);
    }
  }

  /** Keys of any kind: Iceberg has none. */
  record Keys(Schema schema) implements MetadataRequest {
    @Override
    public Flow.Publisher<ResultMessage> answer(
        MetadataAnswers answers, Principal principal, AnswerRows rows) {
      return answers.publisher(schema, rows);
    }
  }
}

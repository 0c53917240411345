package io.sluice.gateway.flight;

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

  /** Answers it; blocks on the catalog. */
  Flow.Publisher<ResultMessage> answer(MetadataAnswers answers, Principal principal);

  /** Facts about the server; all of them when {@code codes} is empty. */
  record SqlInfo(Set<Integer> codes) implements MetadataRequest {
    @Override
    public Schema schema() {
      return Schemas.GET_SQL_INFO_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(MetadataAnswers answers, Principal principal) {
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
    public Flow.Publisher<ResultMessage> answer(MetadataAnswers answers, Principal principal) {
      return answers.rows(schema(), TypeInfoRows.of(dataType));
    }
  }

  /** The catalogs. */
  record Catalogs() implements MetadataRequest {
    @Override
    public Schema schema() {
      return Schemas.GET_CATALOGS_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(MetadataAnswers answers, Principal principal) {
      return answers.rows(schema(), answers.catalogs(principal));
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
    public Flow.Publisher<ResultMessage> answer(MetadataAnswers answers, Principal principal) {
      return answers.rows(schema(), answers.schemas(principal, this));
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
    public Flow.Publisher<ResultMessage> answer(MetadataAnswers answers, Principal principal) {
      return answers.rows(schema(), answers.tables(principal, this));
    }
  }

  /** The kinds of tables. */
  record TableTypes() implements MetadataRequest {
    @Override
    public Schema schema() {
      return Schemas.GET_TABLE_TYPES_SCHEMA;
    }

    @Override
    public Flow.Publisher<ResultMessage> answer(MetadataAnswers answers, Principal principal) {
      return answers.rows(
          schema(), List.of(List.of(MetadataAnswers.TABLE), List.of(MetadataAnswers.VIEW)));
    }
  }

  /** Keys of any kind: Iceberg has none. */
  record Keys(Schema schema) implements MetadataRequest {
    @Override
    public Flow.Publisher<ResultMessage> answer(MetadataAnswers answers, Principal principal) {
      return answers.rows(schema, List.of());
    }
  }
}

package io.sluice.gateway.avatica;

import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.SparkDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.avatica.AvaticaParameter;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.Meta;

/** What clients are told of a statement: its columns and parameters. */
final class Signatures {

  private Signatures() {}

  static Meta.Signature of(
      List<ColumnMetaData> columns,
      String sql,
      List<AvaticaParameter> parameters,
      boolean returnsRows) {
    return new Meta.Signature(
        columns,
        sql,
        parameters,
        Map.of(),
        Meta.CursorFactory.LIST,
        returnsRows ? Meta.StatementType.SELECT : Meta.StatementType.OTHER_DML);
  }

  static Meta.Signature of(PreparedStatement prepared) {
    return of(
        AvaticaColumns.of(prepared.schema()),
        prepared.sql(),
        parameters(prepared.parameterTypes()),
        prepared.returnsRows());
  }

  private static List<AvaticaParameter> parameters(List<Optional<String>> sparkTypes) {
    List<AvaticaParameter> parameters = new ArrayList<>();
    for (Optional<String> suggested : sparkTypes) {
      String name = suggested.orElse("string");
      SparkType type = SparkType.of(name);
      int scale = SparkDecimal.parse(name).map(SparkDecimal::scale).orElse(0);
      parameters.add(
          new AvaticaParameter(
              true,
              type.size(name),
              scale,
              type.jdbcType(),
              name,
              Object.class.getName(),
              "?" + (parameters.size() + 1)));
    }
    return parameters;
  }
}

package io.sluice.planner.procedure;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.iceberg.IcebergParser;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.rewrite.TableConditions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Writes a CALL for Spark: nothing of the user's text but the values, each checked and printed
 * anew, all by name, the table's in full.
 */
public final class CallPrinter {

  private final SparkParser parser;
  private final IcebergParser iceberg;

  public CallPrinter(SparkParser parser, IcebergParser iceberg) {
    this.parser = parser;
    this.iceberg = iceberg;
  }

  /**
   * Prints a call.
   *
   * @param table what it works on, all of which the principal may read
   * @param principal who calls
   * @throws SluiceException {@code NOT_SUPPORTED} for an argument that is not served
   */
  public String print(ProcedureCall call, TableMetadata table, String principal) {
    TableName name = table.name();
    List<String> arguments = new ArrayList<>();
    for (Parameter parameter : call.procedure().parameters()) {
      ProcedureCall.Argument argument = call.arguments().get(parameter.name());
      if (argument == null) {
        continue;
      }
      TextPosition position = argument.position();
      String value =
          parameter.kind() == ArgumentKind.TABLE
              ? Identifiers.literal(
                  Identifiers.quote(List.of(name.catalog(), name.schema(), name.table())))
              : ArgumentText.print(
                  parameter,
                  argument,
                  call.procedure().options(),
                  at(position, text -> TableConditions.print(parser, text, table, principal)),
                  at(position, iceberg::sortOrder),
                  at(position, text -> column(text, table)));
      arguments.add(parameter.name() + " => " + value);
    }
    String text =
        "CALL "
            + Identifiers.quote(List.of(name.catalog(), "system", call.procedure().name()))
            + "("
            + String.join(", ", arguments)
            + ")";
    if (text.contains("${")) {
      throw ProcedureCall.refused("${…} is not served.", call.tablePosition());
    }
    return text;
  }

  private static String column(String name, TableMetadata table) {
    return table.columnNames().stream()
        .filter(name::equalsIgnoreCase)
        .findFirst()
        .orElseThrow(
            () ->
                new SluiceException(
                    ErrorCode.UNRESOLVED_COLUMN,
                    "The table has no column " + Identifiers.quote(name) + "."));
  }

  /** Gives the errors of a text within the statement a place in the statement. */
  private static UnaryOperator<String> at(TextPosition position, UnaryOperator<String> print) {
    return text -> {
      try {
        return print.apply(text);
      } catch (SluiceException e) {
        throw new SluiceException(e.code(), String.valueOf(e.getMessage()), position);
      }
    };
  }
}

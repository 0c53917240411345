package io.sluice.planner.procedure;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedArgumentExpressionContext;

/**
 * A CALL as it was understood: which procedure, and each argument by its parameter's name. What the
 * arguments mean is not looked into here.
 *
 * @param catalog as written; empty where the session's is meant
 * @param arguments in the order of the parameters, without those that are null
 */
public record ProcedureCall(
    Optional<String> catalog, Procedure procedure, Map<String, Argument> arguments) {

  /** A value and where it stands. */
  record Argument(Literal value, TextPosition position) {}

  public ProcedureCall {
    arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }

  /**
   * Reads a CALL.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for a procedure or argument that is not served
   */
  public static ProcedureCall of(CallContext call) {
    TextPosition position = Identifiers.position(call.identifierReference());
    if (call.identifierReference().multipartIdentifier() == null) {
      throw refused("IDENTIFIER() is not served; write the name itself.", position);
    }
    List<String> name = Identifiers.parts(call.identifierReference().multipartIdentifier());
    int parts = name.size();
    if (parts < 2 || parts > 3 || !name.get(parts - 2).equalsIgnoreCase("system")) {
      throw refused(
          "A procedure is named as system.name or catalog.system.name, in a configured catalog.",
          position);
    }
    return new ProcedureCall(
        parts == 3 ? Optional.of(name.get(0)) : Optional.empty(),
        procedure(name.get(parts - 1), position),
        arguments(call, procedure(name.get(parts - 1), position)));
  }

  private static Procedure procedure(String name, TextPosition position) {
    return ProcedureTable.find(name)
        .orElseThrow(
            () ->
                refused(
                    "CALL of "
                        + Identifiers.quote(name.toLowerCase(Locale.ROOT))
                        + " is not served: "
                        + ProcedureTable.refusal(name)
                            .orElse("SHOW PROCEDURES lists those that are")
                        + ".",
                    position));
  }

  private static Map<String, Argument> arguments(CallContext call, Procedure procedure) {
    Map<String, Argument> given = new LinkedHashMap<>();
    boolean named = false;
    for (int index = 0; index < call.functionArgument().size(); index++) {
      FunctionArgumentContext argument = call.functionArgument(index);
      TextPosition position = Identifiers.position(argument);
      NamedArgumentExpressionContext name = argument.namedArgumentExpression();
      ExpressionContext value = name == null ? argument.expression() : name.value;
      if (name == null && named) {
        throw refused("A named argument stands before one without a name.", position);
      }
      if (name == null && index >= procedure.parameters().size()) {
        throw refused(
            "%s takes %d arguments at most."
                .formatted(procedure.name(), procedure.parameters().size()),
            position);
      }
      named |= name != null;
      Parameter parameter =
          name == null
              ? procedure.parameters().get(index)
              : parameter(procedure, Identifiers.name(name.key), position);
      if (parameter.kind() == ArgumentKind.REFUSED) {
        throw refused(
            "The argument %s is not served: it says where files lie, or which of them count."
                .formatted(parameter.name()),
            position);
      }
      if (given.put(parameter.name(), new Argument(Literal.of(value), position)) != null) {
        throw refused("The argument %s is given twice.".formatted(parameter.name()), position);
      }
    }
    given.values().removeIf(argument -> argument.value() instanceof Literal.Nothing);
    return inOrder(procedure, given, Identifiers.position(call));
  }

  private static Map<String, Argument> inOrder(
      Procedure procedure, Map<String, Argument> given, TextPosition position) {
    Map<String, Argument> ordered = new LinkedHashMap<>();
    for (Parameter parameter : procedure.parameters()) {
      Argument argument = given.get(parameter.name());
      if (argument != null) {
        ordered.put(parameter.name(), argument);
      } else if (parameter.required()) {
        throw refused(
            "%s needs the argument %s.".formatted(procedure.name(), parameter.name()), position);
      }
    }
    return ordered;
  }

  private static Parameter parameter(Procedure procedure, String name, TextPosition position) {
    List<String> names = new ArrayList<>();
    for (Parameter parameter : procedure.parameters()) {
      if (parameter.name().equals(name.toLowerCase(Locale.ROOT))) {
        return parameter;
      }
      if (parameter.kind() != ArgumentKind.REFUSED) {
        names.add(parameter.name());
      }
    }
    throw refused(
        "%s has no argument of this name; it has %s."
            .formatted(procedure.name(), String.join(", ", names)),
        position);
  }

  /** Returns the table's name as it was given. */
  public String table() {
    return ArgumentText.text(argument("table"), "table");
  }

  /** Returns where the table's name stands. */
  public TextPosition tablePosition() {
    return argument("table").position();
  }

  /** Returns whether an argument is given, and true. */
  public boolean isTrue(String name) {
    Argument argument = arguments.get(name);
    return argument != null && argument.value() instanceof Literal.Truth truth && truth.value();
  }

  private Argument argument(String name) {
    Argument argument = arguments.get(name);
    if (argument == null) {
      throw new IllegalStateException("no argument " + name);
    }
    return argument;
  }

  static SluiceException refused(String why, TextPosition position) {
    return new SluiceException(ErrorCode.NOT_SUPPORTED, why, position);
  }
}

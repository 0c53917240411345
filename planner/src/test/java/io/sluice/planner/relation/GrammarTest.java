package io.sluice.planner.relation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.statement.StatementTable;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CatalogIdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierListContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableIdentifierContext;
import org.junit.jupiter.api.Test;

/**
 * Holds the grammar still: a part of it that is new, gone or has other children fails here until
 * someone has decided whether a query may hold it and what the inspector must do there.
 */
class GrammarTest {

  private static final List<Class<?>> NAMES =
      List.of(
          IdentifierReferenceContext.class,
          MultipartIdentifierContext.class,
          MultipartIdentifierListContext.class,
          TableIdentifierContext.class,
          FunctionIdentifierContext.class,
          CatalogIdentifierReferenceContext.class);

  private static List<String> parts() {
    return Arrays.stream(SqlBaseParser.class.getClasses())
        .filter(ParserRuleContext.class::isAssignableFrom)
        .map(GrammarTest::part)
        .sorted()
        .toList();
  }

  private static String part(Class<?> context) {
    String children =
        Arrays.stream(context.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(GrammarTest::isChild)
            .map(Method::getName)
            .distinct()
            .sorted()
            .collect(Collectors.joining(","));
    return context.getSimpleName()
        + " "
        + decision(context)
        + " "
        + Integer.toHexString(children.hashCode());
  }

  /** Returns in what a part may stand: a query, a write or definition, or neither. */
  private static String decision(Class<?> context) {
    if (QueryContexts.isAllowed(context)) {
      return "query";
    }
    return CommandContexts.isAllowed(context) ? "command" : "refused";
  }

  private static boolean isChild(Method method) {
    String type = method.getGenericReturnType().getTypeName();
    return type.contains("Context") || type.contains("TerminalNode");
  }

  @Test
  void everyPartOfTheGrammarIsDecidedOn() throws IOException {
    assertThat(parts()).isEqualTo(decided("grammar.txt"));
  }

  private static List<String> decided(String resource) throws IOException {
    try (var stream = Objects.requireNonNull(GrammarTest.class.getResourceAsStream(resource))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  /**
   * Every place of the grammar where something may be named, and who answers for it: a name under a
   * parent that is not listed fails here, and so does one whose parent is decided on otherwise.
   */
  @Test
  void everyPlaceOfANameIsDecidedOn() throws IOException {
    List<String> places =
        Arrays.stream(SqlBaseParser.class.getClasses())
            .filter(ParserRuleContext.class::isAssignableFrom)
            .flatMap(GrammarTest::places)
            .distinct()
            .sorted()
            .toList();
    assertThat(places).isEqualTo(decided("names.txt"));
  }

  private static Stream<String> places(Class<?> holder) {
    return Arrays.stream(holder.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .flatMap(
            method ->
                NAMES.stream()
                    .filter(
                        name ->
                            method
                                    .getGenericReturnType()
                                    .getTypeName()
                                    .endsWith("$" + name.getSimpleName())
                                || method
                                    .getGenericReturnType()
                                    .getTypeName()
                                    .endsWith("$" + name.getSimpleName() + ">"))
                    .map(name -> holder.getSimpleName() + "." + method.getName()))
        .map(place -> place + " " + answers(holder));
  }

  /** Returns who reads the names below a part: its own table of parts, or that of statements. */
  private static String answers(Class<?> holder) {
    String decision = decision(holder);
    if (!decision.equals("refused")) {
      return decision;
    }
    return StatementTable.kinds().stream()
        .filter(kind -> kind.context() == holder)
        .map(kind -> kind.verdict().name().toLowerCase(Locale.ROOT))
        .findFirst()
        .orElse("refused");
  }

  @Test
  void namesOfRelationsStandOnlyWhereTheInspectorLooks() {
    List<String> holders = new ArrayList<>();
    for (Class<?> context : SqlBaseParser.class.getClasses()) {
      if (!QueryContexts.isAllowed(context)) {
        continue;
      }
      for (Method method : context.getDeclaredMethods()) {
        Class<?> type = method.getReturnType();
        if (type == IdentifierReferenceContext.class
            || type == MultipartIdentifierContext.class
            || type == TableIdentifierContext.class
            || type == FunctionIdentifierContext.class
            || type == CatalogIdentifierReferenceContext.class) {
          holders.add(context.getSimpleName() + "." + method.getName());
        }
      }
    }
    assertThat(holders)
        .containsExactlyInAnyOrder(
            "TableNameContext.identifierReference",
            "TableContext.identifierReference",
            "FunctionTableSubqueryArgumentContext.identifierReference",
            "UnpivotColumnContext.multipartIdentifier",
            "CollateClauseContext.multipartIdentifier");
    assertThat(QueryContexts.isAllowed(IdentifierReferenceContext.class)).isFalse();
    assertThat(QueryContexts.isAllowed(MultipartIdentifierContext.class)).isFalse();
    assertThat(QueryContexts.isAllowed(TableIdentifierContext.class)).isFalse();
  }
}

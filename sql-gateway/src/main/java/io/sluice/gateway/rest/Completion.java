package io.sluice.gateway.rest;

import io.sluice.gateway.rest.CursorPlace.ScopedRelation;
import io.sluice.gateway.rest.VisibleColumns.VisibleColumn;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.metadata.MetadataReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;

/** What may stand at a cursor, of what the principal may read. */
final class Completion {

  static final int MOST = 200;

  /** Whose columns are looked up. */
  private static final int MOST_RELATIONS = 20;

  private static final Set<String> KEYWORDS = keywords();

  private final MetadataReader metadata;
  private final Principal principal;
  private final Namespace namespace;
  private final AnswerRows rows;

  /**
   * @param rows the place that this has; nothing more is looked up once it is closed
   */
  Completion(MetadataReader metadata, Principal principal, Namespace namespace, AnswerRows rows) {
    this.metadata = metadata;
    this.principal = principal;
    this.namespace = namespace;
    this.rows = rows;
  }

  enum Kind {
    COLUMN,
    RELATION,
    SCHEMA,
    CATALOG,
    FUNCTION,
    KEYWORD
  }

  /**
   * A completion.
   *
   * @param text that takes the place of what is begun
   * @param detail a column's type or the relation's whole name; may be empty
   */
  record Candidate(String text, Kind kind, String detail) {}

  /** Returns the completions, the nearest first, at most {@value #MOST}. */
  List<Candidate> at(CursorPlace place) {
    Set<Candidate> found = new LinkedHashSet<>();
    if (!place.qualifiers().isEmpty()) {
      qualified(place, found);
    } else if (place.namesRelation()) {
      relations(place, namespace.catalog(), namespace.schema(), found);
      named(place, metadata.schemas(principal, namespace.catalog()), Kind.SCHEMA, found);
      named(place, metadata.catalogs(principal), Kind.CATALOG, found);
    } else {
      place.relations().stream()
          .distinct()
          .limit(MOST_RELATIONS)
          .forEach(relation -> columns(place, relation, found));
      for (ScopedRelation relation : place.relations()) {
        add(place, relation.alias(), Kind.RELATION, String.join(".", relation.parts()), found);
      }
      // Nothing is begun, so all that there is would be no help.
      if (!place.prefix().isEmpty()) {
        for (String function : new TreeSet<>(FunctionAllowList.ofSpark().names())) {
          if (place.begins(function)) {
            found.add(new Candidate(function, Kind.FUNCTION, ""));
          }
        }
      }
      for (String keyword : KEYWORDS) {
        if (place.begins(keyword)) {
          found.add(new Candidate(keyword, Kind.KEYWORD, ""));
        }
      }
    }
    return List.copyOf(found).subList(0, Math.min(found.size(), MOST));
  }

  /** Behind a dot: columns of a relation, relations of a schema, schemas of a catalog. */
  private void qualified(CursorPlace place, Set<Candidate> found) {
    List<String> before = place.qualifiers();
    if (!place.namesRelation()) {
      place.relations().stream()
          .filter(relation -> isNamed(relation, before))
          .findFirst()
          .ifPresent(relation -> columns(place, relation, found));
    }
    if (before.size() == 1) {
      relations(place, namespace.catalog(), before.get(0), found);
      named(place, metadata.schemas(principal, before.get(0)), Kind.SCHEMA, found);
    } else if (before.size() == 2) {
      relations(place, before.get(0), before.get(1), found);
    }
  }

  private static boolean isNamed(ScopedRelation relation, List<String> names) {
    return names.size() == 1
        ? relation.alias().equalsIgnoreCase(names.get(0))
        : relation.parts().equals(names);
  }

  private void columns(CursorPlace place, ScopedRelation relation, Set<Candidate> found) {
    tableName(relation.parts())
        .flatMap(name -> VisibleColumns.of(metadata, principal, name))
        .ifPresent(
            columns -> {
              for (VisibleColumn column : columns) {
                add(place, column.name(), Kind.COLUMN, column.type(), found);
              }
            });
  }

  private Optional<TableName> tableName(List<String> parts) {
    return switch (parts.size()) {
      case 1 -> Optional.of(new TableName(namespace.catalog(), namespace.schema(), parts.get(0)));
      case 2 -> Optional.of(new TableName(namespace.catalog(), parts.get(0), parts.get(1)));
      case 3 -> Optional.of(new TableName(parts.get(0), parts.get(1), parts.get(2)));
      default -> Optional.empty();
    };
  }

  private void relations(CursorPlace place, String catalog, String schema, Set<Candidate> found) {
    Predicate<String> wanted = rows.whileWanted(place::begins);
    List<TableName> names = new ArrayList<>(metadata.tables(principal, catalog, schema, wanted));
    names.addAll(metadata.views(principal, catalog, schema, wanted));
    names.forEach(name -> add(place, name.table(), Kind.RELATION, name.toString(), found));
  }

  private static void named(
      CursorPlace place, List<String> names, Kind kind, Set<Candidate> found) {
    names.forEach(name -> add(place, name, kind, "", found));
  }

  private static void add(
      CursorPlace place, String name, Kind kind, String detail, Set<Candidate> found) {
    if (found.size() < MOST && place.begins(name)) {
      found.add(new Candidate(SparkTypes.quoteIfNeeded(name), kind, detail));
    }
  }

  private static Set<String> keywords() {
    Set<String> words = new TreeSet<>();
    for (int type = 0; type <= SqlBaseLexer.VOCABULARY.getMaxTokenType(); type++) {
      String literal = SqlBaseLexer.VOCABULARY.getLiteralName(type);
      if (literal != null && literal.matches("'[A-Z][A-Z_]+'")) {
        words.add(literal.substring(1, literal.length() - 1));
      }
    }
    return words;
  }
}

package io.sluice.planner.columns;

import io.sluice.planner.columns.ColumnReference.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.validate.DelegatingScope;
import org.apache.calcite.sql.validate.ListScope;
import org.apache.calcite.sql.validate.SqlValidatorNamespace;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

/**
 * Spark's rules for names (its {@code AttributeSeq.resolve}, in each scope from the inside out)
 * over the scopes that Calcite's validator builds: the longest qualifier that fits wins, then a
 * column of that name with the rest as struct fields; only when a scope has neither does the next
 * one count.
 */
final class NameResolver {

  private static final int LONGEST_QUALIFIER = 3;
  private static final int ALL_ITEMS = Integer.MAX_VALUE;

  /** Names that Spark takes for a function without parentheses when no column has them. */
  private static final Set<String> LITERAL_FUNCTIONS =
      Set.of(
          "all",
          "current_date",
          "current_time",
          "current_timestamp",
          "current_user",
          "grouping__id",
          "localtimestamp",
          "session_user",
          "user");

  private final Occurrences occurrences;
  private final RelDataType anyType;
  private final Predicate<List<String>> variables;
  private final Map<SqlNode, Relation> relations = new IdentityHashMap<>();
  private final Map<ListScope, Level> levels = new IdentityHashMap<>();
  private final Set<String> sharedNames = new HashSet<>();
  private boolean natural;
  private boolean columnsOpen;

  NameResolver(Occurrences occurrences, RelDataType anyType, Predicate<List<String>> variables) {
    this.occurrences = occurrences;
    this.anyType = anyType;
    this.variables = variables;
  }

  /** Makes known the relation that a node in FROM stands for. */
  void register(SqlNode node, Relation relation) {
    relations.put(node, relation);
  }

  /** Makes known that a join shares the columns of a name, so that it is not ambiguous after it. */
  void share(String name) {
    sharedNames.add(ColumnNames.folded(name));
  }

  /** Makes known that Spark may give other columns than those that are found here. */
  void leaveColumnsOpen() {
    columnsOpen = true;
  }

  /** Returns whether the columns that the query gives may be others than those that were found. */
  boolean leavesColumnsOpen() {
    return columnsOpen;
  }

  /** Makes known that a join shares all columns whose names are equal. */
  void shareAll() {
    natural = true;
  }

  /**
   * Finds a column and counts its use.
   *
   * @return the column; empty where it is the select list's own, or that of a relation whose
   *     columns are not known
   */
  Optional<Field> resolve(ColumnReference reference, SqlValidatorScope scope) {
    List<String> parts = reference.parts();
    boolean home = true;
    boolean uncertain = false;
    boolean outerAlias = false;
    for (SqlValidatorScope level = scope; level != null; level = parent(level)) {
      if (!(level instanceof ListScope list) || list.getChildren().isEmpty() && !isSelect(level)) {
        continue;
      }
      SparkSelect select = level.getNode() instanceof SparkSelect node ? node : null;
      Level relationsHere = level(list);
      boolean outputFirst = home && reference.place() == Place.OUTPUT_THEN_RELATION;
      if (outputFirst && select != null && select.gives(parts.get(0))) {
        Match qualified = relationsHere.qualified(parts);
        return qualified.isEmpty() ? Optional.empty() : use(qualified, reference, uncertain);
      }
      Match match = relationsHere.find(parts);
      if (!match.isEmpty()) {
        return use(match, reference, uncertain);
      }
      if (select != null && select.aliases(parts.get(0), home ? reference.item() : ALL_ITEMS)) {
        if (home && reference.place() == Place.RELATION_THEN_OUTPUT) {
          return Optional.empty();
        }
        outerAlias |= !home;
      }
      if (ColumnNames.isMadeUp(parts.get(0))) {
        uncertain |= relationsHere.hasMadeUpName;
        uncertain |= outputFirst && select != null && select.makesUpNames();
      }
      if (reference.place() == Place.BOTH_SIDES && !relationsHere.isOpen) {
        break;
      }
      uncertain |= relationsHere.isOpen;
      home = false;
    }
    if (uncertain
        || outerAlias
        || variables.test(parts)
        || parts.size() == 1 && LITERAL_FUNCTIONS.contains(ColumnNames.folded(parts.get(0)))) {
      return Optional.empty();
    }
    throw Refusals.unresolved(parts, reference.position());
  }

  private Optional<Field> use(Match match, ColumnReference reference, boolean uncertain) {
    Set<Object> distinct = new HashSet<>();
    boolean denied = false;
    for (Field field : match.fields) {
      distinct.add(field.origin() == null ? field : field.origin());
      denied |= field.origin() != null && occurrences.isDenied(field.origin());
    }
    if (denied && uncertain) {
      throw Refusals.uncertain(reference.parts(), reference.position());
    }
    if (denied
        && distinct.size() > 1
        && reference.place() != Place.BOTH_SIDES
        && !natural
        && !sharedNames.contains(ColumnNames.folded(match.column))) {
      throw Refusals.ambiguous(reference.parts(), reference.position());
    }
    for (Field field : match.fields) {
      if (field.origin() != null) {
        occurrences.use(field.origin());
      }
    }
    return match.fields.isEmpty() ? Optional.empty() : Optional.of(match.fields.get(0));
  }

  /** Returns the columns that a star stands for; where it counts, their use is counted. */
  List<Field> expand(StarReference star, SqlValidatorScope scope) {
    List<Field> fields = columns(star, scope);
    fields.removeIf(field -> star.left().contains(ColumnNames.folded(field.getName())));
    if (star.counts()) {
      for (Field field : fields) {
        if (field.origin() != null) {
          occurrences.use(field.origin());
        }
      }
      fields.replaceAll(Field::counted);
    }
    if (!star.renamed().isEmpty() && star.renamed().size() != fields.size()) {
      leaveColumnsOpen();
    }
    for (int i = 0; i < star.renamed().size() && i < fields.size(); i++) {
      fields.set(i, fields.get(i).named(star.renamed().get(i)));
    }
    return fields;
  }

  /**
   * Finds a star's columns in the first scope that has them and all that it excepts of them, as
   * Spark does (its {@code UnresolvedStarExceptOrReplace.expand}): what one scope's columns do not
   * have, or have twice, or what is no struct, makes the star one of an outer scope. Where that is
   * not certain, no outer scope's may have a denied column.
   */
  private List<Field> columns(StarReference star, SqlValidatorScope scope) {
    List<String> qualifier = star.name().parts();
    List<Field> first = null;
    Optional<ColumnReference> missing = Optional.empty();
    boolean open = false;
    for (SqlValidatorScope level = scope; level != null; level = parent(level)) {
      if (!(level instanceof ListScope list) || list.getChildren().isEmpty()) {
        continue;
      }
      List<Field> fields = level(list).under(qualifier);
      boolean isSure = true;
      if (fields.isEmpty() && !qualifier.isEmpty()) {
        Match struct = level(list).find(qualifier);
        open |= level(list).isOpen;
        if (struct.isEmpty()) {
          continue;
        }
        use(struct, star.name(), open);
        fields = List.of(Field.ofUnknownColumns(anyType));
        isSure = false;
      }
      Level columns = new Level(fields);
      Optional<ColumnReference> absent =
          star.excepted().stream().filter(name -> !columns.surelyHas(name.parts())).findFirst();
      if (first != null) {
        refuseHidden(fields, star);
      } else if (isSure && absent.isEmpty()) {
        return without(star.excepted(), columns);
      } else if (absent.isEmpty()
          || star.excepted().stream().anyMatch(name -> columns.mayHave(name.parts()))) {
        first = fields;
      }
      missing = missing.or(() -> absent);
    }
    if (first != null) {
      leaveColumnsOpen();
      return new ArrayList<>(first);
    }
    if (missing.isPresent()) {
      throw Refusals.unresolved(missing.get().parts(), missing.get().position());
    }
    if (!qualifier.isEmpty()) {
      resolve(star.name(), scope);
    }
    return new ArrayList<>(List.of(Field.ofUnknownColumns(anyType)));
  }

  /** Returns a star's columns but for those that it excepts, whose use is counted. */
  private List<Field> without(List<ColumnReference> excepted, Level columns) {
    List<Field> fields = new ArrayList<>(columns.fields);
    for (ColumnReference name : excepted) {
      Match match = columns.find(name.parts());
      use(match, name, false);
      fields.removeIf(field -> match.fields.stream().anyMatch(found -> found == field));
    }
    return fields;
  }

  /** Refuses a star that may be that of an outer scope, too, where a column of it is denied. */
  private void refuseHidden(List<Field> outer, StarReference star) {
    for (Field field : outer) {
      if (field.origin() != null && occurrences.isDenied(field.origin())) {
        ColumnReference name = star.excepted().isEmpty() ? star.name() : star.excepted().get(0);
        throw Refusals.uncertain(name.parts(), name.position());
      }
    }
  }

  private Level level(ListScope scope) {
    Level level = levels.get(scope);
    if (level == null) {
      level = new Level(visibleFields(scope));
      levels.put(scope, level);
    }
    return level;
  }

  private List<Field> visibleFields(ListScope scope) {
    List<Field> fields = new ArrayList<>();
    for (SqlValidatorNamespace child : scope.getChildren()) {
      Relation relation =
          Objects.requireNonNull(relations.get(child.getEnclosingNode()), "relation in FROM");
      if (relation.isVisibleIn(scope.getNode())) {
        for (RelDataTypeField each : child.getRowType().getFieldList()) {
          Field field = (Field) each;
          fields.add(field.qualified(relation.qualifier(field)));
        }
      }
    }
    return fields;
  }

  private static boolean isSelect(SqlValidatorScope scope) {
    return scope.getNode() instanceof SparkSelect;
  }

  private static @Nullable SqlValidatorScope parent(SqlValidatorScope scope) {
    return scope instanceof DelegatingScope delegating ? delegating.getParent() : null;
  }

  /**
   * What a name was found to be; without fields it is a column of a relation with unknown ones.
   *
   * @param whole whether the name ends with the column, and goes not into it
   */
  private record Match(List<Field> fields, boolean unknown, String column, boolean whole) {

    boolean isEmpty() {
      return fields.isEmpty() && !unknown;
    }
  }

  /** The columns of one scope, or some of them. */
  private static final class Level {

    private final List<Field> fields;
    private final Map<String, List<Field>> byName = new HashMap<>();
    private final List<Field> nameless = new ArrayList<>();
    private final boolean isOpen;
    private final boolean hasMadeUpName;

    Level(List<Field> fields) {
      this.fields = fields;
      boolean open = false;
      boolean madeUp = false;
      for (Field field : fields) {
        if (field.getName().isEmpty()) {
          nameless.add(field);
        } else {
          byName
              .computeIfAbsent(ColumnNames.folded(field.getName()), name -> new ArrayList<>())
              .add(field);
        }
        open |= field.isOpen();
        madeUp |= field.isUnnamed();
      }
      this.isOpen = open;
      this.hasMadeUpName = madeUp;
    }

    Match find(List<String> parts) {
      Match qualified = qualified(parts);
      return qualified.isEmpty() ? named(parts, 0) : qualified;
    }

    Match qualified(List<String> parts) {
      for (int length = Math.min(LONGEST_QUALIFIER, parts.size() - 1); length > 0; length--) {
        Match match = named(parts, length);
        if (!match.isEmpty()) {
          return match;
        }
      }
      return new Match(List.of(), false, "", false);
    }

    private Match named(List<String> parts, int qualifierLength) {
      String column = parts.get(qualifierLength);
      boolean whole = parts.size() == qualifierLength + 1;
      List<Field> found = byName.getOrDefault(ColumnNames.folded(column), List.of());
      if (qualifierLength == 0) {
        return new Match(found, false, column, whole);
      }
      found =
          found.stream()
              .filter(field -> Relation.matches(field.qualifier(), parts, qualifierLength))
              .toList();
      boolean unknown =
          nameless.stream()
              .filter(field -> field.isOpen() || ColumnNames.isMadeUp(column))
              .anyMatch(field -> Relation.matches(field.qualifier(), parts, qualifierLength));
      return new Match(found, unknown, column, whole);
    }

    /** Returns whether Spark finds one column by a name; a field's type is not known here. */
    boolean surelyHas(List<String> parts) {
      Match match = find(parts);
      return match.whole && (match.unknown || match.fields.size() == 1);
    }

    boolean mayHave(List<String> parts) {
      return isOpen || !find(parts).isEmpty();
    }

    List<Field> under(List<String> qualifier) {
      if (qualifier.isEmpty()) {
        return fields;
      }
      return fields.stream()
          .filter(field -> Relation.matches(field.qualifier(), qualifier, qualifier.size()))
          .toList();
    }
  }
}

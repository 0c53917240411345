package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.relation.ViewReader;
import io.sluice.planner.view.ViewExpansion;
import io.sluice.planner.view.ViewText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads the views that one statement names, each once. What is wrong inside a view is told with the
 * view's name and at the place where the statement names it: its own text is not the sender's.
 */
final class ViewExpander implements ViewReader {

  private static final int DEEPEST_NESTING = 32;

  /** Of views in one statement, each counted as often as it is read. */
  private static final int MOST_RELATIONS = 1_000;

  /** Characters. */
  private static final int LARGEST_TEXT = 2 * 1024 * 1024;

  /** Its text is judged as a whole by what lies behind it. */
  private static final TableDecision EVERYTHING =
      new TableDecision(true, List.of(), Optional.empty(), Map.of(), "");

  private final ViewQueries queries;
  private final AnalysisRequest reader;
  private final Map<List<String>, ViewExpansion> known = new HashMap<>();
  private final Deque<ViewText> open = new ArrayDeque<>();

  /** How many of the open views the statement makes and does not read. */
  private final int made;

  private @Nullable ViewText failed;

  ViewExpander(ViewQueries queries, AnalysisRequest reader) {
    this.queries = queries;
    this.reader = reader;
    this.made = 0;
  }

  /**
   * @param view what the statement makes
   */
  ViewExpander(ViewQueries queries, AnalysisRequest reader, ViewText view) {
    this.queries = queries;
    this.reader = reader;
    open.push(view);
    this.made = 1;
  }

  @Override
  public ReadRelation read(RelationOccurrence occurrence, ViewText view) {
    ViewExpansion expansion = known.get(key(view));
    if (expansion == null) {
      expansion = expand(occurrence, view);
      known.put(key(view), expansion);
    }
    return new ReadRelation(
        occurrence,
        view.asTable(),
        EVERYTHING,
        Optional.of(expansion),
        Optional.empty(),
        Optional.empty());
  }

  private ViewExpansion expand(RelationOccurrence occurrence, ViewText view) {
    if (open.stream().anyMatch(other -> key(other).equals(key(view)))) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The view " + view.quotedName() + " reads itself; a view may not.",
          occurrence.position());
    }
    if (open.size() >= DEEPEST_NESTING) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_COMPLEX,
          "Views read views more than " + DEEPEST_NESTING + " levels deep.",
          occurrence.position());
    }
    open.push(view);
    try {
      return queries.expand(view, reader, this);
    } catch (SluiceException refusal) {
      if (failed == null) {
        failed = view;
      }
      throw open.size() - made > 1 || refusal.code() == ErrorCode.INTERNAL_ERROR
          ? refusal
          : new SluiceException(
              refusal.code(),
              refusal.getMessage() + " (in view " + failed.quotedName() + ")",
              occurrence.position());
    } finally {
      open.pop();
    }
  }

  /** Refuses what a view cannot be asked for. */
  static void checkUse(ReadRelation relation) {
    if (relation.view().isPresent()
        && relation.occurrence().holder() instanceof TableNameContext table
        && (table.temporalClause() != null || table.optionsClause() != null)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          relation.view().get().view().quotedName()
              + " is a view; time travel and options are for tables.",
          relation.occurrence().position());
    }
  }

  /** What the views in one text come to, which is refused before there is too much of it. */
  static final class Size {

    private long names;
    private long text;

    /** Counts one more that is read. */
    void add(ReadRelation relation) {
      if (relation.view().isEmpty()) {
        return;
      }
      names += relation.view().get().names().size();
      text += relation.view().get().length();
      if (names > MOST_RELATIONS || text > LARGEST_TEXT) {
        throw new SluiceException(
            names > MOST_RELATIONS
                ? ErrorCode.STATEMENT_TOO_COMPLEX
                : ErrorCode.STATEMENT_TOO_LARGE,
            "With the texts of its views the statement reads more than %d relations or is longer than 2 MiB."
                .formatted(MOST_RELATIONS),
            relation.occurrence().position());
      }
    }
  }

  private static List<String> key(ViewText view) {
    return view.isTemporary() ? List.of(view.name().get(0).toLowerCase(Locale.ROOT)) : view.name();
  }
}

package io.sluice.planner.rewrite;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.NameChain;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.ReadRelation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the schema and catalog off {@code schema.table.column} where the table is now a SELECT that
 * has only the table's name; refused where the shorter name could mean something else. A text may
 * hold many such names and many tables, so each is looked up.
 */
final class NameShortener {

  private final QueryFacts facts;
  private final List<ReadRelation> relations;

  /** The places of the first tables of a catalog, schema and name, and of a schema and name. */
  private final Map<List<String>, Integer> byQualifier = new HashMap<>();

  private final Map<Shorter, Boolean> ambiguous = new HashMap<>();

  /** A table by its place, and what the name begins with. */
  private record Shorter(int table, String first) {}

  NameShortener(QueryFacts facts, List<ReadRelation> relations) {
    this.facts = facts;
    this.relations = relations;
    for (int place = 0; place < relations.size(); place++) {
      ReadRelation relation = relations.get(place);
      if (relation.isReplaced() && relation.isUnaliased()) {
        List<String> name = folded(relation.qualifiedName());
        byQualifier.putIfAbsent(name, place);
        byQualifier.putIfAbsent(name.subList(1, name.size()), place);
      }
    }
  }

  void shorten(NameChain chain, TokenEdits edits) {
    if (byQualifier.isEmpty()) {
      return;
    }
    List<String> names = folded(chain.names());
    int found = relations.size();
    int kept = 0;
    for (int length = Math.min(3, names.size() - 1); length >= 2; length--) {
      int place = byQualifier.getOrDefault(names.subList(0, length), relations.size());
      if (place < found) {
        found = place;
        kept = length - 1;
      }
    }
    if (kept == 0) {
      return;
    }
    ReadRelation relation = relations.get(found);
    if (ambiguous.computeIfAbsent(new Shorter(found, chain.names().get(0)), this::isAmbiguous)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Give the table "
              + Identifiers.quote(relation.table().name().table())
              + " an alias and name its columns by it.",
          Identifiers.position(chain.tokens().get(0)));
    }
    edits.removeBefore(chain.tokens().get(0), chain.tokens().get(kept));
  }

  private boolean isAmbiguous(Shorter shorter) {
    ReadRelation relation = relations.get(shorter.table());
    String table = relation.table().name().table();
    return facts.aliasesRelation(table)
        || facts.introduces(shorter.first())
        || relations.stream()
            .anyMatch(
                other ->
                    QueryRewriter.hasColumn(other, shorter.first())
                        || (!other.table().name().equals(relation.table().name())
                            && other.table().name().table().equalsIgnoreCase(table)));
  }

  /** Returns names that are equal where those given are but for case. */
  private static List<String> folded(List<String> names) {
    return names.stream().map(NameShortener::folded).toList();
  }

  private static String folded(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    for (int index = 0; index < name.length(); index++) {
      folded.append(Character.toLowerCase(Character.toUpperCase(name.charAt(index))));
    }
    return folded.toString();
  }
}

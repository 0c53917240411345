package io.sluice.planner.columns;

import io.sluice.planner.catalog.Column;
import io.sluice.planner.columns.ColumnUse.DeniedColumn;
import io.sluice.planner.columns.ColumnUse.ReadTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;

/** The table occurrences of one query, in text order, and which of their columns it uses. */
final class Occurrences {

  private final Map<ParserRuleContext, Integer> indexes = new IdentityHashMap<>();
  private final List<ReadTable> tables = new ArrayList<>();
  private final List<BitSet> used = new ArrayList<>();
  private final BitSet reached = new BitSet();

  Occurrences(Map<ParserRuleContext, ReadTable> relations) {
    relations.forEach(
        (context, table) -> {
          indexes.put(context, tables.size());
          tables.add(table);
          used.add(new BitSet());
        });
  }

  int size() {
    return tables.size();
  }

  ReadTable table(int occurrence) {
    return tables.get(occurrence);
  }

  /** Returns whether a context, or its parent, names a table. */
  boolean has(ParserRuleContext naming) {
    return indexes.containsKey(naming) || indexes.containsKey(naming.getParent());
  }

  /** Returns the index of the occurrence that a context, or its parent, names. */
  Optional<Integer> reach(ParserRuleContext naming) {
    Integer index = indexes.get(naming);
    if (index == null) {
      index = indexes.get(naming.getParent());
    }
    if (index == null) {
      return Optional.empty();
    }
    reached.set(index);
    return Optional.of(index);
  }

  /** Returns an occurrence that the translation has not come across. */
  Optional<ParserRuleContext> unreached() {
    return indexes.entrySet().stream()
        .filter(entry -> !reached.get(entry.getValue()))
        .<ParserRuleContext>map(Map.Entry::getKey)
        .findFirst();
  }

  void use(Field.Origin origin) {
    used.get(origin.occurrence()).set(origin.column());
  }

  /** Returns whether a table has a column of this name. */
  boolean haveColumn(String name) {
    return tables.stream()
        .flatMap(table -> table.table().columns().stream())
        .anyMatch(column -> column.name().equalsIgnoreCase(name));
  }

  boolean isDenied(Field.Origin origin) {
    ReadTable table = tables.get(origin.occurrence());
    return table.denied().contains(table.table().columns().get(origin.column()).name());
  }

  Optional<DeniedColumn> firstDenied() {
    for (int i = 0; i < tables.size(); i++) {
      ReadTable table = tables.get(i);
      List<Column> columns = table.table().columns();
      for (int c = used.get(i).nextSetBit(0); c >= 0; c = used.get(i).nextSetBit(c + 1)) {
        if (table.denied().contains(columns.get(c).name())) {
          return Optional.of(new DeniedColumn(table.table().name(), columns.get(c).name()));
        }
      }
    }
    return Optional.empty();
  }
}

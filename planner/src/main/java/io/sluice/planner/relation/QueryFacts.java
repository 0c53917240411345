package io.sluice.planner.relation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an inspected query or command holds, all in text order. */
public final class QueryFacts {

  private final List<RelationOccurrence> relations = new ArrayList<>();
  private final Set<RelationOccurrence> targets = new LinkedHashSet<>();
  private final List<ObjectName> objects = new ArrayList<>();
  private final List<NameChain> chains = new ArrayList<>();
  private final List<SessionValue> sessionValues = new ArrayList<>();
  private final Set<String> relationAliases = new HashSet<>();
  private final Set<String> introduced = new HashSet<>();
  private boolean administrative;
  private final List<ParameterMarker> parameterMarkers = new ArrayList<>();

  QueryFacts() {}

  /** Returns every relation that is named, common table expressions too. */
  public List<RelationOccurrence> relations() {
    return relations;
  }

  /** Returns those of the relations that the statement changes. */
  public Set<RelationOccurrence> targets() {
    return targets;
  }

  /** Returns the schemas and tables that a definition names; none of them is a relation. */
  public List<ObjectName> objects() {
    return objects;
  }

  /** Returns every name of two or more parts outside of FROM. */
  public List<NameChain> chains() {
    return chains;
  }

  /** Returns what must become literals of the session. */
  public List<SessionValue> sessionValues() {
    return sessionValues;
  }

  /** Returns every {@code ?}, or every {@code :name}. */
  public List<ParameterMarker> parameterMarkers() {
    return parameterMarkers;
  }

  /** Returns the number of markers. */
  public int parameters() {
    return parameterMarkers.size();
  }

  /** Returns the name of each marker; empty where they are {@code ?}. */
  public List<String> parameterNames() {
    return parameterMarkers.stream().flatMap(marker -> marker.name().stream()).toList();
  }

  /**
   * Returns the types of the markers, of which those of one name have one: the first that is known.
   *
   * @param types one for each marker, in text order
   */
  public List<Optional<String>> agreed(List<Optional<String>> types) {
    List<String> names = parameterNames();
    if (names.isEmpty()) {
      return types;
    }
    Map<String, String> known = new HashMap<>();
    for (int index = 0; index < names.size(); index++) {
      String name = names.get(index);
      types.get(index).ifPresent(type -> known.putIfAbsent(name, type));
    }
    return names.stream().map(name -> Optional.ofNullable(known.get(name))).toList();
  }

  /** Returns whether the text gives this name to a relation. */
  public boolean aliasesRelation(String name) {
    return relationAliases.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Returns whether the text gives this name to a relation or a column. */
  public boolean introduces(String name) {
    return introduced.contains(name.toLowerCase(Locale.ROOT));
  }

  void aliasRelation(String name) {
    relationAliases.add(name.toLowerCase(Locale.ROOT));
    introduce(name);
  }

  void introduce(String name) {
    introduced.add(name.toLowerCase(Locale.ROOT));
  }

  /** Returns whether the text holds something that administrators alone may write. */
  public boolean needsAdministrator() {
    return administrative;
  }

  void needAdministrator() {
    administrative = true;
  }
}

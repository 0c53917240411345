package io.sluice.gateway.configuration;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a YAML file, with the line that it begins on. */
sealed interface Node {

  int line();

  /** Returns what it is, for people. */
  String kind();

  /** A value, as it is written; empty where nothing is. */
  record Scalar(int line, String text) implements Node {
    @Override
    public String kind() {
      return text.isEmpty() ? "nothing" : "a value";
    }
  }

  /** A list. */
  record Sequence(int line, List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Keys and what they stand for, in the order of the file. */
  record Mapping(int line, Map<String, Node> entries) implements Node {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    @Override
    public String kind() {
      return "a section with keys of its own";
    }
  }
}

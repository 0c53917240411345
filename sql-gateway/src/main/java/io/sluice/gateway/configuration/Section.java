package io.sluice.gateway.configuration;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A section of the configuration. Its keys are those that {@link ServeKey} declares; another one is
 * refused as soon as the section is entered. All that is wrong is a {@link ConfigurationException}
 * that names the file, the line and the key.
 */
public final class Section {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?");
  private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

  private final Path file;
  private final String path;
  private final String pattern;
  private final Node.Mapping node;

  private Section(Path file, String path, String pattern, Node.Mapping node) {
    this.file = file;
    this.path = path;
    this.pattern = pattern;
    this.node = node;
    List<String> known = ServeKey.below(pattern);
    if (known.contains("*")) {
      return;
    }
    for (Map.Entry<String, Node> entry : node.entries().entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw new ConfigurationException(
            file.toString(),
            entry.getValue().line(),
            inner(entry.getKey()),
            "there is no such key. Known here: " + String.join(", ", known));
      }
    }
  }

  /**
   * Reads a file's text.
   *
   * @param file where paths in it are relative to; what errors name
   */
  public static Section read(Path file, String text) {
    return new Section(file, "", "", YamlReader.read(file.toString(), text));
  }

  private String inner(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private String innerPattern(String key) {
    return pattern.isEmpty() ? key : pattern + "." + key;
  }

  /** Returns where a key stands, or its section where it is left out. */
  private int line(String key) {
    Node value = node.entries().get(key);
    return value == null ? node.line() : value.line();
  }

  /**
   * Returns what is thrown for a key's value.
   *
   * @param text what is wrong and what to do; not the value, where that may be secret
   */
  public ConfigurationException wrong(String key, String text) {
    return new ConfigurationException(file.toString(), line(key), inner(key), text);
  }

  /** Returns whether a key is there. */
  public boolean has(String key) {
    return node.entries().containsKey(key);
  }

  /** Returns the section below a key; one without keys where it is left out. */
  public Section section(String key) {
    return at(key, key, innerPattern(key));
  }

  /** Returns the sections below a key by the names that the operator gave them. */
  public Map<String, Section> named(String key) {
    Section all = section(key);
    Map<String, Section> sections = new LinkedHashMap<>();
    for (String name : all.node.entries().keySet()) {
      if (!NAME.matcher(name).matches()) {
        throw all.wrong(
            name,
            "a name has up to 63 lower-case letters, digits, - and _, and begins and ends with a"
                + " letter or digit");
      }
      sections.put(name, all.at(name, name, all.pattern + ".*"));
    }
    if (sections.isEmpty()) {
      throw wrong(key, "name at least one here");
    }
    return sections;
  }

  /** Returns the sections of a list; none where it is left out. */
  public List<Section> list(String key) {
    Node value = node.entries().get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof Node.Sequence sequence)) {
      throw wrong(key, "this is " + value.kind() + ", but should be a list of sections");
    }
    List<Section> sections = new ArrayList<>();
    for (Node item : sequence.items()) {
      String place = inner(key) + "[" + sections.size() + "]";
      if (!(item instanceof Node.Mapping mapping)) {
        throw new ConfigurationException(
            file.toString(), item.line(), place, "this is " + item.kind() + ", not a section");
      }
      sections.add(new Section(file, place, innerPattern(key) + "[]", mapping));
    }
    return sections;
  }

  private Section at(String key, String name, String innerPattern) {
    @Nullable Node value = node.entries().get(key);
    if (value == null || value instanceof Node.Scalar empty && empty.text().isEmpty()) {
      Node.Mapping none = new Node.Mapping(line(key), Map.of());
      return new Section(file, inner(name), innerPattern, none);
    }
    if (!(value instanceof Node.Mapping mapping)) {
      throw wrong(key, "this is " + value.kind() + ", but should be a section with keys");
    }
    return new Section(file, inner(name), innerPattern, mapping);
  }

  /** Returns a value that there must be, or its default. */
  public String text(String key) {
    return optional(key)
        .orElseThrow(
            () -> wrong(key, "this key is missing; docs/serve.md says what it is to hold"));
  }

  /** Returns a value or its default, if there is either. */
  public Optional<String> optional(String key) {
    ServeKey declared = ServeKey.of(innerPattern(key));
    Node value = node.entries().get(key);
    if (value == null) {
      return declared.byDefault();
    }
    return Optional.of(scalar(key, value));
  }

  private String scalar(String key, Node value) {
    if (!(value instanceof Node.Scalar scalar)) {
      throw wrong(key, "this is " + value.kind() + ", but should be a single value");
    }
    if (scalar.text().isBlank()) {
      throw wrong(key, "the key has no value; give it one or leave it out");
    }
    if (scalar.text().chars().anyMatch(Character::isISOControl)) {
      throw wrong(key, "the value holds a line break or another control character");
    }
    return scalar.text();
  }

  /** Returns one of some values, by its name in lower case. */
  public <E extends Enum<E>> E choice(String key, Class<E> choices) {
    return choice(key, text(key), choices);
  }

  private <E extends Enum<E>> E choice(String key, String text, Class<E> choices) {
    List<String> names = new ArrayList<>();
    for (E choice : EnumSet.allOf(choices)) {
      String name = choice.name().toLowerCase(Locale.ROOT);
      if (name.equals(text)) {
        return choice;
      }
      names.add(name);
    }
    throw wrong(key, "the value is one of " + String.join(", ", names));
  }

  /** Returns several of some values. */
  public <E extends Enum<E>> Set<E> choices(String key, Class<E> choices) {
    Set<E> all = EnumSet.noneOf(choices);
    texts(key).forEach(text -> all.add(choice(key, text, choices)));
    return all;
  }

  /** Returns a whole number between bounds, both included. */
  public int number(String key, int least, int most) {
    String text = text(key);
    if (WHOLE.matcher(text).matches()) {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw wrong(key, "the value is a whole number from " + least + " to " + most);
  }

  /** Returns a whole number above zero, if there is one. */
  public Optional<Long> count(String key) {
    return optional(key)
        .map(
            text -> {
              if (!text.matches("[1-9][0-9]{0,17}")) {
                throw wrong(key, "the value is a whole number above 0");
              }
              return Long.parseLong(text);
            });
  }

  /** Returns a time, at least as long as another. */
  public Duration duration(String key, Duration least) {
    Duration value =
        Quantities.duration(text(key))
            .orElseThrow(
                () -> wrong(key, "the value is a time with its unit, such as 30s, 5m, 8h or 1d"));
    if (value.compareTo(least) < 0) {
      throw wrong(key, "the time is too short; it is at least " + least.toMillis() + "ms");
    }
    return value;
  }

  /** Returns a size in bytes, above zero, if there is one. */
  public Optional<Long> size(String key) {
    return optional(key)
        .map(
            text ->
                Quantities.size(text)
                    .filter(bytes -> bytes > 0)
                    .orElseThrow(
                        () ->
                            wrong(
                                key,
                                "the value is a size above 0 with its unit, such as 64m or 2g")));
  }

  /** Returns a path, relative to the file's own folder unless it is absolute. */
  public Path path(String key) {
    return resolved(key, text(key));
  }

  /** The same, if there is one. */
  public Optional<Path> optionalPath(String key) {
    return optional(key).map(text -> resolved(key, text));
  }

  private Path resolved(String key, String text) {
    try {
      return file.toAbsolutePath().resolveSibling(text).normalize();
    } catch (InvalidPathException invalid) {
      throw wrong(key, "the value is not a path");
    }
  }

  /** Returns the values of a list, each there once; none where it is left out. */
  public List<String> texts(String key) {
    Node value = node.entries().get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof Node.Sequence sequence)) {
      throw wrong(key, "this is " + value.kind() + ", but should be a list such as [one, two]");
    }
    if (sequence.items().isEmpty()) {
      throw wrong(key, "the list is empty; leave the key out, or name one");
    }
    List<String> texts = new ArrayList<>();
    for (Node item : sequence.items()) {
      String text = scalar(key, item);
      if (texts.contains(text)) {
        throw wrong(key, "the list holds an entry twice: " + text);
      }
      texts.add(text);
    }
    return texts;
  }

  /** Returns keys of the operator's own with their values; none where the section is left out. */
  public Map<String, String> entries(String key) {
    Section all = section(key);
    Map<String, String> entries = new LinkedHashMap<>();
    all.node.entries().forEach((name, value) -> entries.put(name, all.scalar(name, value)));
    return entries;
  }
}

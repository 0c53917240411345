package io.sluice.planner.relation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in storage. What users write has one spelling: scheme, authority and names between single
 * slashes, nothing that anybody could resolve, decode or expand in another way.
 *
 * @param scheme in lower case
 * @param authority bucket, container or host; empty for files
 * @param path the names on the way to it
 */
record StorageLocation(String scheme, String authority, List<String> path) {

  private static final Pattern PLAIN =
      Pattern.compile(
          "(file|hdfs|s3|s3a|gs|abfs|abfss)://([A-Za-z0-9._-]+(?:@[A-Za-z0-9._-]+)?(?::[0-9]+)?)?"
              + "((?:/[A-Za-z0-9._=-]+)+)");
  private static final Pattern ANY = Pattern.compile("(?:([A-Za-z][A-Za-z0-9+.-]*):)?(.*)");

  StorageLocation {
    path = List.copyOf(path);
  }

  /** Returns the place that a user means; empty for any text that is not spelt plainly. */
  static Optional<StorageLocation> ofUser(String text) {
    Matcher matcher = PLAIN.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String authority = matcher.group(2) == null ? "" : matcher.group(2);
    List<String> path = List.of(matcher.group(3).substring(1).split("/"));
    boolean file = matcher.group(1).equals("file");
    return file != authority.isEmpty() || path.contains(".") || path.contains("..")
        ? Optional.empty()
        : Optional.of(new StorageLocation(matcher.group(1), authority, path));
  }

  /** Returns the place that a catalog means, however it is spelt. */
  static StorageLocation ofCatalog(String text) {
    Matcher matcher = ANY.matcher(text.replace('\\', '/').strip());
    if (!matcher.matches()) {
      return new StorageLocation("", "", List.of());
    }
    String scheme = matcher.group(1) == null ? "" : matcher.group(1).toLowerCase(Locale.ROOT);
    String rest = matcher.group(2);
    String authority = "";
    if (rest.startsWith("//")) {
      int slash = rest.indexOf('/', 2);
      authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
      rest = slash < 0 ? "" : rest.substring(slash);
    }
    List<String> path = new ArrayList<>();
    for (String name : rest.split("/")) {
      if (name.equals("..")) {
        if (!path.isEmpty()) {
          path.remove(path.size() - 1);
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        path.add(name);
      }
    }
    return new StorageLocation(scheme, authority, path);
  }

  /** Returns the URLs by which a policy may speak of it. */
  List<String> spellings() {
    String names = "/" + String.join("/", path);
    return switch (scheme) {
      case "file" -> List.of("file://" + names, "file:" + names, names);
      case "s3", "s3a" -> List.of("s3://" + authority + names, "s3a://" + authority + names);
      case "abfs", "abfss" ->
          List.of("abfs://" + authority + names, "abfss://" + authority + names);
      default -> List.of(scheme + "://" + authority + names);
    };
  }

  /**
   * Returns whether one of them may lie within the other. Whether letters' case or the names of
   * hosts tell two places apart depends on the storage, so here they do not.
   */
  boolean overlaps(StorageLocation other) {
    if (!family().equals(other.family())
        || (isBucket() && !authority.equalsIgnoreCase(other.authority))) {
      return false;
    }
    int common = Math.min(path.size(), other.path.size());
    for (int index = 0; index < common; index++) {
      if (!path.get(index).equalsIgnoreCase(other.path.get(index))) {
        return false;
      }
    }
    return true;
  }

  private boolean isBucket() {
    return !family().equals("file") && !family().equals("hdfs");
  }

  private String family() {
    return switch (scheme) {
      case "", "file" -> "file";
      case "s3", "s3a", "s3n" -> "s3";
      case "abfs", "abfss", "wasb", "wasbs" -> "abfs";
      default -> scheme;
    };
  }
}

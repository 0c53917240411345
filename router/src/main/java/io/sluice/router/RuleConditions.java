package io.sluice.router;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * When a rule applies: when all of its conditions hold. One that is empty always holds.
 *
 * @param users one of these sends it; compared exactly
 * @param groups the user is in one of these; compared exactly
 * @param clients what the client calls itself is one of these, without regard to case; {@code *}
 *     stands for any characters
 * @param tags the session has one of these; compared exactly
 * @param catalogs its current catalog is one of these; compared exactly
 * @param kinds it is of one of these kinds
 * @param leastBytes the tables that it reads or whose rows it changes hold so much or more
 * @param time it is in this part of the week
 */
public record RuleConditions(
    Set<String> users,
    Set<String> groups,
    List<String> clients,
    Set<String> tags,
    Set<String> catalogs,
    Set<StatementKind> kinds,
    Optional<Long> leastBytes,
    Optional<TimeWindow> time) {

  /** Each 1,024 of the one before. */
  private static final String UNITS = "bkmgt";

  public RuleConditions {
    users = Set.copyOf(users);
    groups = Set.copyOf(groups);
    clients = List.copyOf(clients);
    tags = Set.copyOf(tags);
    catalogs = Set.copyOf(catalogs);
    kinds = Set.copyOf(kinds);
  }

  /**
   * Returns what of a statement made the conditions hold, for people; empty if one does not hold.
   */
  Optional<List<String>> matched(RoutingRequest request, Instant now) {
    List<String> why = new ArrayList<>();
    if (!users.isEmpty()) {
      if (!users.contains(request.principal().name())) {
        return Optional.empty();
      }
      why.add("user " + request.principal().name());
    }
    if (!holdsOne("group ", groups, request.principal().groups(), why)
        || !holdsOne("tag ", tags, request.tags(), why)
        || !holdsOne("catalog ", catalogs, Set.of(request.catalog()), why)) {
      return Optional.empty();
    }
    if (!clients.isEmpty()) {
      Optional<String> client =
          clients.stream().filter(form -> isOfForm(request.clientName(), form)).findFirst();
      if (client.isEmpty()) {
        return Optional.empty();
      }
      why.add("client " + client.get());
    }
    if (!kinds.isEmpty()) {
      if (!kinds.contains(request.kind())) {
        return Optional.empty();
      }
      why.add("kind " + request.kind().name().toLowerCase(Locale.ROOT));
    }
    if (leastBytes.isPresent()) {
      long least = leastBytes.get();
      if (request.bytes() < least) {
        return Optional.empty();
      }
      // How much it is may be more than the user may know.
      why.add(size(least) + " or more");
    }
    if (time.isPresent()) {
      TimeWindow window = time.get();
      if (!window.holds(now)) {
        return Optional.empty();
      }
      why.add("time " + window.from() + "-" + window.to());
    }
    return Optional.of(why);
  }

  private static boolean holdsOne(
      String what, Set<String> wanted, Collection<String> actual, List<String> why) {
    if (wanted.isEmpty()) {
      return true;
    }
    if (Collections.disjoint(wanted, actual)) {
      return false;
    }
    why.add(what + wanted.stream().filter(actual::contains).sorted().findFirst().orElseThrow());
    return true;
  }

  /** Returns a size as a configuration has it. */
  private static String size(long bytes) {
    long number = bytes;
    int unit = 0;
    while (number >= 1024 && number % 1024 == 0 && unit < UNITS.length() - 1) {
      number /= 1024;
      unit++;
    }
    return number + UNITS.substring(unit, unit + 1);
  }

  /** Compares part by part; the time it takes grows with the text alone. */
  private static boolean isOfForm(String text, String form) {
    String name = text.toLowerCase(Locale.ROOT);
    String[] parts = form.toLowerCase(Locale.ROOT).split("\\*", -1);
    if (parts.length == 1) {
      return name.equals(parts[0]);
    }
    if (!name.startsWith(parts[0])) {
      return false;
    }
    int at = parts[0].length();
    for (int part = 1; part < parts.length - 1; part++) {
      int found = name.indexOf(parts[part], at);
      if (found < 0) {
        return false;
      }
      at = found + parts[part].length();
    }
    String last = parts[parts.length - 1];
    return name.length() - last.length() >= at && name.endsWith(last);
  }
}

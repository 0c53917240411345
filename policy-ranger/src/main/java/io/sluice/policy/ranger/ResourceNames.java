package io.sluice.policy.ranger;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyResource;

/**
 * The names that a policy's resource may mean, whoever asks; read once, since asking is part of
 * many a statement.
 *
 * @param all whether it may mean any
 * @param plain in lower case
 * @param wildcards of those that hold any
 */
record ResourceNames(boolean all, Set<String> plain, List<Pattern> wildcards) {

  ResourceNames {
    plain = Set.copyOf(plain);
    wildcards = List.copyOf(wildcards);
  }

  static ResourceNames of(RangerPolicyResource resource) {
    Set<String> plain = new HashSet<>();
    List<Pattern> wildcards = new ArrayList<>();
    boolean all = Boolean.TRUE.equals(resource.getIsExcludes());
    for (String value : resource.getValues()) {
      // Any user's name may stand for a {USER}.
      String name = value.toLowerCase(Locale.ROOT).replace("{user}", "*");
      all |= name.equals("*");
      if (name.contains("*") || name.contains("?")) {
        wildcards.add(pattern(name));
      } else {
        plain.add(name);
      }
    }
    return new ResourceNames(all, plain, wildcards);
  }

  /** Returns whether one of the names, in whatever case, may be meant. */
  boolean holdOneOf(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).anyMatch(this::hold);
  }

  private boolean hold(String name) {
    return all
        || plain.contains(name)
        || wildcards.stream().anyMatch(wildcard -> wildcard.matcher(name).matches());
  }

  private static Pattern pattern(String name) {
    StringBuilder expression = new StringBuilder();
    name.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '*' -> expression.append(".*");
                case '?' -> expression.append('.');
                default -> expression.append(Pattern.quote(Character.toString(point)));
              }
            });
    return Pattern.compile(expression.toString(), Pattern.DOTALL);
  }
}

package io.sluice.gateway.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A path of the API and what answers it.
 *
 * @param template its segments; one in braces stands for any that is not empty
 * @param open whether it needs no login
 */
record Route(
    HttpMethod method,
    String template,
    boolean open,
    Function<Call, CompletableFuture<HttpResponse>> handler) {

  static Route of(
      HttpMethod method, String template, Function<Call, CompletableFuture<HttpResponse>> handler) {
    return new Route(method, template, false, handler);
  }

  static Route open(
      HttpMethod method, String template, Function<Call, CompletableFuture<HttpResponse>> handler) {
    return new Route(method, template, true, handler);
  }

  /** Returns the names of the segments in braces, in order. */
  List<String> variables() {
    return Stream.of(template.split("/", -1))
        .filter(segment -> segment.startsWith("{"))
        .map(segment -> segment.substring(1, segment.length() - 1))
        .toList();
  }

  /** Returns what a path has for the segments in braces, if it is of this form. */
  Optional<List<String>> match(String path) {
    String[] wanted = template.split("/", -1);
    String[] given = path.split("/", -1);
    if (wanted.length != given.length) {
      return Optional.empty();
    }
    List<String> variables = new ArrayList<>();
    for (int index = 0; index < wanted.length; index++) {
      if (!wanted[index].startsWith("{")) {
        if (!wanted[index].equals(given[index])) {
          return Optional.empty();
        }
        continue;
      }
      try {
        variables.add(URLDecoder.decode(given[index].replace("+", "%2B"), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException notEncoded) {
        return Optional.empty();
      }
    }
    return variables.contains("") ? Optional.empty() : Optional.of(List.copyOf(variables));
  }
}

package io.sluice.router;

import io.sluice.model.Principal;
import java.util.Optional;
import java.util.Set;

/**
 * What routing knows of a statement.
 *
 * @param principal whose it is
 * @param clientName what the client calls itself, which nothing proves; empty when unknown
 * @param tags what the client attached to its session, which nothing proves either
 * @param catalog its current catalog, which the client chooses; names of tables resolve there
 * @param bytes how much the tables hold that it reads or whose rows it changes, as far as that is
 *     known
 * @param named the cluster that the connection names; empty when it names none
 */
public record RoutingRequest(
    Principal principal,
    String clientName,
    Set<String> tags,
    String catalog,
    StatementKind kind,
    long bytes,
    Optional<String> named) {

  public RoutingRequest {
    tags = Set.copyOf(tags);
  }
}

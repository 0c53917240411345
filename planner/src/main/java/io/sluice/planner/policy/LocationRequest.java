package io.sluice.planner.policy;

import io.sluice.model.Principal;
import java.util.List;

/**
 * A question about a place in storage, which is to be read and written.
 *
 * @param principal who asks
 * @param clientAddress the client's IP address for conditions on it; empty when unknown
 * @param catalog the catalog whose policies decide
 * @param spellings URLs that all mean the place, as policies may write it; never empty
 */
public record LocationRequest(
    Principal principal, String clientAddress, String catalog, List<String> spellings) {

  public LocationRequest {
    spellings = List.copyOf(spellings);
  }
}

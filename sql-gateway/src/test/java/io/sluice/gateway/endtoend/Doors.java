package io.sluice.gateway.endtoend;

import java.util.LinkedHashMap;
import java.util.Map;

/** The demonstration's users at every door, logged in once for a whole test class. */
final class Doors implements AutoCloseable {

  private final GatewayFixture gateway = GatewayFixture.shared();
  private final Map<String, DoorClient> clients = new LinkedHashMap<>();

  DoorClient at(Door door, String user) {
    return clients.computeIfAbsent(
        door + " " + user,
        key -> {
          try {
            return door.open(gateway, user);
          } catch (Exception failure) {
            throw new IllegalStateException(key, failure);
          }
        });
  }

  @Override
  public void close() throws Exception {
    for (DoorClient client : clients.values()) {
      client.close();
    }
  }
}

package io.sluice.gateway.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A door on loopback that is open during each test of its class, and ready. */
final class OpenDoor implements BeforeEachCallback, AfterEachCallback {

  private final HttpDoor door;

  OpenDoor(HttpDoor.Page... pages) {
    door =
        new HttpDoor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> new HttpDoor.Readiness(true, List.of()),
            Runnable::run,
            List.of(pages));
  }

  int port() {
    return door.port();
  }

  int connections() {
    return door.connections();
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    door.start();
  }

  @Override
  public void afterEach(ExtensionContext test) {
    door.close();
  }
}

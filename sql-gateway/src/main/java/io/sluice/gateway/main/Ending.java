package io.sluice.gateway.main;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A command's only way out, be it a signal or an error: its gateway is closed, in reverse, and then
 * what it stands on.
 */
final class Ending {

  private final AtomicReference<@Nullable Gateway> gateway = new AtomicReference<>();
  private final AtomicBoolean begun = new AtomicBoolean();

  /**
   * @param last what is done when the gateway is closed
   */
  Ending(Runnable last) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  begun.set(true);
                  Gateway started = gateway.get();
                  if (started != null) {
                    started.close();
                  }
                  last.run();
                },
                "end"));
  }

  /** Has a gateway closed, which may be about to start. */
  void closes(Gateway starting) {
    gateway.set(starting);
  }

  /** Returns whether the process is about to end. */
  boolean hasBegun() {
    return begun.get();
  }
}

package io.sluice.cluster.kubernetes;

import java.io.IOException;
import java.nio.file.Files;

/** The key of Spark Connect, as the gateway has it. */
record ConnectKey(KubernetesSettings settings) {

  /** Reads it anew, as a mounted Secret changes; blocks. */
  String read() throws IOException {
    String key = Files.readString(settings.tokenFile()).strip();
    if (key.isEmpty()) {
      throw new IOException("an empty key");
    }
    return key;
  }

  /** Returns what to tell people when it cannot be read. */
  String missing() {
    return "the gateway cannot read the key of Spark Connect: mount the Secret "
        + settings.tokenSecret();
  }
}

package io.sluice.policy.ranger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a service's files, as they stood together.
 *
 * @param service the service's name
 * @param contents of the files that exist
 * @param hash SHA-256 over which files exist and what they hold, in hex
 */
record PolicyFiles(String service, Map<Part, byte[]> contents, String hash) {

  /** What a file is for; its name is the service's name with a suffix. */
  enum Part {
    POLICIES(""),
    ROLES("_roles"),
    TAGS("_tag"),
    USER_STORE("_userstore");

    private final String suffix;

    Part(String suffix) {
      this.suffix = suffix;
    }

    String fileName(String service) {
      return service + suffix + ".json";
    }
  }

  PolicyFiles {
    contents = Map.copyOf(contents);
  }

  static PolicyFiles read(Path folder, String service) throws IOException {
    Map<Part, byte[]> contents = new EnumMap<>(Part.class);
    MessageDigest digest = sha256();
    for (Part part : Part.values()) {
      try {
        byte[] bytes = Files.readAllBytes(folder.resolve(part.fileName(service)));
        contents.put(part, bytes);
        digest.update((byte) part.ordinal());
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).array());
        digest.update(bytes);
      } catch (NoSuchFileException e) {
        continue;
      }
    }
    return new PolicyFiles(service, contents, HexFormat.of().formatHex(digest.digest()));
  }

  /**
   * Returns what can be seen of the files without reading them; equal lists mean that a read would
   * most likely give the same bytes.
   */
  static List<String> fingerprint(Path folder, String service) {
    List<String> marks = new ArrayList<>();
    for (Part part : Part.values()) {
      try {
        BasicFileAttributes attributes =
            Files.readAttributes(folder.resolve(part.fileName(service)), BasicFileAttributes.class);
        marks.add(
            attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey());
      } catch (IOException e) {
        marks.add("none");
      }
    }
    return List.copyOf(marks);
  }

  byte @Nullable [] content(Part part) {
    return contents.get(part);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

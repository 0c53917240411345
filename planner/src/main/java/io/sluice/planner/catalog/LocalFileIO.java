package io.sluice.planner.catalog;

import java.io.File;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.iceberg.Files;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads metadata files of this host, and writes none. A location is a plain absolute path or a
 * {@code file:} URI, whose path Hadoop's writers leave unescaped.
 */
public class LocalFileIO implements FileIO {

  private static final long serialVersionUID = 1L;
  private static final String SCHEME = "file:";
  private static final String METADATA = ".metadata.json";

  /** The metadata files that a thread has opened since its question began. */
  private static final ThreadLocal<@Nullable Set<String>> OPENED = new ThreadLocal<>();

  /** Iceberg makes an instance by name. */
  public LocalFileIO() {}

  /**
   * Asks a question for which a metadata file is read once. Iceberg reads one that is broken twenty
   * times, in a minute and a half, and has no setting for that.
   */
  static <T> T readingOnce(Supplier<T> question) {
    OPENED.set(new HashSet<>());
    try {
      return question.get();
    } finally {
      OPENED.remove();
    }
  }

  @Override
  public InputFile newInputFile(String location) {
    Set<String> opened = OPENED.get();
    if (opened != null && location.contains(METADATA) && !opened.add(location)) {
      throw new NotFoundException("This metadata file is broken: %s", location);
    }
    File file = fileOf(location);
    if (!file.isFile() || !file.canRead()) {
      // Iceberg tries again for many seconds after any exception but this one.
      throw new NotFoundException("There is no such file: %s", location);
    }
    return Files.localInput(file);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    throw new UnsupportedOperationException("This file system is read only");
  }

  @Override
  public void deleteFile(String location) {
    throw new UnsupportedOperationException("This file system is read only");
  }

  /** Returns the file that a location means. */
  protected static File fileOf(String location) {
    String path = location.startsWith(SCHEME) ? location.substring(SCHEME.length()) : location;
    if (path.startsWith("//")) {
      // file:///path; an authority, as in file://host/path, names another host.
      path = path.startsWith("///") ? path.substring(2) : "";
    }
    if (!path.startsWith("/")) {
      throw new NotFoundException("Not a location on this host: %s", location);
    }
    return new File(path);
  }
}

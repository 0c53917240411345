package io.sluice.planner.catalog;

import java.io.File;
import org.apache.iceberg.Files;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * Reads metadata files of this host, and writes none. A location is a plain absolute path or a
 * {@code file:} URI, whose path Hadoop's writers leave unescaped.
 */
public class LocalFileIO implements FileIO {

  private static final long serialVersionUID = 1L;
  private static final String SCHEME = "file:";

  /** Iceberg makes an instance by name. */
  public LocalFileIO() {}

  @Override
  public InputFile newInputFile(String location) {
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

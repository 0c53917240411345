package io.sluice.planner.catalog;

import java.io.File;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.OutputFile;

/**
 * Writes, beside what {@link LocalFileIO} reads, new metadata files, which is all that there is of
 * a view. It neither changes nor deletes a file.
 */
public final class LocalViewIO extends LocalFileIO {

  private static final long serialVersionUID = 1L;

  /** Iceberg makes an instance by name. */
  public LocalViewIO() {}

  @Override
  public OutputFile newOutputFile(String location) {
    File file = fileOf(location);
    File folder = file.getParentFile();
    if (!file.getName().endsWith(".metadata.json") || !folder.getName().equals("metadata")) {
      return super.newOutputFile(location);
    }
    // Iceberg writes a metadata file once, under a name of its own that is new.
    return Files.localOutput(file);
  }
}

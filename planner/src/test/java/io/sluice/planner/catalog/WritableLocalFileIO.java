package io.sluice.planner.catalog;

import java.io.File;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.OutputFile;

/** Lets tests write the tables that the production class then reads. */
public final class WritableLocalFileIO extends LocalFileIO {

  private static final long serialVersionUID = 1L;

  public WritableLocalFileIO() {}

  @Override
  public OutputFile newOutputFile(String location) {
    File file = fileOf(location);
    file.getParentFile().mkdirs();
    return Files.localOutput(file);
  }

  @Override
  public void deleteFile(String location) {
    if (!fileOf(location).delete()) {
      throw new IllegalStateException("cannot delete");
    }
  }
}

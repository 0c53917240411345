package io.sluice.planner.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileIOTest {

  private final Path folder;

  LocalFileIOTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readsPlainPathsAndFileUris() throws IOException {
    Path file = Files.writeString(folder.resolve("a b%20c.json"), "{}");

    try (LocalFileIO io = new LocalFileIO()) {
      for (String location : List.of(file.toString(), "file:" + file, "file://" + file)) {
        try (SeekableInputStream stream = io.newInputFile(location).newStream()) {
          assertThat(stream.readAllBytes()).as(location).asString().isEqualTo("{}");
        }
      }
    }
  }

  @Test
  void refusesOtherPlacesAndWriting() {
    try (LocalFileIO io = new LocalFileIO()) {
      for (String location :
          List.of("s3://bucket/x", "file://host/x", "relative/x", "", folder.toString())) {
        assertThatThrownBy(() -> io.newInputFile(location))
            .as(location)
            .isInstanceOf(NotFoundException.class);
      }
      assertThatThrownBy(() -> io.newOutputFile(folder.resolve("x").toString()))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> io.deleteFile(folder.resolve("x").toString()))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void writesMetadataOfViewsAndNothingElse() throws IOException {
    try (LocalViewIO io = new LocalViewIO()) {
      String metadata = folder.resolve("v/metadata/1.gz.metadata.json").toString();
      try (var stream = io.newOutputFile(metadata).create()) {
        stream.write('x');
      }
      assertThat(Files.readString(Path.of(metadata))).isEqualTo("x");
      assertThatThrownBy(() -> io.newOutputFile(metadata).create())
          .isInstanceOf(AlreadyExistsException.class);
      for (String other : List.of("v/metadata/x.avro", "v/1.metadata.json", "v/data/x.parquet")) {
        assertThatThrownBy(() -> io.newOutputFile(folder.resolve(other).toString()))
            .as(other)
            .isInstanceOf(UnsupportedOperationException.class);
      }
      assertThatThrownBy(() -> io.deleteFile(metadata))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }
}

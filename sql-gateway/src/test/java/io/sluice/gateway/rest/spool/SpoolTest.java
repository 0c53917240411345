package io.sluice.gateway.rest.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

  private static final int BLOCK = SpoolFile.BLOCK_BYTES;

  @TempDir Path folder;
  private Spool spool;

  @BeforeEach
  void open() throws IOException {
    spool = new Spool(folder, 100L * BLOCK, new SecureRandom());
  }

  @Test
  void partsAreReadInAnyOrder() {
    SpoolFile file = spool.open("ann");
    List<byte[]> contents = new ArrayList<>();
    List<SpoolFile.Part> parts = new ArrayList<>();
    for (int size : List.of(0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17)) {
      byte[] content = random(size);
      contents.add(content);
      file.write(content, 0, size / 3);
      file.write(content, size / 3, size - size / 3);
      parts.add(file.endPart());
    }
    file.finish();
    for (int part = parts.size() - 1; part >= 0; part--) {
      assertThat(read(file, parts.get(part))).isEqualTo(contents.get(part));
    }
  }

  @Test
  void whatIsWrittenStandsInNoFile() throws IOException {
    SpoolFile file = spool.open("ann");
    byte[] secret = "a planted value ".repeat(20_000).getBytes(StandardCharsets.UTF_8);
    file.write(secret, 0, secret.length);
    SpoolFile.Part part = file.endPart();
    file.finish();
    Path onDisk = onlyFile();
    assertThat(Files.readString(onDisk, StandardCharsets.ISO_8859_1)).doesNotContain("planted");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onDisk)))
        .isEqualTo("rw-------");
    assertThat(read(file, part)).isEqualTo(secret);
  }

  @Test
  void equalBlocksAreNotEqualOnDisk() throws IOException {
    SpoolFile file = spool.open("ann");
    file.write(new byte[2 * BLOCK], 0, 2 * BLOCK);
    file.endPart();
    file.finish();
    byte[] bytes = Files.readAllBytes(onlyFile());
    int sealed = BLOCK + SpoolFile.TAG_BYTES;
    assertThat(java.util.Arrays.copyOfRange(bytes, 0, sealed))
        .isNotEqualTo(java.util.Arrays.copyOfRange(bytes, sealed, 2 * sealed));
  }

  @Test
  void aFileThatWasChangedIsRefused() throws IOException {
    SpoolFile file = spool.open("ann");
    file.write(random(3 * BLOCK), 0, 3 * BLOCK);
    SpoolFile.Part part = file.endPart();
    file.finish();
    Path onDisk = onlyFile();
    byte[] right = Files.readAllBytes(onDisk);
    int sealed = BLOCK + SpoolFile.TAG_BYTES;

    byte[] altered = right.clone();
    altered[sealed + 5] ^= 1;
    Files.write(onDisk, altered);
    assertThat(file.read(part, 0)).hasSize(BLOCK);
    assertRefused(file, part, 1, ErrorCode.INTERNAL_ERROR);

    byte[] swapped = right.clone();
    System.arraycopy(right, 0, swapped, sealed, sealed);
    System.arraycopy(right, sealed, swapped, 0, sealed);
    Files.write(onDisk, swapped);
    assertRefused(file, part, 0, ErrorCode.INTERNAL_ERROR);
    assertRefused(file, part, 1, ErrorCode.INTERNAL_ERROR);

    Files.write(onDisk, java.util.Arrays.copyOf(right, right.length - 1));
    assertThat(file.read(part, 1)).hasSize(BLOCK);
    assertRefused(file, part, 2, ErrorCode.INTERNAL_ERROR);

    Files.delete(onDisk);
    assertRefused(file, part, 0, ErrorCode.INTERNAL_ERROR);
  }

  @Test
  void anotherFilesBlocksAreRefused() throws IOException {
    SpoolFile first = spool.open("ann");
    first.write(random(BLOCK), 0, BLOCK);
    SpoolFile.Part part = first.endPart();
    first.finish();
    Path firstFile = onlyFile();
    byte[] firstBytes = Files.readAllBytes(firstFile);
    SpoolFile second = spool.open("ann");
    second.write(random(BLOCK), 0, BLOCK);
    SpoolFile.Part secondPart = second.endPart();
    second.finish();
    Path secondFile;
    try (Stream<Path> files = Files.list(folder)) {
      secondFile = files.filter(file -> !file.equals(firstFile)).findFirst().orElseThrow();
    }
    Files.write(secondFile, firstBytes);
    assertRefused(second, secondPart, 0, ErrorCode.INTERNAL_ERROR);
    assertThat(first.read(part, 0)).hasSize(BLOCK);
  }

  @Test
  void theRoomIsBoundedForAllAndForEachUser() throws IOException {
    SpoolFile own = spool.open("ann");
    byte[] block = new byte[BLOCK];
    for (int blocks = 0; blocks < 49; blocks++) {
      own.write(block, 0, BLOCK);
    }
    assertThatThrownBy(() -> own.write(block, 0, BLOCK))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("user [ann]");
    SpoolFile other = spool.open("bob");
    for (int blocks = 0; blocks < 49; blocks++) {
      other.write(block, 0, BLOCK);
    }
    SpoolFile third = spool.open("eve");
    third.write(block, 0, BLOCK);
    assertThatThrownBy(() -> third.write(block, 0, BLOCK))
        .isInstanceOfSatisfying(
            SluiceException.class, full -> assertThat(full.code()).isEqualTo(ErrorCode.QUEUE_FULL))
        .hasMessageContaining("is full");
    own.close();
    other.close();
    third.close();
    assertThat(spool.used()).isZero();
    assertThat(Files.list(folder)).isEmpty();
    spool.open("ann").write(block, 0, BLOCK);
  }

  @Test
  void whatIsClosedIsGone() throws IOException {
    SpoolFile file = spool.open("ann");
    file.write(random(BLOCK), 0, BLOCK);
    SpoolFile.Part part = file.endPart();
    file.close();
    file.close();
    assertThat(Files.list(folder)).isEmpty();
    assertThat(spool.used()).isZero();
    assertRefused(file, part, 0, ErrorCode.INVALID_HANDLE);
    assertThatThrownBy(() -> file.write(new byte[1], 0, 1)).hasMessageContaining("not kept");
  }

  @Test
  void whatAnEarlierProcessLeftIsDeletedAtTheStart() throws IOException {
    SpoolFile left = spool.open("ann");
    left.write(random(BLOCK), 0, BLOCK);
    left.finish();
    Files.writeString(folder.resolve("other.txt"), "not a result");
    new Spool(folder, 1, new SecureRandom());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("other.txt"));
    }
  }

  private static void assertRefused(
      SpoolFile file, SpoolFile.Part part, int block, ErrorCode code) {
    assertThatThrownBy(() -> file.read(part, block))
        .isInstanceOfSatisfying(
            SluiceException.class, refusal -> assertThat(refusal.code()).isEqualTo(code))
        .hasMessageNotContaining(".spool");
  }

  private static byte[] read(SpoolFile file, SpoolFile.Part part) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int block = 0; block < part.blocks(); block++) {
      all.writeBytes(file.read(part, block));
    }
    return all.toByteArray();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private Path onlyFile() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }
}

package io.sluice.gateway.main;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says whether a file may decide what is allowed, or hold a secret: nobody but its owner may change
 * it, and the owner is the gateway's own user or root. A secret besides is closed to others; only
 * one of root's may be read by its group, as Kubernetes mounts Secrets for a pod's {@code fsGroup}.
 * Every folder and symbolic link on the way to it, from the root on, is held to the same, as who
 * may rename one of them may put another file in its place; {@code ..data} of Kubernetes passes.
 */
final class FileTrust {

  private static final int MOST_LINKS = 16;
  private static final int STICKY = 01000;

  private final long user;
  private final Predicate<Path> readOnly;

  /**
   * Trusts root and the user of this number.
   *
   * @param readOnly whether a folder lies in a file system that nobody here can write to
   */
  FileTrust(long user, Predicate<Path> readOnly) {
    this.user = user;
    this.readOnly = readOnly;
  }

  /** Trusts root and the user that the gateway runs as. */
  static FileTrust ofThisProcess() {
    return new FileTrust(
        new UnixSystem().getUid(),
        folder -> {
          try {
            return Files.getFileStore(folder).isReadOnly();
          } catch (IOException unknown) {
            return false;
          }
        });
  }

  /**
   * Checks a file that decides something.
   *
   * @throws StartException if it is missing, or others may change it
   */
  void deciding(Path file) {
    check(file, false);
  }

  /**
   * Checks a file that holds a secret.
   *
   * @throws StartException if it is missing, or others may read or change it
   */
  void secret(Path file) {
    check(file, true);
  }

  /**
   * Checks a folder whose files decide something, and those that lie in it.
   *
   * @throws StartException if it is missing, or others may change it or a file of it
   */
  void decidingFolder(Path folder) {
    folder(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      files.forEach(this::deciding);
    } catch (IOException failure) {
      throw unreadable(folder, failure);
    }
  }

  /**
   * Checks a folder in which files are to be made or replaced.
   *
   * @throws StartException if it is missing, or others may change it
   */
  void folder(Path folder) {
    try {
      Path real = follow(folder);
      if (!Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
        throw new StartException(folder + " is a file, not a directory.");
      }
      // Of an entry that is not there yet the sticky bit says nothing.
      checkFolder(folder, real, false);
    } catch (IOException failure) {
      throw unreadable(folder, failure);
    }
  }

  private void check(Path file, boolean secret) {
    try {
      Path real = follow(file);
      if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
        throw new StartException(file + " is not a file.");
      }
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
      if (permissions.contains(PosixFilePermission.GROUP_WRITE)
          || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new StartException(
            "Others than its owner may change "
                + file
                + ", so Sluice does not trust it. Look through it, then run: chmod go-w '"
                + real
                + "'");
      }
      if (secret && isOpen(real, permissions)) {
        throw new StartException(
            "Others than its owner may read the secret "
                + file
                + ". Run: chmod 600 '"
                + real
                + "'; in Kubernetes mount it with defaultMode 0440.");
      }
      if (!Files.isReadable(real)) {
        throw new StartException("The gateway's user may not read " + file + ".");
      }
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  private static boolean isOpen(Path real, Set<PosixFilePermission> permissions)
      throws IOException {
    return permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.GROUP_READ) && owner(real) != 0;
  }

  private void checkOwner(Path named, Path found) throws IOException {
    long owner = owner(found);
    if (owner != user && owner != 0) {
      throw new StartException(
          named
              + (named.equals(found) ? "" : " (" + found + ")")
              + " belongs to another user, who could change it. Give it to the gateway's user or"
              + " root.");
    }
  }

  /**
   * Goes where a path leads, and checks each folder and link that it goes by and the owner of what
   * it comes to.
   *
   * @return where it leads, without a link
   */
  private Path follow(Path named) throws IOException {
    Path at = named.getFileSystem().getPath("/");
    Deque<Path> ahead = new ArrayDeque<>();
    named.toAbsolutePath().forEach(ahead::addLast);
    for (int links = 0; !ahead.isEmpty(); ) {
      Path name = ahead.removeFirst();
      if (name.toString().equals("..")) {
        Path parent = at.getParent();
        at = parent == null ? at : parent;
        continue;
      }
      checkFolder(named, at, true);
      // Without a change for ".", which is where it is.
      Path entry = at.resolve(name).normalize();
      checkOwner(named, entry);
      if (!Files.isSymbolicLink(entry)) {
        at = entry;
        continue;
      }
      links++;
      if (links > MOST_LINKS) {
        throw new StartException(named + " is a symbolic link that leads nowhere.");
      }
      Path target = Files.readSymbolicLink(entry);
      at = target.isAbsolute() ? at.getRoot() : at;
      for (int last = target.getNameCount() - 1; last >= 0; last--) {
        ahead.addFirst(target.getName(last));
      }
    }
    return at;
  }

  /**
   * In a folder that others may write to, only the sticky bit keeps them off its entries.
   * Kubernetes mounts ConfigMaps so that all might write, and read-only.
   */
  private void checkFolder(Path named, Path folder, boolean stickySuffices) throws IOException {
    checkOwner(named, folder);
    int mode = (Integer) Files.getAttribute(folder, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    boolean open = (mode & 022) != 0 && !(stickySuffices && (mode & STICKY) != 0);
    if (open && !readOnly.test(folder)) {
      throw new StartException(
          "Others than its owner may change what lies in the directory "
              + folder
              + ", so Sluice does not trust "
              + named
              + ". Run: chmod go-w '"
              + folder
              + "'");
    }
  }

  private static long owner(Path path) throws IOException {
    return ((Number) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
  }

  private static StartException unreadable(Path file, IOException failure) {
    return new StartException(
        failure instanceof NoSuchFileException
            ? file + " does not exist."
            : file + " cannot be read: " + StartException.describe(failure) + ".");
  }
}

package io.streaminfa.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/** Directories of the file store, durable like its files. */
final class FileTree {
  private FileTree() {}

  static Path parent(Path path) {
    return Objects.requireNonNull(path.getParent(), "every object is below the root");
  }

  /** Creates a directory below the root; its name is on the disk when this returns. */
  static void createDurably(Path root, Path directory) throws IOException {
    if (directory.equals(root) || Files.isDirectory(directory)) {
      return;
    }
    Path above = parent(directory);
    createDurably(root, above);
    Files.createDirectories(directory);
    sync(above);
  }

  /** A rename or a removal is durable once its directory is synced (fsync(2), notes). */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      // Deleted meanwhile: the deletion syncs the directory above.
      return;
    }
  }

  static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileSystemException e) {
      // ENOTDIR has no exception of its own: a part of the path is an object, so this is none.
      if ("Not a directory".equals(e.getReason())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static void deleteIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      // A put came meanwhile; its object stays.
      return;
    }
  }
}

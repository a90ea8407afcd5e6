package io.streaminfa.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what an earlier process left in a spool's directory. */
final class SpoolRecovery extends SimpleFileVisitor<Path> {
  private static final Logger log = LoggerFactory.getLogger(SpoolRecovery.class);

  /** An operation and when it was accepted. */
  record Found(SpoolFile file, long acceptedAtMs) {}

  private final Path root;
  private final List<Found> found = new ArrayList<>();

  private SpoolRecovery(Path root) {
    this.root = root;
  }

  /** All operations that wait, in their order. */
  static List<Found> read(Path root) throws IOException {
    SpoolRecovery recovery = new SpoolRecovery(root);
    Files.walkFileTree(root, recovery);
    recovery.found.sort(Comparator.comparingLong(f -> f.file().sequence()));
    return recovery.found;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    boolean isHidden =
        !directory.equals(root) && String.valueOf(directory.getFileName()).startsWith(".");
    return isHidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
    String name = root.relativize(path).toString().replace('\\', '/');
    Optional<SpoolFile> file =
        ObjectKey.isValid(name) ? SpoolFile.parse(new ObjectKey(name)) : Optional.empty();
    if (file.isEmpty()) {
      log.warn("spool_file_unknown file={}: left alone", name);
    } else if (file.get().sizeBytes() != attributes.size()) {
      // Its bytes were synced before it got its name, so a file of another size was accepted by
      // nobody, or the disk has lost what it had taken.
      log.error(
          "spool_file_damaged file={} bytes={}: removed", name, Long.toString(attributes.size()));
      Files.delete(path);
    } else {
      found.add(new Found(file.get(), attributes.lastModifiedTime().toMillis()));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
      throws IOException {
    if (e != null) {
      throw e;
    }
    if (!directory.equals(root)) {
      FileTree.deleteIfEmpty(directory);
    }
    return FileVisitResult.CONTINUE;
  }
}

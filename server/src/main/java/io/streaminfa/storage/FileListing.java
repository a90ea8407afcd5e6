package io.streaminfa.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Walks directories in key order. A directory sorts with the slash of its key, since {@code "a-b"}
 * comes before {@code "a/b"}.
 */
final class FileListing {
  /** A file that was there when its directory was read. */
  record File(String key, BasicFileAttributes attributes) {}

  private final String after;
  private final int limit;
  private final List<File> files = new ArrayList<>();

  /**
   * @param after an exclusive start, or ""
   */
  FileListing(String after, int limit) {
    this.after = after;
    this.limit = limit;
  }

  List<File> keys() {
    return List.copyOf(files);
  }

  void visit(Path directory, String prefix) throws IOException {
    for (String name : names(directory)) {
      if (files.size() >= limit) {
        return;
      }
      String key = prefix + name;
      if (name.endsWith("/")) {
        if (key.compareTo(after) > 0 || after.startsWith(key)) {
          visit(directory.resolve(name), key);
        }
      } else if (key.compareTo(after) > 0) {
        Optional<BasicFileAttributes> attributes = FileTree.attributes(directory.resolve(name));
        attributes.ifPresent(found -> files.add(new File(key, found)));
      }
    }
  }

  /** The names of the directories in a directory, in key order, each with a slash. */
  static List<String> directories(Path directory) throws IOException {
    return names(directory).stream().filter(name -> name.endsWith("/")).toList();
  }

  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        names.add(child.getFileName() + (Files.isDirectory(child) ? "/" : ""));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // No directory, no objects: it may also go while a listing is under way.
      return Set.of();
    }
    return names;
  }
}

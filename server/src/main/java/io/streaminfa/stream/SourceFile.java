package io.streaminfa.stream;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The file that a stream is to be made of.
 *
 * @param path relative to the data directory, with {@code /} between its names; never leads out of
 *     it
 */
public record SourceFile(String path) {
  public static final int MAX_CHARS = 4096;

  public SourceFile {
    boolean leadsOut =
        path.startsWith("/")
            || Arrays.stream(path.split("/", -1))
                .anyMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
    if (leadsOut || path.length() > MAX_CHARS || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not a path below the data directory: " + path);
    }
  }

  /** Where the file is. */
  public Path in(Path dataDirectory) {
    return dataDirectory.resolve(path);
  }
}

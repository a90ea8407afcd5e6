package io.streaminfa.state;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Tells the driver where its native library is. */
final class SqliteLibrary {
  private static final String PATH = "org.sqlite.lib.path";
  private static final String UNPACK_INTO = "org.sqlite.tmpdir";

  private SqliteLibrary() {}

  /**
   * Takes the library that the build has unpacked. Where there is none the driver unpacks its own
   * at every start, into a directory that is ours, because a shared one for temporary files may
   * forbid execution and lets others look in. What the command line of the JVM says goes first.
   *
   * @param natives the directory of unpacked libraries
   * @param dataDirectory where to unpack otherwise
   */
  static void locate(Optional<Path> natives, Path dataDirectory) {
    if (System.getProperty(PATH) != null || System.getProperty(UNPACK_INTO) != null) {
      return;
    }
    // The driver has no other way to be told, and looks once in the life of the process.
    natives
        .filter(directory -> Files.exists(directory.resolve(System.mapLibraryName("sqlitejdbc"))))
        .ifPresentOrElse(
            directory -> {
              System.setProperty(PATH, directory.toString());
              // It looks there for what it has unpacked before, even if it unpacks nothing.
              System.setProperty(UNPACK_INTO, directory.toString());
            },
            () -> System.setProperty(UNPACK_INTO, dataDirectory.toString()));
  }
}

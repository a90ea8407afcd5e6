package io.streaminfa.app;

import io.streaminfa.config.Config;
import io.streaminfa.storage.FileObjectStore;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageSettings.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * The configured store, for a trial beside a server that may be running. A directory of files
 * belongs to one store at a time, so that trial is in a directory of its own on the same disk.
 */
final class TrialStore implements AutoCloseable {
  private final ObjectStore store;
  private final List<Path> made;

  private TrialStore(ObjectStore store, List<Path> made) {
    this.store = store;
    this.made = made;
  }

  static TrialStore open(Config config) throws IOException {
    if (config.storage().backend() != Backend.FILE) {
      return new TrialStore(ObjectStores.open(config, _ -> {}), List.of());
    }
    Path root = config.server().dataDir().toAbsolutePath().resolve("media").resolve("doctor");
    List<Path> made = new ArrayList<>();
    for (Path path = root; path != null && Files.notExists(path); path = path.getParent()) {
      made.add(path);
    }
    try {
      return new TrialStore(FileObjectStore.open(root), made);
    } catch (StorageException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  ObjectStore store() {
    return store;
  }

  /** Leaves no directory that was not there. */
  @Override
  public void close() throws IOException {
    store.close();
    if (made.isEmpty()) {
      return;
    }
    List<Path> inside;
    try (Stream<Path> paths = Files.walk(made.getFirst())) {
      inside = new ArrayList<>(paths.toList());
    }
    Collections.reverse(inside);
    for (Path path : inside) {
      Files.deleteIfExists(path);
    }
    for (Path path : made) {
      Files.deleteIfExists(path);
    }
  }
}

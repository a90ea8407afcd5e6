package io.streaminfa.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects as files below one directory, the embedded default. An object is written under a
 * temporary name, synced, renamed to its own name and its directory synced, so that a crash at any
 * moment leaves the old object or the new one. A root belongs to one store at a time.
 */
public final class FileObjectStore implements ObjectStore {
  /** How a file's bytes are written; a port so that a full disk can be tested. */
  @FunctionalInterface
  interface BlockWriter {
    void write(FileChannel channel, ByteBuffer data) throws IOException;
  }

  /** No key's name begins with a dot, so no object can be in here. */
  private static final String TEMPORARY = ".tmp";

  /** How often a race with another writer or deleter of the same directory is tried again. */
  private static final int MAX_RACES = 16;

  private static final Logger log = LoggerFactory.getLogger(FileObjectStore.class);

  private final Path root;
  private final Path temporary;
  private final BlockWriter writer;
  private final AtomicLong lastVersionNanos = new AtomicLong();
  private final AtomicLong lastTemporary = new AtomicLong();

  /** Opens the store, made when missing, and removes what an interrupted put left. */
  public static FileObjectStore open(Path root) throws StorageException {
    return open(root, FileObjectStore::writeFully);
  }

  static FileObjectStore open(Path root, BlockWriter writer) throws StorageException {
    FileObjectStore store = new FileObjectStore(root, writer);
    try {
      store.removeLeftovers();
    } catch (IOException e) {
      throw FileFailure.of("cannot open " + root, e);
    }
    return store;
  }

  private FileObjectStore(Path root, BlockWriter writer) {
    this.root = root;
    this.temporary = root.resolve(TEMPORARY);
    this.writer = writer;
  }

  private void removeLeftovers() throws IOException {
    Files.createDirectories(temporary);
    int removed = 0;
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(temporary)) {
      for (Path leftover : leftovers) {
        Files.delete(leftover);
        removed++;
      }
    }
    if (removed > 0) {
      log.info("removed {} unfinished objects of an earlier run", removed);
    }
  }

  @Override
  public void put(ObjectKey key, ByteBuffer data) throws StorageException, InterruptedException {
    Path unfinished = temporary.resolve(Long.toHexString(lastTemporary.incrementAndGet()));
    try {
      writeUnfinished(unfinished, data);
      publish(unfinished, path(key));
    } catch (IOException e) {
      removeUnfinished(unfinished);
      throw FileFailure.interruptedOr("cannot store " + key, e);
    }
  }

  private void writeUnfinished(Path unfinished, ByteBuffer data) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writer.write(channel, data.duplicate());
      Files.setLastModifiedTime(unfinished, nextVersion());
      channel.force(true);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer data) throws IOException {
    while (data.hasRemaining()) {
      channel.write(data);
    }
  }

  /**
   * The modification time is the object's version, so no two puts may share one, however coarse the
   * file system's clock is.
   */
  private FileTime nextVersion() {
    Instant now = Instant.now();
    long nowNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    return FileTime.from(
        lastVersionNanos.updateAndGet(last -> Math.max(last + 1, nowNanos)), TimeUnit.NANOSECONDS);
  }

  private void publish(Path unfinished, Path target) throws IOException {
    Path directory = FileTree.parent(target);
    for (int race = 0; ; race++) {
      try {
        FileTree.createDurably(root, directory);
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        FileTree.sync(directory);
        return;
      } catch (NoSuchFileException | FileAlreadyExistsException e) {
        // A prefix deletion took a directory away between two steps. The second exception says that
        // mkdir found a directory which was gone when it looked what it had found.
        if (race == MAX_RACES) {
          throw e;
        }
      }
    }
  }

  private static void removeUnfinished(Path unfinished) {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      log.warn("an unfinished object stays until the next start: {}", e.getMessage());
    }
  }

  @Override
  public Optional<StoredObject> get(ObjectKey key) throws StorageException, InterruptedException {
    return read(key, 0, Integer.MAX_VALUE);
  }

  @Override
  public Optional<StoredObject> getRange(ObjectKey key, long offset, int length)
      throws StorageException, InterruptedException {
    ByteRange.checkArguments(offset, length);
    return read(key, offset, length);
  }

  private Optional<StoredObject> read(ObjectKey key, long offset, int length)
      throws StorageException, InterruptedException {
    Path path = path(key);
    try {
      for (int race = 0; race <= MAX_RACES; race++) {
        Optional<ObjectInfo> before = info(key, path);
        if (before.isEmpty()) {
          return Optional.empty();
        }
        ByteBuffer data = read(path, before.get().sizeBytes(), offset, length);
        // An open file cannot be asked which version it is; its name before and after can.
        if (before.equals(info(key, path))) {
          return Optional.of(new StoredObject(before.get(), data.asReadOnlyBuffer()));
        }
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw FileFailure.interruptedOr("cannot read " + key, e);
    }
    throw new StorageException(
        StorageException.Kind.UNAVAILABLE,
        "cannot read " + key,
        new IOException("replaced again and again while it was read"));
  }

  private static ByteBuffer read(Path path, long sizeBytes, long offset, int length)
      throws IOException {
    long available = Math.max(0, sizeBytes - offset);
    ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(Math.min(available, length)));
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long position = offset;
      while (data.hasRemaining()) {
        int count = channel.read(data, position);
        if (count < 0) {
          break;
        }
        position += count;
      }
    }
    return data.flip();
  }

  @Override
  public Optional<ObjectInfo> head(ObjectKey key) throws StorageException, InterruptedException {
    try {
      return info(key, path(key));
    } catch (IOException e) {
      throw FileFailure.interruptedOr("cannot look at " + key, e);
    }
  }

  private static Optional<ObjectInfo> info(ObjectKey key, Path path) throws IOException {
    return FileTree.attributes(path)
        .filter(BasicFileAttributes::isRegularFile)
        .map(file -> new ObjectInfo(key, file.size(), etag(file)));
  }

  private static String etag(BasicFileAttributes file) {
    return Long.toHexString(file.lastModifiedTime().to(TimeUnit.NANOSECONDS))
        + "-"
        + Long.toHexString(file.size());
  }

  @Override
  public List<ObjectInfo> list(String prefix, Optional<ObjectKey> after, int limit)
      throws StorageException, InterruptedException {
    KeyPrefix.checkForList(prefix);
    try {
      FileListing listing = new FileListing(after.map(ObjectKey::value).orElse(""), limit);
      listing.visit(root.resolve(prefix), prefix);
      return listing.keys().stream().flatMap(file -> asObject(file).stream()).toList();
    } catch (IOException e) {
      throw FileFailure.interruptedOr("cannot list " + prefix, e);
    }
  }

  private static Optional<ObjectInfo> asObject(FileListing.File file) {
    return ObjectKey.isValid(file.key())
        ? Optional.of(
            new ObjectInfo(
                new ObjectKey(file.key()), file.attributes().size(), etag(file.attributes())))
        : Optional.empty();
  }

  @Override
  public List<String> streams(Optional<String> after, int limit) throws StorageException {
    String last = after.map(name -> name + "/").orElse("");
    try {
      return FileListing.directories(root).stream()
          .filter(name -> name.compareTo(last) > 0 && ObjectKey.isValid(name + "-"))
          .limit(limit)
          .map(name -> name.substring(0, name.length() - 1))
          .toList();
    } catch (IOException e) {
      throw FileFailure.of("cannot list " + root, e);
    }
  }

  @Override
  public void delete(ObjectKey key) throws StorageException, InterruptedException {
    Path path = path(key);
    try {
      if (Files.isRegularFile(path) && Files.deleteIfExists(path)) {
        FileTree.sync(FileTree.parent(path));
      }
    } catch (IOException e) {
      throw FileFailure.interruptedOr("cannot delete " + key, e);
    }
  }

  @Override
  public Deleted deletePrefix(String prefix) throws StorageException, InterruptedException {
    KeyPrefix.check(prefix);
    Path directory = root.resolve(prefix);
    try {
      if (!Files.isDirectory(directory)) {
        return new Deleted(0, 0);
      }
      DeletingVisitor visitor = new DeletingVisitor();
      Files.walkFileTree(directory, visitor);
      FileTree.sync(FileTree.parent(directory));
      return new Deleted(visitor.objects, visitor.bytes);
    } catch (IOException e) {
      throw FileFailure.interruptedOr("cannot delete " + prefix, e);
    }
  }

  private Path path(ObjectKey key) {
    return root.resolve(key.value());
  }

  @Override
  public void close() {
    // Nothing is held open between calls.
  }

  private static final class DeletingVisitor extends SimpleFileVisitor<Path> {
    private long objects;
    private long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (Files.deleteIfExists(file)) {
        objects++;
        bytes += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
        throws IOException {
      if (e != null) {
        throw e;
      }
      FileTree.deleteIfEmpty(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}

package io.streaminfa.packager;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.stream.StreamId;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;

/** The packagers of all live streams of this node. */
public final class LivePackagers implements LivePlaylists, AutoCloseable {
  private final PackagerServices services;
  private final ConcurrentMap<String, LivePackager> byStream = new ConcurrentHashMap<>();

  public LivePackagers(PackagerServices services) {
    this.services = services;
  }

  /**
   * A packager for a stream, which answers for the stream's keys until it is closed.
   *
   * @param record whether the stream becomes a video on demand at its end; asked once, with the
   *     first segment
   * @throws IllegalStateException when the stream has one already
   */
  public LivePackager open(StreamId stream, BooleanSupplier record, PackagerListener listener) {
    LivePackager packager =
        new LivePackager(
            stream, record, listener, services, closed -> byStream.remove(stream.value(), closed));
    if (byStream.putIfAbsent(stream.value(), packager) != null) {
      packager.close();
      throw new IllegalStateException(stream + " is being packaged already");
    }
    return packager;
  }

  @Override
  public Optional<PublishedPlaylist> playlist(ObjectKey key) {
    return packagerOf(key).flatMap(packager -> packager.playlist(key));
  }

  @Override
  public Optional<ByteBuffer> media(ObjectKey key) {
    return packagerOf(key).flatMap(packager -> packager.media(key));
  }

  private Optional<LivePackager> packagerOf(ObjectKey key) {
    String stream = key.value().substring(0, key.value().indexOf('/'));
    return Optional.ofNullable(byStream.get(stream));
  }

  /** Closes every packager. */
  @Override
  public void close() {
    byStream.values().forEach(LivePackager::close);
  }
}

package io.streaminfa.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streaminfa.delivery.LargeObjectAnswer.Next;
import io.streaminfa.delivery.RangeRequest.Slice;
import io.streaminfa.packager.LivePlaylists;
import io.streaminfa.packager.PublishedPlaylist;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectKey.ObjectType;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves everything below {@code /streams/}, on the event loop and without ever blocking it: live
 * playlists from their packager, objects from the cache, and what has to be read from a virtual
 * thread that comes back to the event loop.
 */
public final class OriginHandler implements Handler<HttpServerRequest> {
  /** Where this handler expects to be mounted. */
  public static final String PATH_PREFIX = "/streams/";

  static final String METHODS = "GET, HEAD, OPTIONS";

  private static final int MAX_LIVE_PLAYLISTS = 10_000;

  private final LivePlaylists live;
  private final DeletedStreams deleted;
  private final Cors cors;
  private final ObjectAnswer answer;
  private final LargeObjectAnswer largeAnswer;
  private final SegmentCache cache;
  private final DeliveryMetrics metrics;
  private final ReadFailures failures = new ReadFailures();

  /** Published playlists in buffers that can be sent; each goes when its packager drops it. */
  private final Cache<PublishedPlaylist, ServedObject> published =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .weakKeys()
          .maximumSize(MAX_LIVE_PLAYLISTS)
          .build();

  /**
   * @param blocking runs the reads of the store: virtual threads, one per task
   */
  public OriginHandler(
      LivePlaylists live,
      ObjectStore store,
      DeliverySettings delivery,
      CacheSettings caching,
      DeliveryMetrics metrics,
      Executor blocking,
      DeletedStreams deleted) {
    this.live = live;
    this.deleted = deleted;
    this.cors = new Cors(delivery.corsAllowedOrigins());
    this.answer = new ObjectAnswer(CachePolicy.of(delivery));
    this.largeAnswer = new LargeObjectAnswer(answer);
    this.cache =
        new SegmentCache(caching, new ObjectSource(live, store), new BlockingReads(blocking));
    this.metrics = metrics;
    metrics.observeCache(cache);
  }

  /** Counts an open connection of the server. */
  public void connected() {
    metrics.connected();
  }

  /** A connection that was counted is closed. */
  public void disconnected() {
    metrics.disconnected();
  }

  /**
   * Forgets what is cached of a stream. Called after its objects are deleted, so that none is read
   * again.
   *
   * @param streamPrefix ends in a slash
   */
  public void purge(String streamPrefix) {
    cache.purge(streamPrefix);
  }

  @Override
  public void handle(HttpServerRequest request) {
    Optional<ObjectKey> key = key(request.path());
    Exchange exchange = new Exchange(request, key.map(ObjectKey::type), metrics);
    MultiMap headers = exchange.headers();
    headers.set("X-Content-Type-Options", "nosniff");
    if (cors.varies()) {
      headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    cors.allow(origin, headers);
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.OPTIONS)) {
      options(exchange, origin);
    } else if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      headers.set(HttpHeaders.ALLOW, METHODS);
      exchange.refuse(DeliveryProblem.METHOD_NOT_ALLOWED);
    } else if (key.isEmpty()) {
      exchange.refuse(DeliveryProblem.INVALID_KEY);
    } else {
      serve(exchange, key.get());
    }
  }

  private void options(Exchange exchange, @Nullable String origin) {
    exchange.headers().set(HttpHeaders.ALLOW, METHODS);
    if (exchange.requestHeaders().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)) {
      cors.preflight(origin, exchange.headers());
    }
    exchange.sendNothing(204);
  }

  /** The path is used as it came: no object's name needs percent-encoding. */
  private static Optional<ObjectKey> key(@Nullable String path) {
    if (path == null || !path.startsWith(PATH_PREFIX)) {
      return Optional.empty();
    }
    String key = path.substring(PATH_PREFIX.length());
    return ObjectKey.isValid(key) ? Optional.of(new ObjectKey(key)) : Optional.empty();
  }

  private void serve(Exchange exchange, ObjectKey key) {
    if (key.type() == ObjectType.SOURCE) {
      // An upload's original bytes are not part of what is published.
      exchange.refuse(DeliveryProblem.OBJECT_NOT_FOUND);
      return;
    }
    Optional<PublishedPlaylist> playlist =
        key.type() == ObjectType.MANIFEST ? live.playlist(key) : Optional.empty();
    if (playlist.isPresent()) {
      answer.send(exchange, published.get(playlist.get(), text -> ServedObject.of(key, text)));
      return;
    }
    Optional<ServedObject> cached = cache.cached(key);
    if (cached.isPresent()) {
      metrics.cacheHit(key.type());
      answer.send(exchange, cached.get());
    } else {
      metrics.cacheMiss(key.type());
      serveUncached(exchange, key);
    }
  }

  private void serveUncached(Exchange exchange, ObjectKey key) {
    boolean isPartial =
        exchange.isHead() || exchange.requestHeaders().contains(RequestFields.RANGE);
    if (!isPartial || !CachePolicy.isImmutable(key.type())) {
      load(exchange, key);
      return;
    }
    whenRead(
        exchange,
        key,
        cache.large(key),
        object -> {
          if (object.isEmpty()) {
            load(exchange, key);
          } else {
            serveLarge(exchange, object.get());
          }
        });
  }

  private void serveLarge(Exchange exchange, ObjectInfo object) {
    switch (largeAnswer.begin(exchange, object)) {
      case Next.Sent() -> {
        // It needed no bytes.
      }
      case Next.ReadAll() -> load(exchange, object.key());
      case Next.ReadPart(Slice slice) -> sendLargePart(exchange, object, slice);
    }
  }

  private void sendLargePart(Exchange exchange, ObjectInfo object, Slice slice) {
    whenRead(
        exchange,
        object.key(),
        cache.range(object.key(), slice),
        part -> {
          if (part.isEmpty()) {
            notFound(exchange, object.key());
          } else {
            largeAnswer.sendPart(exchange, object, slice, part.get());
          }
        });
  }

  private void load(Exchange exchange, ObjectKey key) {
    whenRead(
        exchange,
        key,
        cache.load(key),
        object -> {
          if (object.isEmpty()) {
            notFound(exchange, key);
          } else {
            answer.send(exchange, object.get());
          }
        });
  }

  private void notFound(Exchange exchange, ObjectKey key) {
    String streamId = key.value().substring(0, key.value().indexOf('/'));
    exchange.refuse(
        deleted.isDeleted(streamId)
            ? DeliveryProblem.STREAM_DELETED
            : DeliveryProblem.OBJECT_NOT_FOUND);
  }

  /** Goes on, on the event loop that the request came on, when the read is done. */
  private <T> void whenRead(
      Exchange exchange, ObjectKey key, CompletableFuture<T> read, Consumer<T> then) {
    Context context = Objects.requireNonNull(Vertx.currentContext(), "not on an event loop");
    var _ =
        read.whenComplete(
            (value, failure) ->
                context.runOnContext(
                    resumed -> {
                      if (failure == null) {
                        then.accept(value);
                      } else {
                        exchange.refuse(failures.problem(key, failure));
                      }
                    }));
  }
}

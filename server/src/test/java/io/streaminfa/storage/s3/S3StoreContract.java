package io.streaminfa.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.ObjectStore.Deleted;
import io.streaminfa.storage.ObjectStoreContract;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageException.Kind;
import io.streaminfa.storage.StorageSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** What an S3 service must do beyond what every object store does. */
abstract class S3StoreContract extends ObjectStoreContract {
  private static final ObjectKey KEY = new ObjectKey("s/high/000001.m4s");

  private StorageSettings settings;

  @SuppressWarnings("NullAway.Init") // create sets the field
  S3StoreContract() {}

  abstract S3Server server();

  @Override
  protected final ObjectStore create() {
    settings = server().newBucket();
    return new S3ObjectStore(
        settings, (key, data, store) -> "max-age=" + data.remaining(), _ -> {});
  }

  private static ByteBuffer random(int bytes) {
    byte[] data = new byte[bytes];
    new Random(bytes).nextBytes(data);
    return ByteBuffer.wrap(data);
  }

  @Test
  void anObjectCarriesItsTypeAndItsCacheControl() throws Exception {
    store.put(KEY, random(100));
    store.put(new ObjectKey("s/large.mp4"), random(S3ObjectStore.MULTIPART_BYTES + 1));
    try (S3Connection connection = new S3Connection(settings)) {
      HeadObjectResponse small = head(connection.client(), KEY.value());
      assertThat(small.contentType()).isEqualTo("video/iso.segment");
      assertThat(small.cacheControl()).isEqualTo("max-age=100");
      HeadObjectResponse large = head(connection.client(), "s/large.mp4");
      assertThat(large.contentType()).isEqualTo("application/octet-stream");
      assertThat(large.cacheControl()).isEqualTo("max-age=" + (S3ObjectStore.MULTIPART_BYTES + 1));
    }
  }

  private HeadObjectResponse head(S3Client client, String key) {
    return client.headObject(request -> request.bucket(settings.bucket()).key(key));
  }

  @Test
  void aLargeObjectGoesInPartsAndComesBackWhole() throws Exception {
    ByteBuffer data = random(2 * MultipartPut.PART_BYTES + 12_345).position(7);
    store.put(KEY, data);
    assertThat(data.position()).isEqualTo(7);
    assertThat(store.get(KEY).orElseThrow().data()).isEqualTo(data);
    assertThat(store.getRange(KEY, MultipartPut.PART_BYTES - 5, 10).orElseThrow().data())
        .isEqualTo(data.slice(7 + MultipartPut.PART_BYTES - 5, 10));
    assertThat(store.head(KEY).orElseThrow().sizeBytes()).isEqualTo(data.remaining());
  }

  @Test
  void moreThanAPageIsListedAndDeleted() throws Exception {
    int count = S3ObjectStore.PAGE_KEYS + 5;
    putMany(count);
    assertThat(store.list("s/", Optional.empty(), 5000)).hasSize(count);
    assertThat(store.deletePrefix("s/")).isEqualTo(new Deleted(count, count));
    assertThat(store.list("s/", Optional.empty(), 10)).isEmpty();
  }

  private void putMany(int count) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(16)) {
      List<Future<?>> puts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ObjectKey key = ObjectKey.segment("s", "high", i);
        puts.add(
            executor.submit(
                () -> {
                  store.put(key, ByteBuffer.allocate(1));
                  return key;
                }));
      }
      for (Future<?> put : puts) {
        put.get();
      }
    }
  }

  @Test
  void aMissingBucketIsNoMissingObject() {
    try (S3ObjectStore nowhere =
        new S3ObjectStore(server().settings("there-is-none"), (key, data, store) -> "x", _ -> {})) {
      assertKind(Kind.NO_BUCKET, () -> nowhere.put(KEY, random(1)));
      assertKind(Kind.NO_BUCKET, () -> nowhere.get(KEY));
      assertKind(Kind.NO_BUCKET, () -> nowhere.getRange(KEY, 0, 1));
      assertKind(Kind.NO_BUCKET, () -> nowhere.head(KEY));
      assertKind(Kind.NO_BUCKET, () -> nowhere.list("s/", Optional.empty(), 1));
      assertKind(Kind.NO_BUCKET, () -> nowhere.deletePrefix("s/"));
      assertKind(Kind.NO_BUCKET, () -> nowhere.delete(KEY));
    }
  }

  @Test
  void wrongCredentialsAreToldApart() {
    StorageSettings right = settings;
    try (S3ObjectStore other = store(right, "nobody", right.secretAccessKey());
        S3ObjectStore wrong = store(right, right.accessKeyId(), "wrong-secret")) {
      assertThatThrownBy(() -> other.put(KEY, random(1)))
          .hasMessageContaining("access_key_id")
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));
      assertThatThrownBy(() -> wrong.put(KEY, random(1)))
          .hasMessageContaining("secret_access_key does not belong")
          .hasMessageNotContaining("wrong-secret");
      assertKind(Kind.DENIED, () -> wrong.head(KEY));
    }
  }

  private static S3ObjectStore store(StorageSettings s, String accessKey, String secret) {
    return new S3ObjectStore(
        new StorageSettings(
            s.backend(),
            s.endpoint(),
            s.bucket(),
            accessKey,
            secret,
            s.region(),
            s.pathStyle(),
            s.maxRetries(),
            s.initialBackoff(),
            s.requestTimeout(),
            s.spoolMaxBytes()),
        (key, data, store) -> "x",
        _ -> {});
  }

  private static void assertKind(
      Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}

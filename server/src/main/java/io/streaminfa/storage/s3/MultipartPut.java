package io.streaminfa.storage.s3;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Stores a large object in parts; it is there when the last is, and not before. */
final class MultipartPut {
  /** At least the protocol's 5 MiB; the largest buffer gives 256 of the 10,000 parts it allows. */
  static final int PART_BYTES = 8 << 20;

  /** A failed upload waits no longer for its removal: the bucket's lifecycle rule is behind it. */
  private static final Duration ABORT_TIMEOUT = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(MultipartPut.class);

  private final S3Connection connection;
  private final Attempts attempts;
  private final String bucket;

  MultipartPut(S3Connection connection, Attempts attempts, String bucket) {
    this.connection = connection;
    this.attempts = attempts;
    this.bucket = bucket;
  }

  void put(ObjectKey key, ByteBuffer data, String cacheControl)
      throws StorageException, InterruptedException {
    S3Client client = connection.client();
    String what = "cannot store " + key;
    String upload =
        attempts.run(
            "put",
            what,
            () ->
                client
                    .createMultipartUpload(
                        request ->
                            request
                                .bucket(bucket)
                                .key(key.value())
                                .contentType(key.contentType())
                                .cacheControl(cacheControl))
                    .uploadId());
    boolean complete = false;
    try {
      List<CompletedPart> parts = sendParts(client, key, upload, data);
      var _ =
          attempts.run(
              "put",
              what,
              () ->
                  client.completeMultipartUpload(
                      request ->
                          request
                              .bucket(bucket)
                              .key(key.value())
                              .uploadId(upload)
                              .multipartUpload(all -> all.parts(parts))));
      complete = true;
    } finally {
      if (!complete) {
        abort(client, key, upload);
      }
    }
  }

  private List<CompletedPart> sendParts(
      S3Client client, ObjectKey key, String upload, ByteBuffer data)
      throws StorageException, InterruptedException {
    List<CompletedPart> parts = new ArrayList<>();
    for (int offset = 0; offset < data.remaining(); offset += PART_BYTES) {
      int number = parts.size() + 1;
      ByteBuffer part =
          data.slice(data.position() + offset, Math.min(PART_BYTES, data.remaining() - offset));
      String etag =
          attempts.run(
              "put",
              "cannot store part " + number + " of " + key,
              () ->
                  client
                      .uploadPart(
                          request ->
                              request
                                  .bucket(bucket)
                                  .key(key.value())
                                  .uploadId(upload)
                                  .partNumber(number),
                          ObjectBody.of(part, key.contentType()))
                      .eTag());
      parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
    }
    return parts;
  }

  /** Parts that stay cost space and are in no list of objects. */
  private void abort(S3Client client, ObjectKey key, String upload) {
    try {
      var _ =
          client.abortMultipartUpload(
              request ->
                  request
                      .bucket(bucket)
                      .key(key.value())
                      .uploadId(upload)
                      .overrideConfiguration(all -> all.apiCallTimeout(ABORT_TIMEOUT)));
    } catch (SdkException e) {
      log.warn("parts of {} stay in the bucket until its lifecycle rule: {}", key, e.getMessage());
    }
  }
}

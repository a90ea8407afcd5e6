package io.streaminfa.control;

import io.streaminfa.ingest.upload.FormUploads;
import io.streaminfa.ingest.upload.IdempotencyKeys;
import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.ingest.upload.Uploads;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Files that come whole in one request. */
final class UploadApi {
  private static final String UPLOAD = "/api/v1/upload";
  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private final FormUploads forms;
  private final IdempotencyKeys keys;
  private final StreamRegistry streams;
  private final PublicUrls urls;

  UploadApi(Uploads uploads, StreamRegistry streams, PublicUrls urls) {
    this.forms = uploads.forms();
    this.keys = uploads.idempotencyKeys();
    this.streams = streams;
    this.urls = urls;
  }

  List<Endpoint> endpoints() {
    return List.of(
        // Before its request a page of another origin asks; CORS answers in the headers.
        Endpoint.open(HttpMethod.OPTIONS, UPLOAD, _ -> ApiResponse.empty(204, Map.of())),
        Endpoint.adminArriving(HttpMethod.POST, UPLOAD, this::upload));
  }

  private ApiResponse upload(ApiRequest request)
      throws ProblemException, UploadRejected, StreamException, InterruptedException {
    PublicUrls.Site site = urls.site(request.origin());
    Optional<String> key = idempotencyKey(request);
    if (key.isEmpty()) {
      return accepted(receive(request), site);
    }
    Optional<Stream> earlier = keys.begin(key.get()).flatMap(streams::find);
    if (earlier.isPresent()) {
      return accepted(earlier.get(), site);
    }
    Optional<StreamId> made = Optional.empty();
    try {
      Stream stream = receive(request);
      made = Optional.of(stream.id());
      return accepted(stream, site);
    } finally {
      made.ifPresentOrElse(id -> keys.finish(key.get(), id), () -> keys.forget(key.get()));
    }
  }

  private Stream receive(ApiRequest request)
      throws UploadRejected, StreamException, InterruptedException {
    return forms.receive(
        new FormUploads.Head(request.header("Content-Type"), contentLength(request)),
        request.arrivingBody());
  }

  private static OptionalLong contentLength(ApiRequest request) {
    // The codec has refused what is not a number.
    return request
        .header("Content-Length")
        .map(length -> OptionalLong.of(Long.parseLong(length)))
        .orElse(OptionalLong.empty());
  }

  private static ApiResponse accepted(Stream stream, PublicUrls.Site site) {
    return ApiResponse.json(
        202,
        Map.of("Location", site.stream(stream.id())),
        StreamDocuments.Details.of(stream, site));
  }

  /** Bound to the token, so that nobody meets another one's streams; the token is not kept. */
  private static Optional<String> idempotencyKey(ApiRequest request) throws ProblemException {
    Optional<String> key = request.header("Idempotency-Key");
    if (key.isPresent() && !IDEMPOTENCY_KEY.matcher(key.get()).matches()) {
      throw new ProblemException(
          400, "invalid_idempotency_key", "Idempotency-Key is 1 to 255 visible characters");
    }
    return key.map(value -> sha256(request.header("Authorization").orElse("") + "\n" + value));
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

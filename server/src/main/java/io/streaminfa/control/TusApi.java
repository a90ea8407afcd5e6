package io.streaminfa.control;

import io.streaminfa.ingest.upload.TusChecksum;
import io.streaminfa.ingest.upload.TusMetadata;
import io.streaminfa.ingest.upload.TusUploads;
import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.stream.StreamException;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Files that come in several requests: the tus protocol, version 1.0.0. */
final class TusApi {
  static final String UPLOADS = "/api/v1/uploads";

  /** Where the stream of a complete upload is; not of the protocol. */
  static final String STREAM_LOCATION = "Upload-Stream-Location";

  static final String VERSION = "1.0.0";
  private static final String UPLOAD = UPLOADS + "/:id";
  private static final String EXTENSIONS =
      "creation,creation-with-upload,checksum,expiration,termination";
  private static final String PIECE_TYPE = "application/offset+octet-stream";

  private final TusUploads uploads;
  private final PublicUrls urls;

  TusApi(TusUploads uploads, PublicUrls urls) {
    this.uploads = uploads;
    this.urls = urls;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.open(HttpMethod.OPTIONS, UPLOADS, _ -> describe()),
        Endpoint.open(HttpMethod.OPTIONS, UPLOAD, _ -> describe()),
        Endpoint.adminArriving(HttpMethod.POST, UPLOADS, this::create),
        Endpoint.adminArriving(HttpMethod.POST, UPLOAD, this::override),
        Endpoint.admin(HttpMethod.HEAD, UPLOAD, this::progress),
        Endpoint.adminArriving(HttpMethod.PATCH, UPLOAD, this::append),
        Endpoint.admin(HttpMethod.DELETE, UPLOAD, this::terminate));
  }

  private ApiResponse describe() {
    return ApiResponse.empty(
        204,
        Map.of(
            "Tus-Version",
            VERSION,
            "Tus-Extension",
            EXTENSIONS,
            "Tus-Max-Size",
            Long.toString(uploads.maxBytes()),
            "Tus-Checksum-Algorithm",
            TusChecksum.ALGORITHMS));
  }

  private ApiResponse create(ApiRequest request)
      throws ProblemException, UploadRejected, StreamException, InterruptedException {
    requireVersion(request);
    PublicUrls.Site site = urls.site(request.origin());
    if (request.header("Upload-Defer-Length").isPresent()) {
      throw new ProblemException(
          400, "deferred_length_not_supported", "send Upload-Length with the first request");
    }
    long length =
        number(request, "Upload-Length")
            .orElseThrow(
                () -> new ProblemException(400, "missing_header", "Upload-Length is required"));
    boolean withUpload = request.header("Content-Type").filter(PIECE_TYPE::equals).isPresent();
    Optional<TusChecksum> checksum = withUpload ? checksum(request) : Optional.empty();
    TusUploads.View made =
        uploads.create(length, TusMetadata.parse(request.header("Upload-Metadata").orElse("")));
    TusUploads.View now = withUpload ? appendFirst(made, checksum, request) : made;
    Map<String, String> headers = headers(now, site);
    headers.put("Location", urls.uploadLocation(now.id()));
    return ApiResponse.empty(201, headers);
  }

  /** A client that does not hear of the upload cannot go on with it. */
  private TusUploads.View appendFirst(
      TusUploads.View made, Optional<TusChecksum> checksum, ApiRequest request)
      throws UploadRejected, StreamException, InterruptedException {
    boolean done = false;
    try {
      TusUploads.Piece piece = new TusUploads.Piece(0, contentLength(request), checksum);
      TusUploads.View after = uploads.append(made.id(), piece, request.arrivingBody());
      done = true;
      return after;
    } finally {
      if (!done) {
        uploads.terminateIfThere(made.id());
      }
    }
  }

  private ApiResponse progress(ApiRequest request)
      throws ProblemException, UploadRejected, InterruptedException {
    requireVersion(request);
    TusUploads.View upload = uploads.find(request.pathParameter("id"));
    Map<String, String> headers = headers(upload, urls.site(request.origin()));
    headers.put("Upload-Length", Long.toString(upload.length()));
    if (!upload.metadata().isEmpty()) {
      headers.put("Upload-Metadata", upload.metadata());
    }
    return ApiResponse.empty(200, headers);
  }

  private ApiResponse append(ApiRequest request)
      throws ProblemException, UploadRejected, StreamException, InterruptedException {
    requireVersion(request);
    PublicUrls.Site site = urls.site(request.origin());
    if (request.header("Content-Type").filter(PIECE_TYPE::equals).isEmpty()) {
      throw new ProblemException(415, "unsupported_media_type", "send " + PIECE_TYPE);
    }
    long offset =
        number(request, "Upload-Offset")
            .orElseThrow(
                () -> new ProblemException(400, "missing_header", "Upload-Offset is required"));
    TusUploads.Piece piece =
        new TusUploads.Piece(offset, contentLength(request), checksum(request));
    TusUploads.View after =
        uploads.append(request.pathParameter("id"), piece, request.arrivingBody());
    return ApiResponse.empty(204, headers(after, site));
  }

  private ApiResponse terminate(ApiRequest request)
      throws ProblemException, UploadRejected, InterruptedException {
    requireVersion(request);
    uploads.terminate(request.pathParameter("id"));
    return ApiResponse.empty(204, Map.of());
  }

  /** For clients that can send nothing but GET and POST. */
  private ApiResponse override(ApiRequest request)
      throws ProblemException, UploadRejected, StreamException, InterruptedException {
    return switch (request.header("X-HTTP-Method-Override").orElse("")) {
      case "PATCH" -> append(request);
      case "DELETE" -> terminate(request);
      default ->
          throw new ProblemException(
              400, "invalid_header", "X-HTTP-Method-Override must be PATCH or DELETE");
    };
  }

  /** "the Server MUST respond with the 412 Precondition Failed status" to another version. */
  private static void requireVersion(ApiRequest request) throws ProblemException {
    if (request.header("Tus-Resumable").filter(VERSION::equals).isEmpty()) {
      throw new ProblemException(
          412, "tus_version_not_supported", "send \"Tus-Resumable: " + VERSION + "\"");
    }
  }

  private static Map<String, String> headers(TusUploads.View upload, PublicUrls.Site site) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Upload-Offset", Long.toString(upload.offset()));
    headers.put("Upload-Expires", httpDate(upload.expiresAt()));
    upload.stream().ifPresent(stream -> headers.put(STREAM_LOCATION, site.stream(stream)));
    return headers;
  }

  private static String httpDate(Instant instant) {
    return DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
        .format(instant.atOffset(ZoneOffset.UTC));
  }

  private static Optional<TusChecksum> checksum(ApiRequest request) throws UploadRejected {
    Optional<String> header = request.header("Upload-Checksum");
    return header.isPresent() ? Optional.of(TusChecksum.parse(header.get())) : Optional.empty();
  }

  private static OptionalLong contentLength(ApiRequest request) {
    // The codec has refused what is not a number.
    return request
        .header("Content-Length")
        .map(length -> OptionalLong.of(Long.parseLong(length)))
        .orElse(OptionalLong.empty());
  }

  private static Optional<Long> number(ApiRequest request, String name) throws ProblemException {
    Optional<String> header = request.header(name);
    if (header.isPresent() && !header.get().matches("\\d{1,18}")) {
      throw new ProblemException(400, "invalid_header", name + " is a number of bytes");
    }
    return header.map(Long::valueOf);
  }
}

package io.streaminfa.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamKey;
import io.streaminfa.stream.StreamPage;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The life of streams over HTTP. */
final class StreamsApi {
  private static final String STREAMS = "/api/v1/streams";
  private static final String STREAM = STREAMS + "/:id";
  private static final int DEFAULT_PAGE = 50;

  private final StreamRegistry streams;
  private final StreamActions actions;
  private final PublicUrls urls;

  StreamsApi(StreamRegistry streams, StreamActions actions, PublicUrls urls) {
    this.streams = streams;
    this.actions = actions;
    this.urls = urls;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.adminJson(HttpMethod.POST, STREAMS, this::create),
        Endpoint.admin(HttpMethod.GET, STREAMS, this::list),
        Endpoint.admin(HttpMethod.GET, STREAM, this::get),
        Endpoint.adminJson(HttpMethod.PATCH, STREAM, this::patch),
        Endpoint.admin(HttpMethod.DELETE, STREAM, this::delete),
        Endpoint.admin(HttpMethod.POST, STREAM + "/stop", this::stop),
        Endpoint.admin(HttpMethod.POST, STREAM + "/rotate-key", this::rotateKey));
  }

  private ApiResponse create(ApiRequest request) throws ProblemException, StreamException {
    PublicUrls.Site site = urls.site(request.origin());
    StreamDocuments.CreateRequest body =
        Json.read(request.body(), StreamDocuments.CreateRequest.class);
    if (body.ingestType() == null) {
      throw new ProblemException(400, "missing_field", "\"ingest_type\" is required");
    }
    IngestType type =
        IngestType.ofWireName(body.ingestType())
            .orElseThrow(() -> invalidField("\"ingest_type\" must be \"rtmp\" or \"upload\""));
    if (type == IngestType.UPLOAD && body.record() != null) {
      throw invalidField("\"record\" is for live streams; an upload is always kept");
    }
    Metadata metadata = metadata(body.metadata()).orElse(Metadata.EMPTY);
    NewStream.Made made =
        streams.create(new NewStream(type, metadata, Optional.ofNullable(body.record())));
    return ApiResponse.json(
        201,
        Map.of("Location", site.stream(made.stream().id())),
        StreamDocuments.Created.of(made, site));
  }

  private ApiResponse list(ApiRequest request) throws ProblemException {
    QueryParameters query =
        QueryParameters.of(request, List.of("status", "ingest_type", "limit", "cursor"));
    StreamFilter filter =
        new StreamFilter(
            query.named("status", StreamState::ofWireName),
            query.named("ingest_type", IngestType::ofWireName));
    Optional<StreamId> after = query.named("cursor", StreamId::parse);
    int limit = query.integer("limit", 1, StreamRegistry.MAX_PAGE).orElse(DEFAULT_PAGE);
    StreamPage page = streams.list(filter, after, limit);
    return ApiResponse.json(200, StreamDocuments.Page.of(page, urls.site(request.origin())));
  }

  private ApiResponse get(ApiRequest request) throws ProblemException {
    return details(request, existing(request));
  }

  private ApiResponse patch(ApiRequest request) throws ProblemException, StreamException {
    StreamId id = existing(request).id();
    StreamDocuments.PatchRequest body =
        Json.read(request.body(), StreamDocuments.PatchRequest.class);
    Stream after = streams.edit(id, metadata(body.metadata()), Optional.ofNullable(body.record()));
    return details(request, after);
  }

  /** May be repeated: what an earlier attempt could not remove is removed then. */
  private ApiResponse delete(ApiRequest request)
      throws ProblemException, StreamException, StorageException, InterruptedException {
    // First the record: from now on no publisher and no upload can begin on this stream.
    Stream deleted = streams.delete(existing(request).id());
    ObjectStore.Deleted removed = actions.delete(deleted.id());
    return ApiResponse.json(
        200,
        new StreamDocuments.Deleted(
            deleted.id().value(), deleted.state().wireName(), removed.objects(), removed.bytes()));
  }

  private ApiResponse stop(ApiRequest request) throws ProblemException, InterruptedException {
    Stream stream = existing(request);
    if (stream.state() != StreamState.LIVE || !actions.stop(stream.id())) {
      throw new ProblemException(
          409,
          "stream_not_live",
          "the stream is " + stream.state().wireName() + ", and nothing of it can be stopped");
    }
    Stream after = streams.find(stream.id()).orElse(stream);
    return ApiResponse.json(
        202, new StreamDocuments.Stopping(after.id().value(), after.state().wireName()));
  }

  private ApiResponse rotateKey(ApiRequest request) throws ProblemException, StreamException {
    PublicUrls.Site site = urls.site(request.origin());
    NewStream.Made rotated = streams.rotateKey(existing(request).id());
    StreamKey key =
        rotated.key().orElseThrow(() -> new IllegalStateException("a rotation without a key"));
    return ApiResponse.json(
        200,
        StreamDocuments.Rotated.of(
            rotated.stream().id(), key, rotated.stream().updatedAt().toString(), site));
  }

  private ApiResponse details(ApiRequest request, Stream stream) throws ProblemException {
    return ApiResponse.json(200, StreamDocuments.Details.of(stream, urls.site(request.origin())));
  }

  private Stream existing(ApiRequest request) throws ProblemException {
    return StreamId.parse(request.pathParameter("id"))
        .flatMap(streams::find)
        .orElseThrow(
            () -> new ProblemException(404, "stream_not_found", "there is no such stream"));
  }

  private static Optional<Metadata> metadata(@Nullable JsonNode node) throws ProblemException {
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isObject()) {
      throw invalidField("\"metadata\" must be an object");
    }
    String json = Json.writeText(node);
    if (!Metadata.fits(json)) {
      throw invalidField("\"metadata\" may have at most " + Metadata.MAX_BYTES + " bytes");
    }
    return Optional.of(new Metadata(json));
  }

  private static ProblemException invalidField(String detail) {
    return new ProblemException(400, "invalid_field", detail);
  }
}

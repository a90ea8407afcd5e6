package io.streaminfa.delivery;

import io.streaminfa.delivery.RangeRequest.Slice;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** What of a representation a GET or HEAD is answered with, in the order of RFC 9110, 13.2.2. */
sealed interface Selection {
  /** 200, all of it. */
  record Whole() implements Selection {}

  /** 206. */
  record Part(Slice slice) implements Selection {}

  /** 304. */
  record NotModified() implements Selection {}

  /** 412. */
  record PreconditionFailed() implements Selection {}

  /** 416. */
  record Unsatisfiable() implements Selection {}

  /**
   * @param etag of the representation, quoted
   * @param acceptsRanges false for HEAD ("A server MUST ignore a Range header field received with a
   *     request method that is unrecognized or for which range handling is not defined", 14.2), and
   *     for encoded bodies
   */
  static Selection of(MultiMap headers, String etag, long sizeBytes, boolean acceptsRanges) {
    List<String> ifMatch = headers.getAll(HttpHeaders.IF_MATCH);
    if (!ifMatch.isEmpty() && !EntityTags.anyStronglyMatches(ifMatch, etag)) {
      return new PreconditionFailed();
    }
    if (EntityTags.anyWeaklyMatches(headers.getAll(HttpHeaders.IF_NONE_MATCH), etag)) {
      return new NotModified();
    }
    String range = acceptsRanges ? headers.get(RequestFields.RANGE) : null;
    if (range == null || !ifRangeHolds(headers, etag)) {
      return new Whole();
    }
    Optional<RangeRequest> request = RangeRequest.parse(range);
    if (request.isEmpty()) {
      return new Whole();
    }
    Optional<Slice> slice = request.get().within(sizeBytes);
    return slice.isPresent() ? new Part(slice.get()) : new Unsatisfiable();
  }

  /** A date never holds, since no Last-Modified is sent; nor does a weak tag (13.1.5). */
  private static boolean ifRangeHolds(MultiMap headers, String etag) {
    String ifRange = headers.get(RequestFields.IF_RANGE);
    return ifRange == null || ifRange.strip().equals(etag);
  }
}

package io.streaminfa.delivery;

import io.streaminfa.delivery.ServedObject.Representation;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;

/**
 * A file of a web page, held in memory in both encodings.
 *
 * @param path where it is served, different for different content
 */
record WebAsset(
    String name, String path, String contentType, Representation plain, Representation gzip) {
  static WebAsset of(String name, String contentType, byte[] content) {
    return of(name, contentType, content, ServedObject.hash(ByteBuffer.wrap(content)));
  }

  /**
   * @param tag differs for different content; for the path and the entity tag
   */
  static WebAsset of(String name, String contentType, byte[] content, String tag) {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    return new WebAsset(
        name,
        "/watch/assets/" + tag + "/" + name,
        contentType,
        Representation.identity(bytes, tag),
        Representation.gzip(ServedObject.compressed(bytes), tag));
  }

  void send(RoutingContext context, String cacheControl) {
    MultiMap request = context.request().headers();
    boolean encoded =
        RequestFields.all(request, HttpHeaders.ACCEPT_ENCODING)
            .map(AcceptEncoding::prefersGzip)
            .orElse(false);
    Representation body = encoded ? gzip : plain;
    HttpServerResponse response = context.response();
    response
        .putHeader(HttpHeaders.ETAG, body.etag())
        .putHeader(HttpHeaders.CACHE_CONTROL, cacheControl)
        .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
        .putHeader("X-Content-Type-Options", "nosniff");
    if (EntityTags.anyWeaklyMatches(request.getAll(HttpHeaders.IF_NONE_MATCH), body.etag())) {
      var _ = response.setStatusCode(304).end();
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.bytes().length()));
    if (encoded) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    var _ =
        context.request().method().equals(HttpMethod.HEAD)
            ? response.end()
            : response.end(body.bytes().whole());
  }
}

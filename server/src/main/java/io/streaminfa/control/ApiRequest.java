package io.streaminfa.control;

import io.streaminfa.ingest.upload.RequestBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as an endpoint sees it: authenticated, and complete but for a body that it reads
 * itself.
 *
 * @param id of the request, for the log and the answer
 * @param pathParameters by name, decoded
 * @param query decoded, in the order sent
 * @param headers not to be changed
 * @param body empty where the endpoint takes none
 * @param arriving the body of an endpoint that reads it while it arrives
 * @param streamed the answer of an endpoint that writes it piece by piece
 */
record ApiRequest(
    String id,
    Origin origin,
    Map<String, String> pathParameters,
    Map<String, List<String>> query,
    MultiMap headers,
    Buffer body,
    Optional<RequestBody> arriving,
    Optional<StreamedAnswer> streamed) {
  /**
   * How the client reached the server.
   *
   * @param scheme http or https
   * @param authority the Host header, if there was a valid one
   */
  record Origin(String scheme, Optional<HostPort> authority) {}

  /**
   * @param host a name or an address; an IPv6 address in brackets
   * @param port 1 to 65535, or -1 when not given
   */
  record HostPort(String host, int port) {
    @Override
    public String toString() {
      return port < 0 ? host : host + ":" + port;
    }
  }

  /** The first header of this name. */
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  RequestBody arrivingBody() {
    return arriving.orElseThrow(() -> new IllegalStateException("the route has no such body"));
  }

  StreamedAnswer streamedAnswer() {
    return streamed.orElseThrow(() -> new IllegalStateException("the route answers as a whole"));
  }

  String pathParameter(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no parameter " + name);
    }
    return value;
  }
}

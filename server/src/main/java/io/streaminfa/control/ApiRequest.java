package io.streaminfa.control;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as an endpoint sees it: complete and authenticated.
 *
 * @param id of the request, for the log and the answer
 * @param pathParameters by name, decoded
 * @param query decoded, in the order sent
 * @param accept the Accept header
 * @param body empty where the endpoint takes none
 */
record ApiRequest(
    String id,
    Origin origin,
    Map<String, String> pathParameters,
    Map<String, List<String>> query,
    Optional<String> accept,
    Buffer body) {
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

  String pathParameter(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no parameter " + name);
    }
    return value;
  }
}

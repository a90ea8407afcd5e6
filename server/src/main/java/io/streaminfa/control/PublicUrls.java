package io.streaminfa.control;

import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamKey;
import java.net.URI;
import java.util.Optional;

/** The URLs in answers: below {@code server.public_url}, or below the host the client asked. */
final class PublicUrls {
  private final Optional<URI> publicUrl;
  private final int rtmpPort;

  PublicUrls(ControlSettings settings) {
    this.publicUrl =
        settings.publicUrl().isEmpty()
            ? Optional.empty()
            : Optional.of(httpUrl(settings.publicUrl()));
    this.rtmpPort = settings.rtmpPort();
  }

  private static URI httpUrl(String text) {
    URI uri = URI.create(text);
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException("server.public_url is not the base of a site: " + text);
    }
    return uri;
  }

  /** The URLs for one client. */
  Site site(ApiRequest.Origin origin) throws ProblemException {
    if (publicUrl.isPresent()) {
      return new Site(
          withoutSlash(publicUrl.get().toString()), publicUrl.get().getHost(), rtmpPort);
    }
    ApiRequest.HostPort authority =
        origin
            .authority()
            .orElseThrow(
                () ->
                    new ProblemException(
                        400, "invalid_host", "the Host header is missing or not a host"));
    return new Site(origin.scheme() + "://" + authority, authority.host(), rtmpPort);
  }

  /**
   * Where a resumable upload goes on. Without {@code server.public_url} only a path: a client
   * resolves it against what it asked, which is right behind a proxy with TLS too, where this
   * server sees plain HTTP.
   */
  String uploadLocation(String uploadId) {
    String path = TusApi.UPLOADS + "/" + uploadId;
    return publicUrl.map(base -> withoutSlash(base.toString()) + path).orElse(path);
  }

  private static String withoutSlash(String base) {
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  /**
   * @param base without a slash at its end
   */
  record Site(String base, String host, int rtmpPort) {
    String stream(StreamId id) {
      return base + "/api/v1/streams/" + id;
    }

    String playback(StreamId id) {
      return base + "/streams/" + id + "/master.m3u8";
    }

    String watch(StreamId id) {
      return base + "/watch/" + id;
    }

    /** A secret, as the key is. */
    String rtmp(StreamKey key) {
      return "rtmp://" + host + ":" + rtmpPort + "/live/" + key.secret();
    }
  }
}

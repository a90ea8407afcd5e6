package io.streaminfa.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * {@code GET /watch/{stream_id}}: a page that plays the stream. It and the hls.js that it uses come
 * from the class path; a browser needs no other host than this one.
 */
public final class WatchPage {
  private static final String WEB = "web/";
  private static final String HLS_JS = "META-INF/resources/webjars/hls.js/";
  private static final String HLS_JS_VERSION =
      "META-INF/maven/org.webjars.npm/hls.js/pom.properties";

  /** hls.js feeds the video through a blob: URL and demuxes in a worker made from one. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
          + "connect-src 'self'; media-src 'self' blob:; worker-src blob:; "
          + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private final WebAsset page;
  private final List<WebAsset> assets = new ArrayList<>();

  /** Reads the page's files. */
  public WatchPage() {
    assets.add(asset("icon.svg", "image/svg+xml", WEB + "icon.svg"));
    assets.add(asset("watch.css", "text/css; charset=utf-8", WEB + "watch.css"));
    assets.add(asset("watch.js", SCRIPT, WEB + "watch.js"));
    // A release never changes, and to hash 400 KB while the JVM still interprets takes 50 ms.
    String version = hlsJsVersion();
    assets.add(WebAsset.of("hls.js", SCRIPT, read(HLS_JS + version + "/dist/hls.min.js"), version));
    this.page =
        WebAsset.of("watch.html", "text/html; charset=utf-8", linked(read(WEB + "watch.html")));
  }

  private static WebAsset asset(String name, String contentType, String resource) {
    return WebAsset.of(name, contentType, read(resource));
  }

  /** The page names its files as {@code @name@}. */
  private byte[] linked(byte[] template) {
    String html = new String(template, UTF_8);
    for (WebAsset asset : assets) {
      html = html.replace("@" + asset.name() + "@", asset.path());
    }
    return html.getBytes(UTF_8);
  }

  private static String hlsJsVersion() {
    Properties properties = new Properties();
    try (InputStream in = open(HLS_JS_VERSION)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + HLS_JS_VERSION, e);
    }
    return properties.getProperty("version");
  }

  private static byte[] read(String resource) {
    try (InputStream in = open(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }

  private static InputStream open(String resource) throws IOException {
    InputStream in = WatchPage.class.getClassLoader().getResourceAsStream(resource);
    if (in == null) {
      throw new IOException("not on the class path");
    }
    return in;
  }

  /** Adds the page's routes. */
  public void mount(Router router) {
    for (WebAsset asset : assets) {
      router
          .route(asset.path())
          .method(HttpMethod.GET)
          .method(HttpMethod.HEAD)
          // The path changes with the content.
          .handler(context -> asset.send(context, "public, max-age=31536000, immutable"));
    }
    router
        .route("/watch/:stream_id")
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(this::sendPage);
  }

  private void sendPage(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("X-Frame-Options", "SAMEORIGIN");
    page.send(context, "no-cache");
  }
}

package io.streaminfa.control;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What monitors ask, without a token. */
final class HealthApi {
  private final String version;
  private final long startNanos = System.nanoTime();
  private final Readiness readiness;
  private final Optional<PrometheusRegistry> prometheus;
  private final ExpositionFormats formats = ExpositionFormats.init();

  HealthApi(String version, Readiness readiness, Optional<PrometheusRegistry> prometheus) {
    this.version = version;
    this.readiness = readiness;
    this.prometheus = prometheus;
  }

  List<Endpoint> endpoints() {
    List<Endpoint> endpoints = new ArrayList<>();
    endpoints.add(Endpoint.open(HttpMethod.GET, "/healthz", _ -> healthz()));
    endpoints.add(Endpoint.open(HttpMethod.GET, "/readyz", _ -> readyz()));
    prometheus.ifPresent(
        registry ->
            endpoints.add(
                Endpoint.open(HttpMethod.GET, "/metrics", request -> metrics(request, registry))));
    return endpoints;
  }

  private ApiResponse healthz() {
    long uptimeSecs = Duration.ofNanos(System.nanoTime() - startNanos).toSeconds();
    return ApiResponse.json(200, new Health("ok", uptimeSecs, version));
  }

  private ApiResponse readyz() throws InterruptedException {
    Readiness.Report report = readiness.evaluate();
    Map<String, Check> checks = new LinkedHashMap<>();
    for (Readiness.Outcome outcome : report.outcomes()) {
      checks.put(outcome.check().name(), Check.of(outcome));
    }
    if (!report.ready()) {
      return ApiResponse.json(503, new Ready("not_ready", checks));
    }
    return ApiResponse.json(200, new Ready(report.degraded() ? "degraded" : "ready", checks));
  }

  private ApiResponse metrics(ApiRequest request, PrometheusRegistry registry) {
    ExpositionFormatWriter writer = formats.findWriter(request.header("Accept").orElse(""));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return new ApiResponse(
        200, writer.getContentType(), Map.of(), Buffer.buffer(text.toByteArray()));
  }

  private record Health(String status, long uptimeSecs, String version) {}

  private record Ready(String status, Map<String, Check> checks) {}

  private record Check(String status, boolean critical, double latencyMs, String detail) {
    static Check of(Readiness.Outcome outcome) {
      return new Check(
          outcome.result().ok() ? "ok" : "failed",
          outcome.check().critical(),
          outcome.latency().toNanos() / 1_000_000.0,
          outcome.result().detail());
    }
  }
}

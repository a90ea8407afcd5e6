package io.streaminfa.config;

import io.streaminfa.auth.AuthSettings;
import io.streaminfa.config.EffectiveSettings.PlacedRung;
import io.streaminfa.control.ControlSettings;
import io.streaminfa.delivery.CacheSettings;
import io.streaminfa.delivery.DeliverySettings;
import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.observability.ObservabilitySettings;
import io.streaminfa.packager.PackagingSettings;
import io.streaminfa.storage.StorageSettings;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.webhooks.WebhookSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Turns checked values into the stages' records. */
final class ConfigAssembly {
  private final EffectiveSettings settings;

  private ConfigAssembly(EffectiveSettings settings) {
    this.settings = settings;
  }

  static Config assemble(EffectiveSettings settings) {
    ConfigAssembly assembly = new ConfigAssembly(settings);
    return new Config(
        assembly.server(),
        assembly.ingest(),
        assembly.transcode(),
        assembly.packaging(),
        assembly.storage(),
        assembly.delivery(),
        assembly.observability(),
        assembly.auth(),
        assembly.cache(),
        assembly.control(),
        assembly.webhooks());
  }

  private ServerSettings server() {
    return new ServerSettings(
        get(Settings.HOST_NAME),
        whole(Settings.CONTROL_PORT),
        whole(Settings.RTMP_PORT),
        Path.of(get(Settings.DATA_DIR)),
        publicUrl(),
        secs(Settings.SHUTDOWN_TIMEOUT));
  }

  private IngestSettings ingest() {
    return new IngestSettings(
        whole(Settings.MAX_BITRATE),
        get(Settings.MAX_UPLOAD_SIZE),
        get(Settings.ALLOWED_CODECS),
        get(Settings.ALLOWED_AUDIO_CODECS),
        Duration.ofMillis(Math.round(get(Settings.MAX_DURATION) * 1000)),
        whole(Settings.MAX_LONG_EDGE),
        secs(Settings.UPLOAD_TIMEOUT),
        whole(Settings.MAX_RTMP_CONNECTIONS),
        whole(Settings.MAX_LIVE_STREAMS),
        whole(Settings.MAX_UPLOADS),
        whole(Settings.MAX_PENDING),
        secs(Settings.RECONNECT_WINDOW),
        secs(Settings.KEY_FRAME_TIMEOUT),
        secs(Settings.IDLE_TIMEOUT));
  }

  private TranscodeSettings transcode() {
    return new TranscodeSettings(
        secs(Settings.KEYFRAME_INTERVAL),
        whole(Settings.MAX_BLOCKING_THREADS),
        get(Settings.LIVE_PRESET),
        get(Settings.ENCODER),
        settings.ladder().stream().map(PlacedRung::rung).toList());
  }

  private PackagingSettings packaging() {
    return new PackagingSettings(
        secs(Settings.SEGMENT_DURATION),
        whole(Settings.LIVE_WINDOW),
        whole(Settings.HLS_VERSION),
        Duration.ofMinutes(get(Settings.SEGMENT_RETENTION)),
        get(Settings.RECORD_LIVE));
  }

  private StorageSettings storage() {
    return new StorageSettings(
        StorageSettings.Backend.valueOf(get(Settings.BACKEND).toUpperCase(Locale.ROOT)),
        get(Settings.ENDPOINT),
        get(Settings.BUCKET_NAME),
        get(Settings.ACCESS_KEY_ID),
        get(Settings.SECRET_ACCESS_KEY),
        get(Settings.REGION),
        get(Settings.PATH_STYLE),
        whole(Settings.MAX_RETRIES),
        Duration.ofMillis(get(Settings.INITIAL_BACKOFF)),
        secs(Settings.REQUEST_TIMEOUT),
        get(Settings.SPOOL_MAX));
  }

  private DeliverySettings delivery() {
    return new DeliverySettings(
        get(Settings.CACHE_CONTROL_LIVE),
        get(Settings.CACHE_CONTROL_VOD),
        get(Settings.CORS_ORIGINS));
  }

  private ObservabilitySettings observability() {
    return new ObservabilitySettings(
        get(Settings.LOG_LEVEL),
        get(Settings.LOG_FORMAT),
        get(Settings.METRICS_ENABLED),
        get(Settings.TRACING_ENABLED),
        get(Settings.TRACING_ENDPOINT),
        get(Settings.TRACING_SAMPLE_RATIO));
  }

  private AuthSettings auth() {
    return new AuthSettings(
        get(Settings.STREAM_KEYS),
        get(Settings.ADMIN_TOKENS),
        whole(Settings.AUTH_MAX_ATTEMPTS),
        secs(Settings.AUTH_WINDOW),
        secs(Settings.AUTH_BLOCK));
  }

  private CacheSettings cache() {
    return new CacheSettings(
        get(Settings.CACHE_ENABLED),
        get(Settings.CACHE_SIZE),
        secs(Settings.CACHE_TTL),
        secs(Settings.CACHE_SEGMENT_TTL));
  }

  private ControlSettings control() {
    return new ControlSettings(
        get(Settings.HOST_NAME),
        whole(Settings.CONTROL_PORT),
        whole(Settings.RTMP_PORT),
        publicUrl(),
        get(Settings.MAX_JSON_BODY));
  }

  private WebhookSettings webhooks() {
    return new WebhookSettings(get(Settings.WEBHOOKS_ALLOW_PRIVATE));
  }

  private String publicUrl() {
    String url = get(Settings.PUBLIC_URL);
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private <T> T get(Setting<T> setting) {
    return settings.get(setting);
  }

  private int whole(Setting<Long> setting) {
    return Math.toIntExact(settings.get(setting));
  }

  private Duration secs(Setting<Long> setting) {
    return Duration.ofSeconds(settings.get(setting));
  }
}

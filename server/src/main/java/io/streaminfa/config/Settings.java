package io.streaminfa.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Every setting except the ladder: its name, type and limits. Defaults are in default.toml only.
 */
final class Settings {
  private static final long DAY_SECS = 86_400;
  private static final long MAX_BYTES = 1L << 50;

  private static final TextRule HOST =
      new TextRule.Matching(
          Pattern.compile("[A-Za-z0-9._:%-]{1,255}"), "an address or a host name");
  private static final TextRule TOKEN =
      new TextRule.Matching(
          Pattern.compile("[A-Za-z0-9_.-]{1,64}"), "a name of letters and digits");
  // RFC 9110, 5.5: a field value is visible characters, spaces and tabs.
  private static final TextRule HEADER_VALUE =
      new TextRule.Matching(Pattern.compile("[\\x20-\\x7e]{1,200}"), "a header's value");
  private static final TextRule ORIGIN =
      new TextRule.Matching(
          Pattern.compile("\\*|https?://[A-Za-z0-9._\\[\\]:-]{1,255}"),
          "\"*\" or an origin such as https://player.example.com");
  private static final TextRule BUCKET =
      new TextRule.Matching(Pattern.compile("[A-Za-z0-9._-]{3,255}"), "a bucket's name");
  private static final TextRule CREDENTIAL =
      new TextRule.Secret(Pattern.compile("[\\x21-\\x7e]{0,4096}"), "text without spaces");
  private static final TextRule STREAM_KEY =
      new TextRule.Secret(
          Pattern.compile("[A-Za-z0-9_.~-]{1,255}"), "keys of letters, digits and _ . ~ -");
  // RFC 6750, 2.1: b64token.
  private static final TextRule BEARER_TOKEN =
      new TextRule.Secret(
          Pattern.compile("[A-Za-z0-9._~+/-]{1,4096}=*"),
          "tokens of letters, digits and - . _ ~ + /");

  static final List<String> X264_PRESETS =
      List.of(
          "ultrafast",
          "superfast",
          "veryfast",
          "faster",
          "fast",
          "medium",
          "slow",
          "slower",
          "veryslow",
          "placebo");

  private static final List<String> VIDEO_CODECS =
      List.of("h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2", "prores");
  private static final List<String> AUDIO_CODECS =
      List.of("aac", "mp3", "opus", "flac", "ac3", "pcm");

  static final Setting<String> HOST_NAME = text("server", "host", HOST);
  static final Setting<Long> CONTROL_PORT = whole("server", "control_port", 0, 65_535);
  static final Setting<Long> RTMP_PORT = whole("server", "rtmp_port", 0, 65_535);
  static final Setting<String> DATA_DIR = text("server", "data_dir", new TextRule.FilePath());
  static final Setting<String> PUBLIC_URL =
      text("server", "public_url", new TextRule.HttpUrl(true));
  static final Setting<Long> SHUTDOWN_TIMEOUT = whole("server", "shutdown_timeout_secs", 1, 3_600);

  static final Setting<Long> MAX_BITRATE = whole("ingest", "max_bitrate_kbps", 1, 1_000_000);
  static final Setting<Long> MAX_UPLOAD_SIZE =
      whole("ingest", "max_upload_size_bytes", 1, MAX_BYTES);
  static final Setting<List<String>> ALLOWED_CODECS =
      texts("ingest", "allowed_codecs", new TextRule.OneOf(VIDEO_CODECS), 1);
  static final Setting<List<String>> ALLOWED_AUDIO_CODECS =
      texts("ingest", "allowed_audio_codecs", new TextRule.OneOf(AUDIO_CODECS), 1);
  static final Setting<Double> MAX_DURATION =
      new Setting<>(
          "ingest", "max_duration_secs", new ValueType.Decimal(1, 30.0 * DAY_SECS), false);
  static final Setting<Long> MAX_LONG_EDGE = whole("ingest", "max_long_edge_pixels", 16, 16_384);
  static final Setting<Long> UPLOAD_TIMEOUT = whole("ingest", "upload_timeout_secs", 1, 3_600);
  static final Setting<Long> MAX_RTMP_CONNECTIONS =
      whole("ingest", "max_concurrent_rtmp_connections", 1, 100_000);
  static final Setting<Long> MAX_LIVE_STREAMS =
      whole("ingest", "max_concurrent_live_streams", 1, 10_000);
  static final Setting<Long> MAX_UPLOADS = whole("ingest", "max_concurrent_uploads", 1, 10_000);
  static final Setting<Long> MAX_PENDING = whole("ingest", "max_pending_connections", 1, 65_535);
  static final Setting<Long> RECONNECT_WINDOW =
      whole("ingest", "reconnect_window_secs", 0, DAY_SECS);
  static final Setting<Long> KEY_FRAME_TIMEOUT = whole("ingest", "key_frame_timeout_secs", 1, 600);
  static final Setting<Long> IDLE_TIMEOUT = whole("ingest", "idle_timeout_secs", 1, 3_600);

  static final Setting<Long> KEYFRAME_INTERVAL =
      whole("transcode", "keyframe_interval_secs", 1, 10);
  static final Setting<Long> MAX_BLOCKING_THREADS =
      whole("transcode", "max_blocking_threads", 1, 4_096);
  static final Setting<String> LIVE_PRESET = text("transcode", "live_preset", TOKEN);
  static final Setting<String> ENCODER = text("transcode", "encoder", TOKEN);

  static final Setting<Long> SEGMENT_DURATION = whole("packaging", "segment_duration_secs", 1, 60);
  // RFC 8216, 6.2.2: a live playlist lasts at least three target durations.
  static final Setting<Long> LIVE_WINDOW = whole("packaging", "live_window_segments", 3, 10_000);
  // RFC 8216, 7: EXT-X-MAP without EXT-X-I-FRAMES-ONLY, which every playlist has, needs 6.
  static final Setting<Long> HLS_VERSION = whole("packaging", "hls_version", 6, 13);
  static final Setting<Long> SEGMENT_RETENTION =
      whole("packaging", "segment_retention_minutes", 0, 525_600);
  static final Setting<Boolean> RECORD_LIVE = flag("packaging", "record_live");

  static final Setting<String> BACKEND =
      text("storage", "backend", new TextRule.OneOf(List.of("memory", "file", "s3")));
  static final Setting<String> ENDPOINT = text("storage", "endpoint", new TextRule.HttpUrl(true));
  static final Setting<String> BUCKET_NAME = text("storage", "bucket", BUCKET);
  static final Setting<String> ACCESS_KEY_ID =
      new Setting<>("storage", "access_key_id", new ValueType.Text(CREDENTIAL), true);
  static final Setting<String> SECRET_ACCESS_KEY =
      new Setting<>("storage", "secret_access_key", new ValueType.Text(CREDENTIAL), true);
  static final Setting<String> REGION = text("storage", "region", TOKEN);
  static final Setting<Boolean> PATH_STYLE = flag("storage", "path_style");
  static final Setting<Long> MAX_RETRIES = whole("storage", "max_retries", 0, 20);
  static final Setting<Long> INITIAL_BACKOFF = whole("storage", "initial_backoff_ms", 1, 60_000);
  static final Setting<Long> REQUEST_TIMEOUT = whole("storage", "request_timeout_secs", 1, 3_600);
  static final Setting<Long> SPOOL_MAX = whole("storage", "spool_max_bytes", 1, MAX_BYTES);

  static final Setting<String> CACHE_CONTROL_LIVE =
      text("delivery", "cache_control_live", HEADER_VALUE);
  static final Setting<String> CACHE_CONTROL_VOD =
      text("delivery", "cache_control_vod", HEADER_VALUE);
  static final Setting<List<String>> CORS_ORIGINS =
      texts("delivery", "cors_allowed_origins", ORIGIN, 0);

  static final Setting<String> LOG_LEVEL =
      text(
          "observability",
          "log_level",
          new TextRule.OneOf(List.of("trace", "debug", "info", "warn", "error")));
  static final Setting<String> LOG_FORMAT =
      text("observability", "log_format", new TextRule.OneOf(List.of("json", "pretty")));
  static final Setting<Boolean> METRICS_ENABLED = flag("observability", "metrics_enabled");
  static final Setting<Boolean> TRACING_ENABLED = flag("observability", "tracing_enabled");
  static final Setting<String> TRACING_ENDPOINT =
      text("observability", "tracing_endpoint", new TextRule.HttpUrl(false));
  static final Setting<Double> TRACING_SAMPLE_RATIO =
      new Setting<>("observability", "tracing_sample_ratio", new ValueType.Decimal(0, 1), false);

  static final Setting<List<String>> STREAM_KEYS =
      new Setting<>("auth", "ingest_stream_keys", new ValueType.Texts(STREAM_KEY, 0), true);
  static final Setting<List<String>> ADMIN_TOKENS =
      new Setting<>("auth", "admin_bearer_tokens", new ValueType.Texts(BEARER_TOKEN, 0), true);

  static final Setting<Boolean> CACHE_ENABLED = flag("cache", "enabled");
  static final Setting<Long> CACHE_SIZE = whole("cache", "max_size_bytes", 0, MAX_BYTES);
  static final Setting<Long> CACHE_TTL = whole("cache", "ttl_secs", 1, 30 * DAY_SECS);
  static final Setting<Long> CACHE_SEGMENT_TTL =
      whole("cache", "segment_ttl_secs", 1, 30 * DAY_SECS);

  static final Setting<Long> MAX_JSON_BODY =
      whole("security", "max_json_body_bytes", 1_024, 1L << 30);
  static final Setting<Long> AUTH_MAX_ATTEMPTS =
      whole("security", "auth_max_attempts", 1, 1_000_000);
  static final Setting<Long> AUTH_WINDOW = whole("security", "auth_window_secs", 1, DAY_SECS);
  static final Setting<Long> AUTH_BLOCK = whole("security", "auth_block_secs", 1, 30 * DAY_SECS);

  static final Setting<Boolean> WEBHOOKS_ALLOW_PRIVATE =
      flag("webhooks", "allow_private_addresses");

  /** All of them, in the order of default.toml. */
  static final List<Setting<?>> ALL =
      List.of(
          HOST_NAME,
          CONTROL_PORT,
          RTMP_PORT,
          DATA_DIR,
          PUBLIC_URL,
          SHUTDOWN_TIMEOUT, //
          MAX_BITRATE,
          MAX_UPLOAD_SIZE,
          ALLOWED_CODECS,
          ALLOWED_AUDIO_CODECS,
          MAX_DURATION,
          MAX_LONG_EDGE,
          UPLOAD_TIMEOUT,
          MAX_RTMP_CONNECTIONS,
          MAX_LIVE_STREAMS,
          MAX_UPLOADS,
          MAX_PENDING,
          RECONNECT_WINDOW,
          KEY_FRAME_TIMEOUT,
          IDLE_TIMEOUT, //
          KEYFRAME_INTERVAL,
          MAX_BLOCKING_THREADS,
          LIVE_PRESET,
          ENCODER, //
          SEGMENT_DURATION,
          LIVE_WINDOW,
          HLS_VERSION,
          SEGMENT_RETENTION,
          RECORD_LIVE, //
          BACKEND,
          ENDPOINT,
          BUCKET_NAME,
          ACCESS_KEY_ID,
          SECRET_ACCESS_KEY,
          REGION,
          PATH_STYLE,
          MAX_RETRIES,
          INITIAL_BACKOFF,
          REQUEST_TIMEOUT,
          SPOOL_MAX, //
          CACHE_CONTROL_LIVE,
          CACHE_CONTROL_VOD,
          CORS_ORIGINS, //
          LOG_LEVEL,
          LOG_FORMAT,
          METRICS_ENABLED,
          TRACING_ENABLED,
          TRACING_ENDPOINT,
          TRACING_SAMPLE_RATIO, //
          STREAM_KEYS,
          ADMIN_TOKENS, //
          CACHE_ENABLED,
          CACHE_SIZE,
          CACHE_TTL,
          CACHE_SEGMENT_TTL, //
          MAX_JSON_BODY,
          AUTH_MAX_ATTEMPTS,
          AUTH_WINDOW,
          AUTH_BLOCK, //
          WEBHOOKS_ALLOW_PRIVATE);

  /** The same by {@link Setting#name()}. */
  static final Map<String, Setting<?>> BY_NAME = byName();

  /** The section and key of the ladder, which is a list of tables. */
  static final String LADDER = "transcode.profile_ladder";

  private Settings() {}

  private static Map<String, Setting<?>> byName() {
    Map<String, Setting<?>> settings = new LinkedHashMap<>();
    for (Setting<?> setting : ALL) {
      settings.put(setting.name(), setting);
    }
    return Map.copyOf(settings);
  }

  private static Setting<Long> whole(String section, String key, long min, long max) {
    return new Setting<>(section, key, new ValueType.WholeNumber(min, max), false);
  }

  private static Setting<String> text(String section, String key, TextRule rule) {
    return new Setting<>(section, key, new ValueType.Text(rule), false);
  }

  private static Setting<List<String>> texts(
      String section, String key, TextRule rule, int minSize) {
    return new Setting<>(section, key, new ValueType.Texts(rule, minSize), false);
  }

  private static Setting<Boolean> flag(String section, String key) {
    return new Setting<>(section, key, new ValueType.Flag(), false);
  }
}

package io.streaminfa.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.auth.AuthSettings;
import io.streaminfa.control.ControlSettings;
import io.streaminfa.delivery.CacheSettings;
import io.streaminfa.delivery.DeliverySettings;
import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.observability.ObservabilitySettings;
import io.streaminfa.packager.PackagingSettings;
import io.streaminfa.storage.StorageSettings;
import io.streaminfa.transcode.LadderRung;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import io.streaminfa.webhooks.WebhookSettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;

class DefaultSettingsTest {
  @TempDir private Path directory;

  private Config load(Map<String, String> environment) throws ConfigException {
    return new ConfigLoader(directory, environment, Optional.empty(), false).load().config();
  }

  @Test
  void everyDefaultIsThatOfTheDocumentation() throws ConfigException {
    Bitrate audio128 = Bitrate.ofKbps(128);
    assertThat(load(Map.of()))
        .isEqualTo(
            new Config(
                new ServerSettings(
                    "0.0.0.0", 8080, 1935, Path.of("./data"), "", Duration.ofSeconds(30)),
                new IngestSettings(
                    20_000,
                    10_737_418_240L,
                    List.of("h264"),
                    List.of("aac", "mp3"),
                    Duration.ofHours(6),
                    4096,
                    Duration.ofSeconds(60),
                    50,
                    5,
                    10,
                    100,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30)),
                new TranscodeSettings(
                    Duration.ofSeconds(2),
                    64,
                    "veryfast",
                    "libx264",
                    List.of(
                        rung("high", 1920, 1080, 3500, audio128, "high", "4.1"),
                        rung("medium", 1280, 720, 2000, audio128, "main", "3.1"),
                        rung("low", 854, 480, 1000, Bitrate.ofKbps(96), "main", "3.0"))),
                new PackagingSettings(Duration.ofSeconds(6), 5, 7, Duration.ofHours(1), true),
                new StorageSettings(
                    StorageSettings.Backend.FILE,
                    "",
                    "streaminfa-media",
                    "",
                    "",
                    "us-east-1",
                    true,
                    3,
                    Duration.ofMillis(100),
                    Duration.ofSeconds(30),
                    10_737_418_240L),
                new DeliverySettings("no-cache, no-store", "public, max-age=86400", List.of("*")),
                new ObservabilitySettings(
                    "info", "json", true, false, "http://localhost:4317", 0.1),
                new AuthSettings(
                    List.of(), List.of(), 5, Duration.ofMinutes(1), Duration.ofMinutes(5)),
                new CacheSettings(true, 536_870_912, Duration.ofMinutes(5), Duration.ofHours(1)),
                new ControlSettings("0.0.0.0", 8080, 1935, "", 1_048_576),
                new WebhookSettings(false)));
  }

  private static LadderRung rung(
      String name, int width, int height, int kbps, Bitrate audio, String profile, String level) {
    return new LadderRung(
        name, new Resolution(width, height), Bitrate.ofKbps(kbps), audio, profile, level, "medium");
  }

  @Test
  void theShippedFileHasExactlyTheKnownKeysInTheirOrder() throws Exception {
    List<String> written =
        Toml.parse(Path.of("../config/default.toml")).keyPathSet(false).stream()
            .map(path -> String.join(".", path))
            .filter(name -> !name.equals(Settings.LADDER))
            .toList();
    assertThat(written)
        .containsExactlyInAnyOrderElementsOf(Settings.ALL.stream().map(Setting::name).toList());
  }

  @Test
  void everyKeyHasAHomeInTheRecordsAndEveryComponentAKey() throws Exception {
    Map<String, Object> defaults = components(load(Map.of()));
    Set<String> reached = new HashSet<>();
    for (Setting<?> setting : Settings.ALL) {
      Map<String, String> environment = new HashMap<>();
      environment.put(setting.variable(), otherValue(setting));
      companion(setting).ifPresent(c -> environment.put(c.variable(), "other"));
      Map<String, Object> changed = components(load(environment));
      Set<String> differing =
          defaults.keySet().stream()
              .filter(name -> !Objects.equals(defaults.get(name), changed.get(name)))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(differing).as(setting.name()).isNotEmpty();
      reached.addAll(differing);
    }
    // The ladder is the one component without a variable.
    reached.add("transcode.ladder");
    assertThat(reached).isEqualTo(defaults.keySet());
  }

  /** Credentials are refused one without the other. */
  private static Optional<Setting<?>> companion(Setting<?> setting) {
    if (setting.equals(Settings.ACCESS_KEY_ID)) {
      return Optional.of(Settings.SECRET_ACCESS_KEY);
    }
    return setting.equals(Settings.SECRET_ACCESS_KEY)
        ? Optional.of(Settings.ACCESS_KEY_ID)
        : Optional.empty();
  }

  private static String otherValue(Setting<?> setting) {
    return switch (setting.name()) {
      case "server.host" -> "127.0.0.1";
      case "server.public_url", "storage.endpoint", "observability.tracing_endpoint" ->
          "https://other.example.com";
      case "transcode.keyframe_interval_secs" -> "3";
      case "transcode.live_preset" -> "faster";
      case "packaging.segment_duration_secs" -> "8";
      case "storage.backend" -> "memory";
      case "ingest.allowed_codecs" -> "hevc";
      case "ingest.allowed_audio_codecs" -> "opus";
      case "delivery.cors_allowed_origins" -> "https://other.example.com";
      case "observability.log_level" -> "debug";
      case "observability.log_format" -> "pretty";
      case "observability.metrics_enabled",
          "packaging.record_live",
          "storage.path_style",
          "cache.enabled" ->
          "false";
      case "observability.tracing_enabled", "webhooks.allow_private_addresses" -> "true";
      case "observability.tracing_sample_ratio" -> "0.5";
      default -> setting.type() instanceof ValueType.WholeNumber number ? unusual(number) : "2000";
    };
  }

  /** A number in the range that no default has. */
  private static String unusual(ValueType.WholeNumber type) {
    return Long.toString(Math.min(type.max(), Math.max(type.min(), 9)));
  }

  private static Map<String, Object> components(Config config)
      throws InvocationTargetException, IllegalAccessException {
    Map<String, Object> values = new HashMap<>();
    for (RecordComponent section : Config.class.getRecordComponents()) {
      Object settings = section.getAccessor().invoke(config);
      for (RecordComponent component : section.getType().getRecordComponents()) {
        values.put(
            section.getName() + "." + component.getName(),
            component.getAccessor().invoke(settings));
      }
    }
    return values;
  }
}

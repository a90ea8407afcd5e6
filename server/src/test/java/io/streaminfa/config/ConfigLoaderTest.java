package io.streaminfa.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streaminfa.storage.StorageSettings.Backend;
import io.streaminfa.transcode.LadderRung;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  private static final String RUNG =
      """
      [[transcode.profile_ladder]]
      name = "%s"
      width = %d
      height = %d
      bitrate_kbps = 800
      audio_bitrate_kbps = 64
      profile = "main"
      level = "3.0"
      preset = "fast"
      """;

  @TempDir private Path directory;

  private void write(String file, String toml) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, toml);
  }

  private LoadedConfig load(Map<String, String> environment) throws ConfigException {
    return new ConfigLoader(directory, environment, Optional.empty(), false).load();
  }

  private List<String> problemsOf(Map<String, String> environment) {
    return catchThrowableOfType(ConfigException.class, () -> load(environment)).problems();
  }

  private List<String> problemsOf(String toml) throws IOException {
    write("config/test.toml", toml);
    return problemsOf(Map.of("STREAMINFA_ENV", "test"));
  }

  @Test
  void laterLayersWin() throws Exception {
    write("config/default.toml", "[server]\nhost = \"a\"\ncontrol_port = 1\nrtmp_port = 11\n");
    write("config/test.toml", "[server]\ncontrol_port = 2\nrtmp_port = 12\n");
    write("mine.toml", "[server]\nrtmp_port = 13\n[cache]\nttl_secs = 33\n");
    Map<String, String> environment =
        Map.of("STREAMINFA_ENV", "test", "STREAMINFA_CACHE_TTL_SECS", "44");
    Config config =
        new ConfigLoader(directory, environment, Optional.of(Path.of("mine.toml")), false)
            .load()
            .config();
    assertThat(config.server().host()).isEqualTo("a");
    assertThat(config.server().controlPort()).isEqualTo(2);
    assertThat(config.server().rtmpPort()).isEqualTo(13);
    assertThat(config.cache().ttl()).hasSeconds(44);
  }

  @Test
  void aLadderReplacesTheWholeLadder() throws Exception {
    write("config/test.toml", RUNG.formatted("only", 640, 360));
    assertThat(load(Map.of("STREAMINFA_ENV", "test")).config().transcode().ladder())
        .extracting(LadderRung::name)
        .containsExactly("only");
  }

  @Test
  void allProblemsAreSaidAtOnceWithTheirPlaces() throws Exception {
    write(
        "config/test.toml",
        """
        [server]
        controlport = 80
        rtmp_port = 70000
        host = 5

        [ingst]
        max_bitrate_kbps = 1

        [storage]
        backend = "s4"
        """);
    Map<String, String> environment =
        Map.of(
            "STREAMINFA_ENV", "test",
            "STREAMINFA_CACHE_TTL_SECS", "soon",
            "STREAMINFA_STORAGE_BUCKT", "b");
    assertThatThrownBy(() -> load(environment))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            """
            The settings have 7 problems:
              config/test.toml:2: unknown key server.controlport; did you mean server.control_port?
              config/test.toml:3: server.rtmp_port must be from 0 to 65535, not 70000
              config/test.toml:4: server.host must be a string, not the number 5
              config/test.toml:6: unknown section ingst; did you mean ingest?
              config/test.toml:10: storage.backend must be one of memory, file, s3, not "s4"; \
            did you mean s3?
              STREAMINFA_CACHE_TTL_SECS: cache.ttl_secs must be a whole number, not "soon"
              STREAMINFA_STORAGE_BUCKT: unknown setting; did you mean STREAMINFA_STORAGE_BUCKET?\
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [server]§rtmp_port = 8080|2: server.rtmp_port must not be that of server.control_port, which is 8080
          [packaging]§segment_duration_secs = 5|2: packaging.segment_duration_secs must be a multiple of transcode.keyframe_interval_secs, which is 2, not 5
          [packaging]§live_window_segments = 2|2: packaging.live_window_segments must be from 3 to 10000, not 2
          [ingest]§max_upload_size_bytes = -1|2: ingest.max_upload_size_bytes must be from 1 to 1125899906842624, not -1
          [ingest]§allowed_codecs = []|2: ingest.allowed_codecs must not be empty
          [ingest]§allowed_codecs = ["h265"]|2: ingest.allowed_codecs must be one of h264, hevc, av1, vp9, mpeg4, mpeg2, prores, not "h265"; did you mean h264?
          [ingest]§allowed_codecs = "h264"|2: ingest.allowed_codecs must be a list of strings, not a string
          [ingest]§max_duration_secs = nan|2: ingest.max_duration_secs must be from 1.0 to 2592000.0, not NaN
          [transcode]§live_preset = "fastest"|2: transcode.live_preset must be one of ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow, placebo, not "fastest"; did you mean faster?
          [storage]§access_key_id = "id"|2: storage.access_key_id needs storage.secret_access_key
          [storage]§endpoint = "localhost:9000"|2: storage.endpoint must be an http or https URL, not "localhost:9000"
          [storage]§endpoint = "http://u:p@host"|2: storage.endpoint must be an http or https URL, not "http://u:p@host"
          [delivery]§cache_control_live = "a\\r\\nb"|2: delivery.cache_control_live must be a header's value, not "a\\r\\nb"
          [cache]§enabled = "yes"|2: cache.enabled must be true or false, not a string
          [auth]§admin_bearer_tokens = ["two words"]|2: auth.admin_bearer_tokens must be tokens of letters, digits and - . _ ~ + /
          cache = 5|1: cache must be a section: [cache]
          [transcode]§profile_ladder = 5|2: transcode.profile_ladder must be a list of tables
          """)
  void anImpossibleValueIsRefused(String toml, String problem) throws IOException {
    assertThat(problemsOf(toml.replace('§', '\n'))).containsExactly("config/test.toml:" + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name = "only"|name = "audio_96k"|2: name must be a name of a-z, 0-9, _ and -, and not that of an audio rendition, not "audio_96k"
          name = "only"|name = "Only"|2: name must be a name of a-z, 0-9, _ and -, and not that of an audio rendition, not "Only"
          width = 640|width = 641|3: width must be even, not 641
          height = 360|height = 0|4: height must be from 16 to 8192, not 0
          level = "3.0"|level = 3.0|8: level must be a string, not the number 3.0
          profile = "main"|profile = "mian"|7: profile must be one of baseline, main, high, not "mian"; did you mean main?
          width = 640|widht = 640|3: unknown key widht of a rung; did you mean width?§1: the rung has no width
          """)
  void aWrongRungIsRefused(String right, String wrong, String problems) throws IOException {
    String toml = RUNG.formatted("only", 640, 360).replace(right, wrong);
    assertThat(problemsOf(toml))
        .containsExactly(
            problems
                .lines()
                .flatMap(p -> List.of(p.split("§")).stream())
                .map(p -> "config/test.toml:" + p)
                .toArray(String[]::new));
  }

  @Test
  void rungsGoFromTheLargestDownAndHaveTheirOwnNames() throws IOException {
    assertThat(problemsOf(RUNG.formatted("a", 640, 360) + RUNG.formatted("a", 1280, 720)))
        .containsExactly(
            "config/test.toml:10: rung a is larger than the one before; a ladder goes from the"
                + " largest down",
            "config/test.toml:10: rung a has the name of another");
  }

  @Test
  void brokenTomlIsSaidWithItsLine() throws IOException {
    assertThat(problemsOf("[server]\nhost = \n"))
        .singleElement()
        .asString()
        .startsWith("config/test.toml:2: ");
  }

  @Test
  void theSeedsVariablesAreRead() throws ConfigException {
    Config config =
        load(Map.ofEntries(
                Map.entry("STREAMINFA_SERVER_HOST", "127.0.0.1"),
                Map.entry("STREAMINFA_SERVER_CONTROL_PORT", "18080"),
                Map.entry("STREAMINFA_SERVER_RTMP_PORT", "11935"),
                Map.entry("STREAMINFA_STORAGE_BACKEND", "memory"),
                Map.entry("STREAMINFA_STORAGE_ENDPOINT", "http://s3.example.com:9000"),
                Map.entry("STREAMINFA_STORAGE_BUCKET", "films"),
                Map.entry("STREAMINFA_STORAGE_ACCESS_KEY_ID", "id"),
                Map.entry("STREAMINFA_STORAGE_SECRET_ACCESS_KEY", "s/e+c=ret"),
                Map.entry("STREAMINFA_STORAGE_REGION", "eu-west-1"),
                Map.entry("STREAMINFA_AUTH_INGEST_STREAM_KEYS", "sk_one, sk_two"),
                Map.entry("STREAMINFA_AUTH_ADMIN_BEARER_TOKENS", "token"),
                Map.entry("STREAMINFA_OBSERVABILITY_LOG_LEVEL", "debug")))
            .config();
    assertThat(config.server().host()).isEqualTo("127.0.0.1");
    assertThat(config.server().controlPort()).isEqualTo(18_080);
    assertThat(config.server().rtmpPort()).isEqualTo(11_935);
    assertThat(config.control().rtmpPort()).isEqualTo(11_935);
    assertThat(config.storage().backend()).isEqualTo(Backend.MEMORY);
    assertThat(config.storage().endpoint()).isEqualTo("http://s3.example.com:9000");
    assertThat(config.storage().bucket()).isEqualTo("films");
    assertThat(config.storage().accessKeyId()).isEqualTo("id");
    assertThat(config.storage().secretAccessKey()).isEqualTo("s/e+c=ret");
    assertThat(config.storage().region()).isEqualTo("eu-west-1");
    assertThat(config.auth().ingestStreamKeys()).containsExactly("sk_one", "sk_two");
    assertThat(config.auth().adminBearerTokens()).containsExactly("token");
    assertThat(config.observability().logLevel()).isEqualTo("debug");
  }

  @ParameterizedTest
  @CsvSource({
    "STREAMINFA_STORAGE_ENDPOINT, http://s3:9000, S3",
    "STREAMINFA_STORAGE_ENDPOINT, '', FILE",
    "STREAMINFA_STORAGE_REGION, eu-west-1, FILE"
  })
  void anEndpointFromTheEnvironmentSelectsS3(String variable, String value, Backend backend)
      throws ConfigException {
    assertThat(load(Map.of(variable, value)).config().storage().backend()).isEqualTo(backend);
  }

  @Test
  void aNamedBackendIsNotReplacedByS3() throws Exception {
    write("config/test.toml", "[storage]\nbackend = \"file\"\n");
    Map<String, String> environment =
        Map.of(
            "STREAMINFA_ENV", "test",
            "STREAMINFA_STORAGE_ACCESS_KEY_ID", "id",
            "STREAMINFA_STORAGE_SECRET_ACCESS_KEY", "secret");
    assertThat(load(environment).config().storage().backend()).isEqualTo(Backend.FILE);
  }

  @Test
  void variablesOfKubernetesAreNoSettings() throws ConfigException {
    Map<String, String> environment =
        Map.of(
            "STREAMINFA_SERVICE_HOST", "10.0.0.1",
            "STREAMINFA_PORT", "tcp://10.0.0.1:8080",
            "STREAMINFA_PORT_8080_TCP_ADDR", "10.0.0.1");
    assertThat(load(environment)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"true, '', pretty", "false, '', json", "true, json, json"})
  void aTerminalGetsPrettyLogsWhereNothingSaysOtherwise(
      boolean isTerminal, String variable, String format) throws Exception {
    Files.createDirectories(directory.resolve("config"));
    Files.copy(Path.of("../config/default.toml"), directory.resolve("config/default.toml"));
    Map<String, String> environment =
        variable.isEmpty() ? Map.of() : Map.of("STREAMINFA_OBSERVABILITY_LOG_FORMAT", variable);
    Config config =
        new ConfigLoader(directory, environment, Optional.empty(), isTerminal).load().config();
    assertThat(config.observability().logFormat()).isEqualTo(format);
  }

  @Test
  void anAskedForFileMustExist() {
    assertThat(problemsOf(Map.of("STREAMINFA_ENV", "none")))
        .containsExactly(Path.of("config", "none.toml") + ": no such file");
    assertThat(problemsOf(Map.of("STREAMINFA_ENV", "../x")))
        .containsExactly("STREAMINFA_ENV: must be the name of a file in config/ without .toml");
  }

  @Test
  void secretsAreNotInProblems() {
    assertThat(problemsOf(Map.of("STREAMINFA_AUTH_ADMIN_BEARER_TOKENS", "my secret")))
        .singleElement()
        .asString()
        .doesNotContain("my secret");
  }

  @Test
  void theEffectiveSettingsAreTomlThatLoadsTheSameSettings() throws Exception {
    Map<String, String> environment =
        Map.of(
            "STREAMINFA_SERVER_HOST", "127.0.0.1",
            "STREAMINFA_DELIVERY_CORS_ALLOWED_ORIGINS", "https://a.example.com");
    LoadedConfig loaded = load(environment);
    String toml = loaded.effective().toToml();
    assertThat(toml).contains("host = \"127.0.0.1\"  # STREAMINFA_SERVER_HOST\n");
    assertThat(toml).contains("control_port = 8080  # default\n");
    write("config/printed.toml", toml);
    assertThat(load(Map.of("STREAMINFA_ENV", "printed")).config()).isEqualTo(loaded.config());
  }

  @Test
  void theEffectiveSettingsHideSecrets() throws ConfigException {
    Map<String, String> environment =
        Map.of(
            "STREAMINFA_AUTH_INGEST_STREAM_KEYS", "sk_visible",
            "STREAMINFA_STORAGE_ACCESS_KEY_ID", "visible",
            "STREAMINFA_STORAGE_SECRET_ACCESS_KEY", "visible");
    assertThat(load(environment).effective().toToml())
        .doesNotContain("visible")
        .contains("ingest_stream_keys = [\"(hidden)\"]");
  }
}

package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @Test
  void theVersionIsSaid() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("StreamInfa ");
  }

  @Test
  void helpNamesTheCommandsAndHidesWhatIsOnlyForTheBuild() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("serve", "config", "--version");
    assertThat(run("serve", "--help")).isZero();
    assertThat(out.toString()).contains("--config=FILE", "--demo").doesNotContain("--train");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "srve", "serve --confg x", "serve extra"})
  void wrongUsageIsTwo(String arguments) {
    assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains("Usage: streaminfa");
  }

  @ParameterizedTest
  @CsvSource({
    "srve, unknown command srve; did you mean serve?",
    "serve --confg x, unknown option --confg; did you mean --config?",
    "upload --tokenfile x y, unknown option --tokenfile; did you mean --token-file?"
  })
  void whatWasMistypedIsNamedAndWhatWasMeant(String arguments, String message) {
    assertThat(run(arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "transcode", "upload", "config", "doctor"})
  void eachCommandHasItsHelpAndVersion(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).startsWith("Usage: streaminfa " + command).contains("--config=FILE");
    assertThat(run(command, "--version")).isZero();
    assertThat(out.toString()).contains("StreamInfa ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "config"})
  void wrongSettingsAreTwoAndSayWhy(String command, @TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("a.toml"), "[server]\nprot = 1\n");
    assertThat(run(command, "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains(file + ":2: unknown key server.prot");
  }

  @Test
  void theEffectiveSettingsArePrinted(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("a.toml"), "[server]\nrtmp_port = 5\n");
    assertThat(run("config", "--config", file.toString())).isZero();
    assertThat(out.toString()).contains("rtmp_port = 5  # " + file + ":2\n");
  }
}

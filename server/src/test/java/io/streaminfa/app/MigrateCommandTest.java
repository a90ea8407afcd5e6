package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.cli.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MigrateCommandTest {
  @TempDir private Path directory;
  private final StringWriter err = new StringWriter();

  private int run(String from, String to) throws Exception {
    Path config = directory.resolve("c.toml");
    Files.writeString(config, "[server]\ndata_dir = \"" + directory.resolve("data") + "\"\n");
    PrintWriter out = new PrintWriter(new StringWriter());
    return Main.run(
        new String[] {"migrate", "--from", from, "--to", to, "--config", config.toString()},
        out,
        new PrintWriter(err, true));
  }

  @ParameterizedTest
  @CsvSource({"file, file", "s3, s3", "memory, s3", "file, tape"})
  void storesThatCannotBeCopiedAreWrongUsage(String from, String to) throws Exception {
    assertThat(run(from, to)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("\"file\" and \"s3\"");
  }

  @Test
  void whatWaitsForS3MustGoThereFirst() throws Exception {
    Path waiting = Files.createDirectories(directory.resolve("data/spool/s/high"));
    Files.write(waiting.resolve("1"), new byte[1]);
    assertThat(run("s3", "file")).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString()).contains("spool");
  }
}

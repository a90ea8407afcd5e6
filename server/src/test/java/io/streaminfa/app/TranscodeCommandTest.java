package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.cli.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranscodeCommandTest {
  @TempDir Path directory;
  private final StringWriter err = new StringWriter();
  private Path film;
  private Path out;

  @BeforeEach
  void makeFiles() throws Exception {
    film = Files.writeString(directory.resolve("film.mp4"), "no film");
    out = directory.resolve("out");
  }

  private int run(Object... arguments) {
    String[] words = new String[arguments.length + 1];
    words[0] = "transcode";
    for (int i = 0; i < arguments.length; i++) {
      words[i + 1] = arguments[i].toString();
    }
    return Main.run(words, new PrintWriter(new StringWriter()), new PrintWriter(err, true));
  }

  @Test
  void aMissingFileIsWrongUsage() {
    Path missing = directory.resolve("missing.mp4");
    assertThat(run(missing, "--out", out)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(missing + " is no file");
    assertThat(out).doesNotExist();
  }

  @Test
  void aDirectoryIsNoFilm() {
    assertThat(run(directory, "--out", out)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(directory + " is no file");
  }

  @Test
  void aDirectoryThatIsNotEmptyIsNotTouched() throws Exception {
    Files.createDirectory(out);
    Path mine = Files.writeString(out.resolve("mine.txt"), "mine");
    assertThat(run(film, "--out", out)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(out + " is not empty");
    assertThat(mine).hasContent("mine");
    assertThat(out.toFile().list()).containsExactly("mine.txt");
  }

  @Test
  void aFileIsNoDirectory() throws Exception {
    Files.writeString(out, "mine");
    assertThat(run(film, "--out", out)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(out + " is no directory");
    assertThat(out).hasContent("mine");
  }

  @Test
  void bothPathsMustBeGiven() {
    assertThat(run(film)).isEqualTo(ExitCode.USAGE);
    assertThat(run("--out", out)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--out", "FILE");
  }

  @Test
  void aFileThatIsNoFilmIsAFailureAndLeavesNothing() {
    assertThat(run(film, "--out", out)).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString()).contains("(not_a_media_file)");
    assertThat(out).doesNotExist();
  }
}

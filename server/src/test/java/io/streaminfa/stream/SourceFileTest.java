package io.streaminfa.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceFileTest {
  @Test
  void aPathLiesBelowTheDataDirectory() {
    assertThat(new SourceFile("uploads/a b.mp4").in(Path.of("/data")))
        .isEqualTo(Path.of("/data/uploads/a b.mp4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", ".", "./a", "a\0b"})
  void aPathThatMightLeadElsewhereIsRefused(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> new SourceFile(path));
  }
}

package io.streaminfa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FeaturesDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/features.md");
  private static final Pattern CODE = Pattern.compile("`((?:[a-z0-9]+/)+[A-Z]\\w+)`");
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT|Contract))`");

  private static List<String> named(Pattern pattern) throws IOException {
    return pattern
        .matcher(Files.readString(DOCUMENT))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void theCodeThatIsNamedIsThere() throws IOException {
    Path root = Path.of("src/main/java/io/streaminfa");
    assertThat(named(CODE))
        .hasSizeGreaterThan(30)
        .allSatisfy(name -> assertThat(root.resolve(name + ".java")).isRegularFile());
  }

  @Test
  void theTestsThatAreNamedAreThere() throws IOException {
    Set<String> tests;
    try (Stream<Path> unit = Files.walk(Path.of("src/test/java"));
        Stream<Path> whole = Files.walk(Path.of("../e2e/src/test/java"))) {
      tests =
          Stream.concat(unit, whole)
              .map(path -> path.toString().replaceAll(".*/|[.]java$", ""))
              .collect(Collectors.toSet());
    }
    assertThat(named(TEST)).hasSizeGreaterThan(30).isSubsetOf(tests);
  }

  /** What is not built has no code and no test, and says so. */
  @Test
  void everyFeatureIsShownOrNotYetThere() throws IOException {
    List<String> rows =
        Files.readAllLines(DOCUMENT).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| feature"))
            .toList();
    assertThat(rows)
        .hasSizeGreaterThan(30)
        .allSatisfy(
            row ->
                assertThat(row.contains("not yet") || TEST.matcher(row).find()).as(row).isTrue());
  }
}

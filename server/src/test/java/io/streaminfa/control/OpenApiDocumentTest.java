package io.streaminfa.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenApiDocumentTest {
  private static final Set<String> METHODS =
      Set.of("get", "head", "options", "post", "put", "patch", "delete");

  private final JsonNode document;

  @TempDir private Path dataDir;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory.
  OpenApiDocumentTest() throws Exception {
    ObjectMapper yaml = new YAMLMapper();
    document = yaml.readTree(Path.of("../docs/api/openapi.yaml").toFile());
  }

  @Test
  void theDocumentHasExactlyTheRoutesThatAreServed() throws Exception {
    Set<String> documented = new TreeSet<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        name -> {
                          if (METHODS.contains(name)) {
                            documented.add(name.toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));
    assertThat(documented).isEqualTo(servedRoutes());
  }

  private Set<String> servedRoutes() throws Exception {
    try (ControlServer server = new ControlServer(dataDir, "", List.of())) {
      return server.api().endpoints().stream()
          .map(endpoint -> endpoint.method().name() + " " + braced(endpoint.path()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** Vert.x writes {@code :stream_id} where OpenAPI writes {@code {stream_id}}. */
  private static String braced(String path) {
    return path.replaceAll(":([a-z_]+)", "{$1}");
  }

  @Test
  void theDocumentedFieldsAreTheOnesThatAreSent() {
    assertFields("Stream", StreamDocuments.Details.class);
    assertFields("CreatedStream", StreamDocuments.Created.class);
    assertFields("NewStream", StreamDocuments.CreateRequest.class);
  }

  private void assertFields(String schema, Class<? extends Record> type) {
    Set<String> documented = new TreeSet<>();
    document
        .path("components")
        .path("schemas")
        .path(schema)
        .path("properties")
        .fieldNames()
        .forEachRemaining(documented::add);
    var snakeCase = (PropertyNamingStrategies.NamingBase) PropertyNamingStrategies.SNAKE_CASE;
    assertThat(documented)
        .as(schema)
        .isEqualTo(
            Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(snakeCase::translate)
                .collect(Collectors.toCollection(TreeSet::new)));
  }
}

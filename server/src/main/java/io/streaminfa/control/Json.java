package io.streaminfa.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * The API's JSON: snake_case, and strict. A field that is not known is refused by name, a value of
 * another type is refused and never converted, a name may occur once.
 */
final class Json {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_NAME_CHARS = 256;
  private static final int MAX_STRING_CHARS = 64 * 1024;
  private static final int MAX_SHOWN_CHARS = 64;

  private static final JsonMapper MAPPER = mapper();

  private Json() {}

  static Buffer write(Object document) {
    try {
      return Buffer.buffer(MAPPER.writeValueAsBytes(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of our own cannot be written", e);
    }
  }

  static String writeText(Object document) {
    try {
      return MAPPER.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of our own cannot be written", e);
    }
  }

  /** Reads one JSON value, all of the bytes, into a record. */
  static <T> T read(Buffer bytes, Class<T> type) throws ProblemException {
    try {
      T value = MAPPER.readValue(bytes.getBytes(), type);
      if (value == null) {
        throw notAnObject();
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw new ProblemException(400, "unknown_field", unknownField(e));
    } catch (StreamConstraintsException e) {
      throw tooComplex(e);
    } catch (JsonParseException e) {
      throw malformed(e);
    } catch (JsonMappingException e) {
      throw mappingProblem(e);
    } catch (IOException e) {
      throw new ProblemException(400, "malformed_json", "the body is not JSON");
    }
  }

  private static String unknownField(UnrecognizedPropertyException e) {
    Collection<Object> known = e.getKnownPropertyIds();
    String names =
        known == null
            ? ""
            : known.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
    return "unknown field \"%s\"; known are: %s".formatted(shown(e.getPropertyName()), names);
  }

  /** Inside a record Jackson wraps what the parser found. */
  private static ProblemException mappingProblem(JsonMappingException e) {
    return switch (e.getCause()) {
      case StreamConstraintsException cause -> tooComplex(cause);
      case JsonParseException cause -> malformed(cause);
      case null, default -> e.getPath().isEmpty() ? notAnObject() : invalidField(e);
    };
  }

  private static ProblemException tooComplex(StreamConstraintsException e) {
    return new ProblemException(400, "json_too_complex", e.getOriginalMessage());
  }

  private static ProblemException malformed(JsonParseException e) {
    return new ProblemException(400, "malformed_json", where(e) + e.getOriginalMessage());
  }

  private static ProblemException notAnObject() {
    return new ProblemException(400, "invalid_body", "the body must be one JSON object");
  }

  private static ProblemException invalidField(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(JsonMappingException.Reference::getFieldName)
            .map(name -> name == null ? "[]" : shown(name))
            .collect(Collectors.joining("."));
    return new ProblemException(
        400, "invalid_field", "the field \"" + path + "\" has a value of the wrong type");
  }

  private static String where(JsonParseException e) {
    return e.getLocation() == null
        ? ""
        : "line %d, column %d: "
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static String shown(String text) {
    return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
  }

  private static JsonMapper mapper() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME_CHARS)
                    .maxStringLength(MAX_STRING_CHARS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Bytes of the body in an error message would reach logs and answers.
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    return JsonMapper.builder(factory)
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .withCoercionConfig(LogicalType.Textual, Json::noCoercion)
        .withCoercionConfig(LogicalType.Boolean, Json::noCoercion)
        .build();
  }

  private static void noCoercion(MutableCoercionConfig config) {
    for (CoercionInputShape shape :
        new CoercionInputShape[] {
          CoercionInputShape.Integer,
          CoercionInputShape.Float,
          CoercionInputShape.Boolean,
          CoercionInputShape.String,
          CoercionInputShape.EmptyString
        }) {
      config.setCoercion(shape, CoercionAction.Fail);
    }
  }
}

package io.streaminfa.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * The fields of one stored JSON object. A field that is missing or of another type is an {@link
 * IllegalArgumentException}: what was stored is never completed by guesses.
 */
record Fields(JsonNode object) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  Fields {
    if (!object.isObject()) {
      throw new IllegalArgumentException("not an object");
    }
  }

  static Fields parse(String document) {
    try {
      return new Fields(JSON.readTree(document));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON", e);
    }
  }

  static ObjectNode newObject() {
    return JSON.createObjectNode();
  }

  /** How a constant is stored. */
  static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
  }

  String text(String name) {
    return required(name, JsonNode::isTextual).textValue();
  }

  <E extends Enum<E>> E constant(String name, Class<E> type) {
    return constant(type, text(name));
  }

  boolean flag(String name) {
    return required(name, JsonNode::isBoolean).booleanValue();
  }

  int integer(String name) {
    return required(name, JsonNode::canConvertToInt).intValue();
  }

  long number(String name) {
    return required(name, JsonNode::isIntegralNumber).longValue();
  }

  double fraction(String name) {
    return required(name, JsonNode::isNumber).doubleValue();
  }

  Instant instant(String name) {
    return Instant.parse(text(name));
  }

  Duration duration(String name) {
    return Duration.parse(text(name));
  }

  Fields object(String name) {
    return new Fields(required(name, JsonNode::isObject));
  }

  List<Fields> objects(String name) {
    return elements(name).map(Fields::new).toList();
  }

  List<String> texts(String name) {
    return elements(name).map(Fields::textOf).toList();
  }

  /** This object where it has the field, for what reads it: {@code has("size").map(...)}. */
  Optional<Fields> has(String name) {
    return object.has(name) ? Optional.of(this) : Optional.empty();
  }

  private java.util.stream.Stream<JsonNode> elements(String name) {
    return StreamSupport.stream(required(name, JsonNode::isArray).spliterator(), false);
  }

  private static String textOf(JsonNode node) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException("not a text: " + node);
    }
    return node.textValue();
  }

  private JsonNode required(String name, java.util.function.Predicate<JsonNode> type) {
    JsonNode value = object.required(name);
    if (!type.test(value)) {
      throw new IllegalArgumentException("field " + name + " is of another type");
    }
    return value;
  }
}

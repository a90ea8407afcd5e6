package io.streaminfa.ingest.rtmp.amf0;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One value of AMF0. All are immutable; properties keep their order on the wire. */
public sealed interface Amf0Value {

  /** A number; AMF3's 29-bit integers become this too. */
  record Num(double value) implements Amf0Value {}

  /** A boolean. */
  record Bool(boolean value) implements Amf0Value {}

  /** A string, short or long: the writer takes the long form above 65,535 bytes. */
  record Text(String value) implements Amf0Value {}

  /** An anonymous object. */
  record Obj(Map<String, Amf0Value> properties) implements Amf0Value {
    public Obj {
      properties = inOrder(properties);
    }
  }

  /** An associative array. Its count on the wire is a hint that may lie, and is not kept. */
  record EcmaArray(Map<String, Amf0Value> properties) implements Amf0Value {
    public EcmaArray {
      properties = inOrder(properties);
    }
  }

  /** An array with ordinal indices. */
  record StrictArray(List<Amf0Value> values) implements Amf0Value {
    public StrictArray {
      values = List.copyOf(values);
    }
  }

  /**
   * A moment in milliseconds since 1970 UTC. The time zone on the wire is reserved and not kept.
   */
  record Date(double epochMillis) implements Amf0Value {}

  /** The null marker. */
  record Null() implements Amf0Value {}

  /** The undefined marker, and the unsupported marker, which says the same. */
  record Undefined() implements Amf0Value {}

  /** An object of a named class. */
  record TypedObj(String className, Map<String, Amf0Value> properties) implements Amf0Value {
    public TypedObj {
      properties = inOrder(properties);
    }
  }

  /** An XML document as text; nothing here parses it. */
  record Xml(String text) implements Amf0Value {}

  /** The properties of an object or associative array; empty for every other value. */
  default Map<String, Amf0Value> properties() {
    return Map.of();
  }

  /** A property that is a string; null when it is missing or of another type. */
  default @Nullable String text(String property) {
    return properties().get(property) instanceof Text(String value) ? value : null;
  }

  /** A property that is a number; null when it is missing or of another type. */
  default @Nullable Double number(String property) {
    return properties().get(property) instanceof Num(double value) ? value : null;
  }

  private static Map<String, Amf0Value> inOrder(Map<String, Amf0Value> properties) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }
}

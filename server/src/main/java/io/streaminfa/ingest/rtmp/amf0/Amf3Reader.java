package io.streaminfa.ingest.rtmp.amf0;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one AMF3 value behind AMF0's switch marker, as the AMF0 value that says the same. Byte
 * arrays, vectors, dictionaries and classes with their own serialisation have none and are refused.
 */
final class Amf3Reader {
  private static final int UNDEFINED = 0x00;
  private static final int NULL = 0x01;
  private static final int FALSE = 0x02;
  private static final int TRUE = 0x03;
  private static final int INTEGER = 0x04;
  private static final int DOUBLE = 0x05;
  private static final int STRING = 0x06;
  private static final int XML_DOCUMENT = 0x07;
  private static final int DATE = 0x08;
  private static final int ARRAY = 0x09;
  private static final int OBJECT = 0x0a;
  private static final int XML = 0x0b;

  private record Traits(String className, boolean dynamic, List<String> members) {}

  private record Referable(Amf0Value value, int size) {}

  private final ByteReader in;
  private final AmfBudget budget;
  private final List<String> strings = new ArrayList<>();
  private final List<@Nullable Referable> objects = new ArrayList<>();
  private final List<Traits> traits = new ArrayList<>();

  Amf3Reader(ByteReader in, AmfBudget budget) {
    this.in = in;
    this.budget = budget;
  }

  Amf0Value readValue() throws MediaFormatException {
    budget.enter();
    budget.spend(1);
    int marker = in.readU8();
    Amf0Value value =
        switch (marker) {
          case UNDEFINED -> new Amf0Value.Undefined();
          case NULL -> new Amf0Value.Null();
          case FALSE -> new Amf0Value.Bool(false);
          case TRUE -> new Amf0Value.Bool(true);
          // AMF3 3.6: a signed number of 29 bits.
          case INTEGER -> new Amf0Value.Num(readU29() << 3 >> 3);
          case DOUBLE -> new Amf0Value.Num(in.readDouble());
          case STRING -> new Amf0Value.Text(readString());
          case XML_DOCUMENT, XML, DATE, ARRAY, OBJECT -> readReferable(marker);
          default ->
              throw new MediaFormatException.Unsupported(
                  "amf3_unsupported_type", "AMF3 type " + marker + " is not read");
        };
    budget.leave();
    return value;
  }

  private Amf0Value readReferable(int marker) throws MediaFormatException {
    int header = readU29();
    if ((header & 1) == 0) {
      return resolve(header >> 1);
    }
    int index = objects.size();
    int valuesBefore = budget.values();
    objects.add(null);
    Amf0Value value =
        switch (marker) {
          case DATE -> new Amf0Value.Date(in.readDouble());
          case ARRAY -> readArray(header >> 1);
          case OBJECT -> readObject(header);
          default -> new Amf0Value.Xml(readUtf8(header >> 1));
        };
    objects.set(index, new Referable(value, budget.values() - valuesBefore + 1));
    return value;
  }

  private Amf0Value resolve(int index) throws MediaFormatException {
    Referable target = index < objects.size() ? objects.get(index) : null;
    if (target == null) {
      throw badReference(index);
    }
    budget.spend(target.size());
    return target.value();
  }

  private Amf0Value readArray(int denseCount) throws MediaFormatException {
    Map<String, Amf0Value> associative = readDynamicMembers(new LinkedHashMap<>());
    if (denseCount > in.remaining()) {
      throw new MediaFormatException.Malformed(
          "amf0_truncated", denseCount + " elements in " + in.remaining() + " bytes");
    }
    List<Amf0Value> dense = new ArrayList<>();
    for (int i = 0; i < denseCount; i++) {
      dense.add(readValue());
    }
    if (associative.isEmpty()) {
      return new Amf0Value.StrictArray(dense);
    }
    for (int i = 0; i < denseCount; i++) {
      associative.put(Integer.toString(i), dense.get(i));
    }
    return new Amf0Value.EcmaArray(associative);
  }

  private Amf0Value readObject(int header) throws MediaFormatException {
    Traits shape = readTraits(header);
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    for (String member : shape.members()) {
      properties.put(member, readValue());
    }
    if (shape.dynamic()) {
      readDynamicMembers(properties);
    }
    return shape.className().isEmpty()
        ? new Amf0Value.Obj(properties)
        : new Amf0Value.TypedObj(shape.className(), properties);
  }

  /** AMF3 3.12: the low bits say object, traits, externalizable, dynamic, then a count. */
  private Traits readTraits(int header) throws MediaFormatException {
    if ((header & 0b10) == 0) {
      int index = header >> 2;
      if (index >= traits.size()) {
        throw badReference(index);
      }
      return traits.get(index);
    }
    if ((header & 0b100) != 0) {
      throw new MediaFormatException.Unsupported(
          "amf3_unsupported_type", "a class with its own serialisation is not read");
    }
    String className = readString();
    int count = header >> 4;
    budget.spend(count);
    List<String> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(readString());
    }
    Traits shape = new Traits(className, (header & 0b1000) != 0, members);
    traits.add(shape);
    return shape;
  }

  private Map<String, Amf0Value> readDynamicMembers(Map<String, Amf0Value> into)
      throws MediaFormatException {
    String name = readString();
    while (!name.isEmpty()) {
      into.put(name, readValue());
      name = readString();
    }
    return into;
  }

  private String readString() throws MediaFormatException {
    int header = readU29();
    int rest = header >> 1;
    if ((header & 1) == 0) {
      if (rest >= strings.size()) {
        throw badReference(rest);
      }
      return strings.get(rest);
    }
    String value = readUtf8(rest);
    // AMF3 1.3.2: the empty string is never sent by reference.
    if (!value.isEmpty()) {
      strings.add(value);
    }
    return value;
  }

  private String readUtf8(int length) throws MediaFormatException {
    return StandardCharsets.UTF_8.decode(in.readSlice(length)).toString();
  }

  /** AMF3 1.3.1: seven bits a byte, but eight in the fourth. */
  private int readU29() throws MediaFormatException {
    int value = 0;
    for (int i = 0; i < 3; i++) {
      int octet = in.readU8();
      value = value << 7 | octet & 0x7f;
      if (octet < 0x80) {
        return value;
      }
    }
    return value << 8 | in.readU8();
  }

  private static MediaFormatException badReference(int index) {
    return new MediaFormatException.Malformed(
        "amf3_bad_reference", "reference to entry " + index + ", which is not complete");
  }
}

package io.streaminfa.ingest.rtmp.amf0;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the AMF0 values of one message; limited in depth, count and by the bytes there are. */
public final class Amf0Reader {
  static final int NUMBER = 0x00;
  static final int BOOLEAN = 0x01;
  static final int STRING = 0x02;
  static final int OBJECT = 0x03;
  static final int NULL = 0x05;
  static final int UNDEFINED = 0x06;
  static final int REFERENCE = 0x07;
  static final int ECMA_ARRAY = 0x08;
  static final int OBJECT_END = 0x09;
  static final int STRICT_ARRAY = 0x0a;
  static final int DATE = 0x0b;
  static final int LONG_STRING = 0x0c;
  static final int UNSUPPORTED = 0x0d;
  static final int XML_DOCUMENT = 0x0f;
  static final int TYPED_OBJECT = 0x10;
  static final int SWITCH_TO_AMF3 = 0x11;

  private record Referable(Amf0Value value, int size) {}

  private final ByteReader in;
  private final AmfBudget budget = new AmfBudget();
  private final List<@Nullable Referable> referables = new ArrayList<>();

  private Amf0Reader(ByteBuffer payload) {
    this.in = new ByteReader(payload, "amf0_truncated");
  }

  /**
   * Reads values until the payload ends.
   *
   * @throws MediaFormatException with a code that begins with {@code amf}
   */
  public static List<Amf0Value> readAll(ByteBuffer payload) throws MediaFormatException {
    Amf0Reader reader = new Amf0Reader(payload);
    List<Amf0Value> values = new ArrayList<>();
    while (reader.in.hasRemaining()) {
      values.add(reader.readValue());
    }
    return List.copyOf(values);
  }

  private Amf0Value readValue() throws MediaFormatException {
    budget.enter();
    budget.spend(1);
    Amf0Value value = readValue(in.readU8());
    budget.leave();
    return value;
  }

  private Amf0Value readValue(int marker) throws MediaFormatException {
    return switch (marker) {
      case NUMBER -> new Amf0Value.Num(in.readDouble());
      case BOOLEAN -> new Amf0Value.Bool(in.readU8() != 0);
      case STRING -> new Amf0Value.Text(readUtf8(in.readU16()));
      case LONG_STRING -> new Amf0Value.Text(readLongUtf8());
      case XML_DOCUMENT -> new Amf0Value.Xml(readLongUtf8());
      case NULL -> new Amf0Value.Null();
      case UNDEFINED, UNSUPPORTED -> new Amf0Value.Undefined();
      case DATE -> readDate();
      case REFERENCE -> readReference();
      case OBJECT, ECMA_ARRAY, STRICT_ARRAY, TYPED_OBJECT -> readComplex(marker);
      case SWITCH_TO_AMF3 -> new Amf3Reader(in, budget).readValue();
      default ->
          throw new MediaFormatException.Malformed(
              "amf0_unknown_marker", "marker " + marker + " is not a type of AMF0");
    };
  }

  /** AMF0 2.9: only complex types are referenced, by the order in which they begin. */
  private Amf0Value readComplex(int marker) throws MediaFormatException {
    int index = referables.size();
    int valuesBefore = budget.values();
    referables.add(null);
    Amf0Value value =
        switch (marker) {
          case OBJECT -> new Amf0Value.Obj(readProperties());
          case ECMA_ARRAY -> {
            in.readU32();
            yield new Amf0Value.EcmaArray(readProperties());
          }
          case STRICT_ARRAY -> readStrictArray();
          default -> new Amf0Value.TypedObj(readUtf8(in.readU16()), readProperties());
        };
    referables.set(index, new Referable(value, budget.values() - valuesBefore + 1));
    return value;
  }

  private Map<String, Amf0Value> readProperties() throws MediaFormatException {
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    // Some encoders leave out the end marker of the last object, so the end of the payload ends it.
    while (in.hasRemaining()) {
      String name = readUtf8(in.readU16());
      if (name.isEmpty() && (!in.hasRemaining() || in.peekU8() == OBJECT_END)) {
        in.skip(Math.min(1, in.remaining()));
        break;
      }
      properties.put(name, readValue());
    }
    return properties;
  }

  private Amf0Value readStrictArray() throws MediaFormatException {
    long count = in.readU32();
    if (count > in.remaining()) {
      throw new MediaFormatException.Malformed(
          "amf0_truncated", count + " elements in " + in.remaining() + " bytes");
    }
    List<Amf0Value> values = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      values.add(readValue());
    }
    return new Amf0Value.StrictArray(values);
  }

  private Amf0Value readDate() throws MediaFormatException {
    double epochMillis = in.readDouble();
    in.skip(2);
    return new Amf0Value.Date(epochMillis);
  }

  private Amf0Value readReference() throws MediaFormatException {
    int index = in.readU16();
    Referable target = index < referables.size() ? referables.get(index) : null;
    if (target == null) {
      throw new MediaFormatException.Malformed(
          "amf0_bad_reference", "reference to value " + index + ", which is not complete");
    }
    budget.spend(target.size());
    return target.value();
  }

  private String readLongUtf8() throws MediaFormatException {
    long length = in.readU32();
    if (length > in.remaining()) {
      throw new MediaFormatException.Malformed(
          "amf0_truncated", "needs " + length + " more bytes, has " + in.remaining());
    }
    return readUtf8((int) length);
  }

  private String readUtf8(int length) throws MediaFormatException {
    return StandardCharsets.UTF_8.decode(in.readSlice(length)).toString();
  }
}

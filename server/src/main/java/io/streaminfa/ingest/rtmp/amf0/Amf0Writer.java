package io.streaminfa.ingest.rtmp.amf0;

import io.streaminfa.media.bytes.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Writes AMF0 values. */
public final class Amf0Writer {
  private static final int MAX_SHORT_STRING_BYTES = 0xffff;

  private final ByteWriter out;

  public Amf0Writer(ByteWriter out) {
    this.out = out;
  }

  public void writeAll(List<Amf0Value> values) {
    values.forEach(this::write);
  }

  /**
   * Appends one value.
   *
   * @throws IllegalArgumentException when a property's name is longer than 65,535 bytes
   */
  public void write(Amf0Value value) {
    switch (value) {
      case Amf0Value.Num(double number) -> out.u8(Amf0Reader.NUMBER).float64(number);
      case Amf0Value.Bool(boolean flag) -> out.u8(Amf0Reader.BOOLEAN).u8(flag ? 1 : 0);
      case Amf0Value.Text(String text) -> writeText(text);
      case Amf0Value.Obj(Map<String, Amf0Value> properties) -> {
        out.u8(Amf0Reader.OBJECT);
        writeProperties(properties);
      }
      case Amf0Value.EcmaArray(Map<String, Amf0Value> properties) -> {
        out.u8(Amf0Reader.ECMA_ARRAY).u32(properties.size());
        writeProperties(properties);
      }
      case Amf0Value.StrictArray(List<Amf0Value> values) -> {
        out.u8(Amf0Reader.STRICT_ARRAY).u32(values.size());
        writeAll(values);
      }
      // AMF0 2.13: the time zone is "reserved, not supported should be set to 0x0000".
      case Amf0Value.Date(double epochMillis) ->
          out.u8(Amf0Reader.DATE).float64(epochMillis).u16(0);
      case Amf0Value.Null() -> out.u8(Amf0Reader.NULL);
      case Amf0Value.Undefined() -> out.u8(Amf0Reader.UNDEFINED);
      case Amf0Value.TypedObj(String className, Map<String, Amf0Value> properties) -> {
        out.u8(Amf0Reader.TYPED_OBJECT);
        writeName(className);
        writeProperties(properties);
      }
      case Amf0Value.Xml(String text) -> {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.u8(Amf0Reader.XML_DOCUMENT).u32(utf8.length).raw(utf8);
      }
    }
  }

  private void writeText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= MAX_SHORT_STRING_BYTES) {
      out.u8(Amf0Reader.STRING).u16(utf8.length).raw(utf8);
    } else {
      out.u8(Amf0Reader.LONG_STRING).u32(utf8.length).raw(utf8);
    }
  }

  private void writeProperties(Map<String, Amf0Value> properties) {
    properties.forEach(
        (name, value) -> {
          writeName(name);
          write(value);
        });
    out.u16(0).u8(Amf0Reader.OBJECT_END);
  }

  private void writeName(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > MAX_SHORT_STRING_BYTES) {
      throw new IllegalArgumentException("a name of " + utf8.length + " bytes");
    }
    out.u16(utf8.length).raw(utf8);
  }
}

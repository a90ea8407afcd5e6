package io.streaminfa.e2e.kit;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** As much of AMF0 as a publisher speaks: numbers, booleans, strings, objects, arrays, null. */
final class Amf0 {
  /** AMF0's null, in lists that hold no Java null. */
  static final Object NULL = new Object();

  private Amf0() {}

  static byte[] write(Object... values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (Object value : values) {
      write(out, value);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Object value) throws IOException {
    switch (value) {
      case Number number -> {
        out.writeByte(0);
        out.writeDouble(number.doubleValue());
      }
      case Boolean flag -> {
        out.writeByte(1);
        out.writeBoolean(flag);
      }
      case String text -> {
        out.writeByte(2);
        writeText(out, text);
      }
      case Map<?, ?> object -> {
        out.writeByte(3);
        for (Map.Entry<?, ?> entry : object.entrySet()) {
          writeText(out, (String) entry.getKey());
          write(out, entry.getValue());
        }
        out.write(new byte[] {0, 0, 9});
      }
      case List<?> array -> {
        out.writeByte(10);
        out.writeInt(array.size());
        for (Object element : array) {
          write(out, element);
        }
      }
      default -> out.writeByte(5);
    }
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  static List<Object> read(ByteBuffer in) throws IOException {
    List<Object> values = new ArrayList<>();
    while (in.hasRemaining()) {
      values.add(readValue(in));
    }
    return values;
  }

  private static Object readValue(ByteBuffer in) throws IOException {
    int marker = in.get();
    return switch (marker) {
      case 0 -> in.getDouble();
      case 1 -> in.get() != 0;
      case 2 -> readText(in);
      case 3 -> readObject(in);
      case 8 -> {
        in.getInt();
        yield readObject(in);
      }
      case 5, 6 -> NULL;
      case 10 -> {
        int count = in.getInt();
        List<Object> array = new ArrayList<>();
        for (int i = 0; i < count && in.hasRemaining(); i++) {
          array.add(readValue(in));
        }
        yield array;
      }
      default -> throw new IOException("AMF0 marker " + marker);
    };
  }

  private static Map<String, Object> readObject(ByteBuffer in) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      String name = readText(in);
      if (name.isEmpty() && in.get(in.position()) == 9) {
        in.get();
        return object;
      }
      object.put(name, readValue(in));
    }
    throw new IOException("an AMF0 object without its end");
  }

  private static String readText(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort() & 0xffff];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

package io.streaminfa.ingest.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MultipartReaderTest {
  private static final int MAX_OVERHEAD = 2000;

  static List<Arguments> forms() {
    return List.of(
        Arguments.of(
            "as curl writes it",
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--b--\r\n",
            Map.of("a", "one")),
        Arguments.of(
            "two parts, the last boundary without an end of line",
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
                + "--b\r\nContent-Disposition: form-data; name=b\r\n\r\ntwo\r\n--b--",
            Map.of("a", "one", "b", "two")),
        Arguments.of(
            "text before and behind",
            "preamble\r\n--b \t\r\nX: y\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n"
                + "\r\n--b-- \r\nepilogue",
            Map.of("a", "")),
        Arguments.of(
            "what looks like a boundary",
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
                + "--b\n--b\r\n-\r\n--\r\n--c\r\r\n--b--",
            Map.of("a", "--b\n--b\r\n-\r\n--\r\n--c\r")),
        Arguments.of("no part", "--b--\r\n", Map.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forms")
  void partsAreRead(String name, String form, Map<String, String> parts) throws Exception {
    for (int chunk : new int[] {1, 2, 7, 100_000}) {
      assertThat(read(bytes(form), chunk, "b")).as("chunks of %d", chunk).isEqualTo(parts);
    }
  }

  static List<Arguments> malformed() {
    String header = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
    return List.of(
        Arguments.of("truncated_form", ""),
        Arguments.of("truncated_form", "no form at all"),
        Arguments.of("truncated_form", header + "one"),
        Arguments.of("truncated_form", header + "one\r\n--b"),
        Arguments.of("truncated_form", header + "one\r\n--b-"),
        Arguments.of("truncated_form", header + "one\r\n--b\r\nContent-Disp"),
        Arguments.of("malformed_form", "--bb\r\n\r\n--b--"),
        Arguments.of("malformed_form", "--b\r\n\r\nno headers\r\n--b--"),
        Arguments.of("malformed_form", "--b\r\nno colon\r\n\r\n\r\n--b--"),
        Arguments.of("malformed_form", "--b\r\nContent-Disposition: form-data\r\n\r\n\r\n--b--"),
        Arguments.of(
            "malformed_form", "--b\r\nContent-Disposition: inline; name=a\r\n\r\n\r\n--b--"),
        Arguments.of(
            "malformed_form", "--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--b--"),
        Arguments.of(
            "unsupported_transfer_encoding",
            header.replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n")
                + "\r\n--b--"),
        Arguments.of("form_too_large", "x".repeat(MAX_OVERHEAD + 1) + "\r\n--b--"),
        Arguments.of("form_too_large", "--b--" + "x".repeat(MAX_OVERHEAD)),
        Arguments.of("form_too_large", "--b\r\nX: " + "x".repeat(10_000)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("malformed")
  void whatIsNoFormIsRefused(String code, String form) {
    for (int chunk : new int[] {1, 100_000}) {
      assertThatThrownBy(() -> read(bytes(form), chunk, "b"))
          .isInstanceOfSatisfying(
              UploadRejected.class,
              e -> {
                assertThat(e.code()).isEqualTo(code);
                assertThat(e.reason()).isEqualTo(UploadRejected.Reason.MALFORMED);
              });
    }
  }

  static List<Arguments> contentTypes() {
    return List.of(
        Arguments.of("multipart/form-data; boundary=b", "b"),
        Arguments.of("Multipart/Form-Data; charset=utf-8; Boundary=\"b c?\"", "b c?"),
        Arguments.of(
            "multipart/form-data;boundary=----WebKitFormBoundary7MA4YWx",
            "----WebKitFormBoundary7MA4YWx"),
        Arguments.of("", "not_a_form"),
        Arguments.of("application/json", "not_a_form"),
        Arguments.of("multipart/mixed; boundary=b", "not_a_form"),
        Arguments.of("multipart/form-data", "invalid_boundary"),
        Arguments.of("multipart/form-data; boundary=", "invalid_boundary"),
        Arguments.of("multipart/form-data; boundary=\"b \"", "invalid_boundary"),
        Arguments.of("multipart/form-data; boundary=\"b\u00e4\"", "invalid_boundary"),
        Arguments.of("multipart/form-data; boundary=" + "b".repeat(71), "invalid_boundary"),
        Arguments.of("multipart/form-data; boundary=a; boundary=b", "malformed_form"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contentTypes")
  void theBoundaryIsRead(String contentType, String expected) {
    String found;
    try {
      found = MultipartReader.MultipartBoundary.of(Optional.of(contentType)).value();
    } catch (UploadRejected e) {
      found = e.code();
    }
    assertThat(found).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomContentOfManyBuffersComesWhole(int seed) throws Exception {
    Random random = new Random(seed);
    byte[] content = new byte[400_000];
    random.nextBytes(content);
    // Boundaries that are almost there.
    byte[] almost = bytes("\r\n--bou");
    for (int i = 0; i < 5000; i++) {
      System.arraycopy(almost, 0, content, random.nextInt(content.length - 20), 1 + i % 7);
    }
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    form.writeBytes(bytes("--boundary\r\nContent-Disposition: form-data; name=a\r\n\r\n"));
    form.writeBytes(content);
    form.writeBytes(bytes("\r\n--boundary--"));
    Map<String, String> read = read(form.toByteArray(), 1 + random.nextInt(70_000), "boundary");
    assertThat(read.get("a")).isEqualTo(new String(content, StandardCharsets.ISO_8859_1));
  }

  static List<Integer> seeds() {
    return List.of(1, 2, 3);
  }

  private static Map<String, String> read(byte[] form, int chunk, String boundary)
      throws UploadRejected, InterruptedException {
    MultipartReader reader =
        new MultipartReader(
            source(form, chunk), new MultipartReader.MultipartBoundary(boundary), MAX_OVERHEAD);
    Map<String, String> parts = new LinkedHashMap<>();
    Optional<MultipartHeaders> part = reader.nextPart();
    while (part.isPresent()) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      ByteBuffer some = reader.content();
      while (some.hasRemaining()) {
        byte[] copy = new byte[some.remaining()];
        some.get(copy);
        content.writeBytes(copy);
        some = reader.content();
      }
      parts.put(part.get().name(), content.toString(StandardCharsets.ISO_8859_1));
      part = reader.nextPart();
    }
    return parts;
  }

  /** The bytes, so many at a time. */
  private static ByteSource source(byte[] bytes, int chunk) {
    ByteBuffer left = ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length));
    return (into, offset, length) -> {
      int count = Math.min(Math.min(chunk, length), left.remaining());
      left.get(into, offset, count);
      return count == 0 ? -1 : count;
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

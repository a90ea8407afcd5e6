package io.streaminfa.control;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A form as curl and browsers write it. */
final class UploadForm {
  static final String CONTENT_TYPE = "multipart/form-data; boundary=XXXXboundary";

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private String end = "--XXXXboundary--\r\n";

  UploadForm file(byte[] content) {
    return part(
        "name=\"file\"; filename=\"a \\\"film\\\".mp4\"\r\nContent-Type: video/mp4", content);
  }

  UploadForm field(String name, String value) {
    return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
  }

  private UploadForm part(String header, byte[] content) {
    text("--XXXXboundary\r\nContent-Disposition: form-data; " + header + "\r\n\r\n");
    body.writeBytes(content);
    text("\r\n");
    return this;
  }

  UploadForm withoutEnd() {
    end = "";
    return this;
  }

  byte[] build() {
    text(end);
    return body.toByteArray();
  }

  /** With a file that begins and goes on. */
  byte[] open() {
    text("--XXXXboundary\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n");
    return body.toByteArray();
  }

  private void text(String text) {
    body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}

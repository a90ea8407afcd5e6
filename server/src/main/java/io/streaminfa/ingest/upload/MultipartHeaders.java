package io.streaminfa.ingest.upload;

import java.util.Locale;
import java.util.Optional;

/**
 * What stands above a part of a form.
 *
 * @param name of the field
 * @param filename for people and logs; never a path on this machine
 */
record MultipartHeaders(String name, Optional<String> filename) {
  /**
   * @param text the lines, with CRLF between them
   */
  static MultipartHeaders parse(String text) throws UploadRejected {
    Optional<HeaderParameters> disposition = Optional.empty();
    for (String line : text.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon < 0 && !line.isEmpty()) {
        throw MultipartReader.malformed("malformed_form", "a part has a header without a colon");
      }
      String header = line.isEmpty() ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
      switch (header.strip()) {
        case "content-disposition" ->
            disposition = Optional.of(HeaderParameters.parse(line.substring(colon + 1)));
        case "content-transfer-encoding" -> requireIdentity(line.substring(colon + 1).strip());
        default -> {} // RFC 7578, 4.8: "Other header fields MUST be ignored."
      }
    }
    HeaderParameters found =
        disposition
            .filter(d -> d.value().equalsIgnoreCase("form-data"))
            .orElseThrow(
                () ->
                    MultipartReader.malformed(
                        "malformed_form", "a part has no Content-Disposition: form-data"));
    String name =
        found
            .parameter("name")
            .orElseThrow(
                () -> MultipartReader.malformed("malformed_form", "a part has no field name"));
    return new MultipartHeaders(name, found.parameter("filename"));
  }

  /** RFC 7578, 4.7: deprecated; what it names here changes no byte. */
  private static void requireIdentity(String encoding) throws UploadRejected {
    switch (encoding.toLowerCase(Locale.ROOT)) {
      case "7bit", "8bit", "binary" -> {}
      default ->
          throw MultipartReader.malformed(
              "unsupported_transfer_encoding", "a part is not sent as the bytes that it is");
    }
  }
}

package io.streaminfa.ingest.rtmp.amf0;

import io.streaminfa.media.MediaFormatException;

/**
 * What one message may make the reader build. A reference adds the size of what it refers to, so a
 * few bytes of nested references cannot stand for a tree that no traversal would ever finish.
 */
final class AmfBudget {
  /** Values inside values. Encoders nest three deep at most. */
  static final int MAX_DEPTH = 16;

  /** Values in one message, those inside others included. */
  static final int MAX_VALUES = 4096;

  private int depth;
  private int values;

  int values() {
    return values;
  }

  void spend(int count) throws MediaFormatException {
    values += count;
    if (values > MAX_VALUES) {
      throw new MediaFormatException.Malformed(
          "amf_too_many_values", "more than " + MAX_VALUES + " values in one message");
    }
  }

  void enter() throws MediaFormatException {
    if (++depth > MAX_DEPTH) {
      throw new MediaFormatException.Malformed(
          "amf_too_deep", "values nested deeper than " + MAX_DEPTH);
    }
  }

  void leave() {
    depth--;
  }
}

package io.streaminfa.media.flv;

/** Which of the two forms of a tag body to write. */
public enum TagSyntax {
  /** Adobe's FLV 10.1: a codec id of four bits. */
  LEGACY,
  /** Enhanced RTMP: a packet type and a fourCC. */
  ENHANCED
}

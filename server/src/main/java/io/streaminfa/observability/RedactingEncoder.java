package io.streaminfa.observability;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/** Redacts a whole log line, so that messages, arguments and stack traces are all covered. */
final class RedactingEncoder extends EncoderBase<ILoggingEvent> {
  private final Encoder<ILoggingEvent> encoder;
  private final Redaction redaction;

  RedactingEncoder(Encoder<ILoggingEvent> encoder, Redaction redaction) {
    this.encoder = encoder;
    this.redaction = redaction;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    // A redaction replaces letters by asterisks only, so JSON stays JSON.
    String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
    return redaction.redact(line).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void start() {
    encoder.setContext(getContext());
    encoder.start();
    super.start();
  }

  @Override
  public void stop() {
    super.stop();
    encoder.stop();
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }
}

package io.streaminfa.ingest.rtmp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.AudioSpecificConfig;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.NalUnits;
import io.streaminfa.media.codec.SequenceParameterSet;
import java.nio.ByteBuffer;

/**
 * Entries for a guided search: {@code JAZZER_FUZZ=1 mvn test -Dtest=MediaFuzz#videoTags}. Not part
 * of an ordinary run, for Jazzer's agent slows the whole test JVM; {@link HostileMediaTest} is.
 */
final class MediaFuzz {
  @FuzzTest
  void videoTags(byte[] data) throws InterruptedException {
    Publisher publisher = new Publisher();
    end(publisher, () -> publisher.demuxer.video(0, ByteBuffer.wrap(data)));
  }

  @FuzzTest
  void audioTags(byte[] data) throws InterruptedException {
    Publisher publisher = new Publisher();
    end(publisher, () -> publisher.demuxer.audio(0, ByteBuffer.wrap(data)));
  }

  @FuzzTest
  void sequenceParameterSets(byte[] data) throws InterruptedException {
    attempt(() -> SequenceParameterSet.parse(ByteBuffer.wrap(data)));
  }

  @FuzzTest
  void decoderConfigs(byte[] data) throws InterruptedException {
    attempt(() -> AvcDecoderConfig.parse(ByteBuffer.wrap(data)).write());
  }

  @FuzzTest
  void audioConfigs(byte[] data) throws InterruptedException {
    attempt(() -> AudioSpecificConfig.parse(ByteBuffer.wrap(data)).write());
  }

  @FuzzTest
  void nalUnits(byte[] data) throws InterruptedException {
    attempt(() -> NalUnits.readAnnexB(ByteBuffer.wrap(data)));
    attempt(() -> NalUnits.readLengthPrefixed(ByteBuffer.wrap(data), 2));
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws MediaFormatException, InterruptedException;
  }

  private static void end(Publisher publisher, Attempt attempt) throws InterruptedException {
    publisher.end(attempt(attempt) ? EndReason.CLEAN : EndReason.REFUSED);
  }

  /** Whether it gave a value; a typed error is the other good outcome. */
  private static boolean attempt(Attempt attempt) throws InterruptedException {
    try {
      attempt.run();
      return true;
    } catch (MediaFormatException e) {
      return e.defectCode().isEmpty();
    }
  }
}

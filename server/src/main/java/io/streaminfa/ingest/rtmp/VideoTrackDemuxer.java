package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.AvcParameterSets;
import io.streaminfa.media.codec.NalUnits;
import io.streaminfa.media.codec.SequenceParameterSet;
import io.streaminfa.media.flv.VideoTag;
import io.streaminfa.units.Resolution;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a publisher's H.264 tags into access units that are all alike: NAL lengths of 4 bytes, a
 * configuration that agrees with the parameter sets in force, and a sync flag that is true.
 *
 * <p>Decoding begins at an IDR picture, whatever the tag's key-frame flag says. A source that shows
 * none for {@link #IDR_PATIENCE_FRAMES} frames is taken for one with open groups of pictures or
 * intra refresh; from then on a frame counts as a sync point when its tag says so and it is intra
 * coded or has a recovery point message.
 */
final class VideoTrackDemuxer {
  /**
   * @param config equal to that of the frame before unless decoding must begin anew
   * @param compositionTimeMs presentation minus decoding time
   */
  record AccessUnit(CodecConfig.Avc config, int compositionTimeMs, boolean sync, ByteBuffer data) {}

  /** Two seconds at 30 frames a second; encoders begin with an IDR picture when they have any. */
  static final int IDR_PATIENCE_FRAMES = 60;

  /** A picture that is shown this much later than decoded does not exist in live video. */
  static final int MAX_COMPOSITION_TIME_MS = 10_000;

  /** Parameter sets and messages that came in tags of their own and wait for their picture. */
  private static final int MAX_CARRIED_UNITS = 64;

  private static final int MAX_CARRIED_BYTES = 256 * 1024;

  /** Real frames bring one or two; each costs more time than its few bytes. */
  private static final int MAX_PARAMETER_SETS_PER_FRAME = 64;

  private static final int CONFIG_VERSION_1 = 1;

  private final IngestSettings settings;
  private final Consumer<String> defects;
  private final List<ByteBuffer> carried = new ArrayList<>();
  private int carriedBytes;
  private int nalLengthSizeBytes;
  private boolean annexB;
  private @Nullable ByteBuffer lastHeader;
  private AvcParameterSets parameterSets = AvcParameterSets.NONE;
  private AvcParameterSets activeSets = AvcParameterSets.NONE;
  private CodecConfig.@Nullable Avc active;
  private boolean awaitsSync = true;
  private boolean idrSeen;
  private int framesWithoutIdr;

  VideoTrackDemuxer(IngestSettings settings, Consumer<String> defects) {
    this.settings = settings;
    this.defects = defects;
  }

  /**
   * Takes a sequence header. The same one again changes nothing; another one takes effect at the
   * next sync point, and what comes before that is dropped.
   *
   * @throws MediaFormatException when it cannot be read or is of a picture too large
   */
  void configure(ByteBuffer header) throws MediaFormatException {
    checkAllowed();
    if (!header.hasRemaining()) {
      defects.accept("video_config_empty");
      return;
    }
    if (header.equals(lastHeader)) {
      return;
    }
    AvcDecoderConfig config = readHeader(header);
    lastHeader = copy(header);
    AvcParameterSets announced = AvcParameterSets.of(config);
    if (announced.sequence().isEmpty()) {
      return; // Legal: the sets come in band.
    }
    checkSize(announced);
    parameterSets = announced;
    if (!announced.equals(activeSets)) {
      awaitsSync = true;
    }
  }

  /**
   * Reads one frame; null when it holds no picture or one that cannot be decoded yet.
   *
   * @throws MediaFormatException when its NAL units or parameter sets cannot be read
   */
  @Nullable AccessUnit read(VideoTag.CodedFrames frame) throws MediaFormatException {
    checkAllowed();
    if (!frame.data().hasRemaining()) {
      defects.accept("video_tag_empty");
      return null;
    }
    List<ByteBuffer> units = readUnits(frame.data());
    if (units == null) {
      defects.accept("video_frame_before_config");
      return null;
    }
    takeParameterSets(units);
    if (units.stream().noneMatch(NalUnits::isSlice)) {
      carry(units);
      return null;
    }
    boolean sync = isSync(units, frame.keyFrame());
    if (sync) {
      activate();
    }
    CodecConfig.Avc config = active;
    if (config == null || awaitsSync) {
      clearCarried();
      defects.accept("video_frame_before_key_frame");
      return null;
    }
    return new AccessUnit(config, compositionTimeMs(frame), sync, assemble(frame.data(), units));
  }

  private void takeParameterSets(List<ByteBuffer> units) throws MediaFormatException {
    int count = 0;
    for (ByteBuffer unit : units) {
      int type = NalUnits.type(unit);
      if (type == NalUnits.SEQUENCE_PARAMETER_SET || type == NalUnits.PICTURE_PARAMETER_SET) {
        if (++count > MAX_PARAMETER_SETS_PER_FRAME) {
          throw new MediaFormatException.Malformed(
              "avc_parameter_set_count",
              "more than " + MAX_PARAMETER_SETS_PER_FRAME + " parameter sets in one frame");
        }
        parameterSets = parameterSets.with(unit);
      }
    }
  }

  private AvcDecoderConfig readHeader(ByteBuffer header) throws MediaFormatException {
    // A record begins with its version, 1; Annex B begins with zeros.
    if (header.get(header.position()) != CONFIG_VERSION_1 && NalUnits.startsWithStartCode(header)) {
      annexB = true;
      defects.accept("video_annex_b");
      return AvcDecoderConfig.ofAnnexB(header);
    }
    AvcDecoderConfig config = AvcDecoderConfig.parse(header);
    annexB = false;
    nalLengthSizeBytes = config.nalLengthSizeBytes();
    return config;
  }

  /** Null when nothing has yet told the size of the lengths. */
  private @Nullable List<ByteBuffer> readUnits(ByteBuffer data) throws MediaFormatException {
    boolean startCode = NalUnits.startsWithStartCode(data);
    if (startCode && (annexB || nalLengthSizeBytes == 0)) {
      return NalUnits.readAnnexB(data);
    }
    if (nalLengthSizeBytes == 0) {
      return null;
    }
    if (startCode && !NalUnits.isLengthPrefixed(data, nalLengthSizeBytes)) {
      annexB = true;
      defects.accept("video_annex_b");
      return NalUnits.readAnnexB(data);
    }
    return NalUnits.readLengthPrefixed(data, nalLengthSizeBytes);
  }

  private boolean isSync(List<ByteBuffer> units, boolean keyFrameFlag) throws MediaFormatException {
    if (units.stream().anyMatch(NalUnits::isIdr)) {
      idrSeen = true;
      return true;
    }
    if (idrSeen) {
      return false;
    }
    framesWithoutIdr = Math.min(framesWithoutIdr + 1, IDR_PATIENCE_FRAMES);
    return framesWithoutIdr == IDR_PATIENCE_FRAMES && keyFrameFlag && isEntryPoint(units);
  }

  private static boolean isEntryPoint(List<ByteBuffer> units) throws MediaFormatException {
    boolean intra = true;
    for (ByteBuffer unit : units) {
      if (NalUnits.hasRecoveryPoint(unit)) {
        return true;
      }
      intra &= !NalUnits.isSlice(unit) || NalUnits.isIntraSlice(unit);
    }
    return intra;
  }

  /** At a sync point the parameter sets in force become the configuration. */
  private void activate() throws MediaFormatException {
    if (!parameterSets.isComplete()) {
      return;
    }
    awaitsSync = false;
    if (active == null || !parameterSets.equals(activeSets)) {
      checkSize(parameterSets);
      active = new CodecConfig.Avc(parameterSets.toDecoderConfig().write().asReadOnlyBuffer());
      activeSets = parameterSets;
    }
  }

  private void checkAllowed() throws MediaFormatException {
    if (!settings.allowedCodecs().contains("h264")) {
      throw new MediaFormatException.Unsupported(
          "video_codec_h264", "h264 is not among the allowed video codecs");
    }
  }

  private void checkSize(AvcParameterSets sets) throws MediaFormatException {
    for (ByteBuffer unit : sets.sequence().values()) {
      Resolution size = SequenceParameterSet.parse(unit).size();
      if (size.longEdge() > settings.maxLongEdgePixels()) {
        throw new MediaFormatException.Unsupported(
            "resolution_too_large",
            size + " is larger than the " + settings.maxLongEdgePixels() + " pixels allowed");
      }
    }
  }

  private int compositionTimeMs(VideoTag.CodedFrames frame) {
    if (Math.abs(frame.compositionTimeMs()) <= MAX_COMPOSITION_TIME_MS) {
      return frame.compositionTimeMs();
    }
    defects.accept("composition_time_repaired");
    return 0;
  }

  /** The bytes as they came where they are already as wanted, otherwise written anew. */
  private ByteBuffer assemble(ByteBuffer data, List<ByteBuffer> units) {
    units.removeIf(unit -> NalUnits.type(unit) == NalUnits.FILLER_DATA);
    if (isNormal(data, units) && carried.isEmpty()) {
      return data.asReadOnlyBuffer();
    }
    List<ByteBuffer> all = new ArrayList<>(carried);
    all.addAll(units);
    clearCarried();
    return NalUnits.writeLengthPrefixed(all, NalUnits.NORMAL_LENGTH_SIZE_BYTES).asReadOnlyBuffer();
  }

  /** Whether the units are all there is: no start codes, other lengths, filler or padding. */
  private boolean isNormal(ByteBuffer data, List<ByteBuffer> units) {
    long bytes = 0;
    for (ByteBuffer unit : units) {
      bytes += NalUnits.NORMAL_LENGTH_SIZE_BYTES + unit.remaining();
    }
    return !annexB
        && nalLengthSizeBytes == NalUnits.NORMAL_LENGTH_SIZE_BYTES
        && bytes == data.remaining();
  }

  private void carry(List<ByteBuffer> units) {
    for (ByteBuffer unit : units) {
      if (NalUnits.type(unit) == NalUnits.FILLER_DATA) {
        continue;
      }
      if (carried.size() == MAX_CARRIED_UNITS
          || carriedBytes + unit.remaining() > MAX_CARRIED_BYTES) {
        defects.accept("video_units_without_picture");
        clearCarried();
        return;
      }
      carried.add(copy(unit));
      carriedBytes += unit.remaining();
    }
  }

  private void clearCarried() {
    carried.clear();
    carriedBytes = 0;
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }
}

package io.streaminfa.state;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.KeyHash;
import io.streaminfa.stream.MediaInfo;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.stream.StreamState;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;

/**
 * A stream as the text that is stored. Written out field by field, so that the names stay what they
 * are when a record's change.
 */
final class StreamDocument {
  private StreamDocument() {}

  static String write(Stream stream) {
    ObjectNode out = Fields.newObject();
    out.put("ingest_type", Fields.nameOf(stream.ingestType()));
    out.put("state", Fields.nameOf(stream.state()));
    out.put("publishing", stream.publishing());
    out.put("record", stream.record());
    out.put("metadata", stream.metadata().json());
    stream.keyHash().ifPresent(hash -> out.put("key_hash", hash.hex()));
    out.put("created_at", stream.createdAt().toString());
    out.put("updated_at", stream.updatedAt().toString());
    stream.mediaInfo().ifPresent(info -> writeMediaInfo(info, out.putObject("media_info")));
    ArrayNode renditions = out.putArray("renditions");
    stream.renditions().forEach(rendition -> writeRendition(rendition, renditions.addObject()));
    out.put("progress", stream.progress());
    stream.duration().ifPresent(duration -> out.put("duration", duration.toString()));
    stream.failure().ifPresent(failure -> writeFailure(failure, out.putObject("failure")));
    stream.deletedAt().ifPresent(at -> out.put("deleted_at", at.toString()));
    return out.toString();
  }

  /**
   * @throws IllegalArgumentException or {@link java.time.DateTimeException} when the document is
   *     not one of {@link #write}
   */
  static Stream read(StreamId id, String document) {
    Fields in = Fields.parse(document);
    Stream.Builder builder =
        Stream.builder(id, in.constant("ingest_type", IngestType.class), in.instant("created_at"))
            .state(in.constant("state", StreamState.class))
            .publishing(in.flag("publishing"))
            .record(in.flag("record"))
            .metadata(new Metadata(in.text("metadata")))
            .updatedAt(in.instant("updated_at"))
            .renditions(
                in.objects("renditions").stream().map(StreamDocument::readRendition).toList())
            .progress(in.fraction("progress"));
    in.has("key_hash").map(f -> new KeyHash(f.text("key_hash"))).ifPresent(builder::keyHash);
    in.has("media_info")
        .map(f -> readMediaInfo(f.object("media_info")))
        .ifPresent(builder::mediaInfo);
    in.has("duration").map(f -> f.duration("duration")).ifPresent(builder::duration);
    in.has("failure").map(f -> readFailure(f.object("failure"))).ifPresent(builder::failure);
    in.has("deleted_at").map(f -> f.instant("deleted_at")).ifPresent(builder::deletedAt);
    return builder.build();
  }

  static void writeFailure(StreamFailure failure, ObjectNode out) {
    out.put("code", failure.code());
    out.put("message", failure.message());
  }

  static StreamFailure readFailure(Fields in) {
    return new StreamFailure(in.text("code"), in.text("message"));
  }

  private static void writeMediaInfo(MediaInfo info, ObjectNode out) {
    info.video()
        .ifPresent(
            video -> {
              ObjectNode node = out.putObject("video");
              node.put("codec", video.codec());
              writeSize(video.size(), node);
              node.put("frame_rate_numerator", video.frameRate().numerator());
              node.put("frame_rate_denominator", video.frameRate().denominator());
            });
    info.audio()
        .ifPresent(
            audio -> {
              ObjectNode node = out.putObject("audio");
              node.put("codec", audio.codec());
              node.put("sample_rate", audio.sampleRate());
              node.put("channels", audio.channels());
            });
  }

  private static MediaInfo readMediaInfo(Fields in) {
    return new MediaInfo(
        in.has("video").map(f -> readVideo(f.object("video"))),
        in.has("audio").map(f -> readAudio(f.object("audio"))));
  }

  private static MediaInfo.Video readVideo(Fields in) {
    return new MediaInfo.Video(
        in.text("codec"),
        readSize(in),
        new FrameRate(in.integer("frame_rate_numerator"), in.integer("frame_rate_denominator")));
  }

  private static MediaInfo.Audio readAudio(Fields in) {
    return new MediaInfo.Audio(in.text("codec"), in.integer("sample_rate"), in.integer("channels"));
  }

  private static void writeRendition(StreamRendition rendition, ObjectNode out) {
    out.put("name", rendition.name());
    rendition.size().ifPresent(size -> writeSize(size, out));
    out.put("bits_per_second", rendition.bitrate().bitsPerSecond());
    out.put("segments_produced", rendition.segmentsProduced());
    out.put("status", Fields.nameOf(rendition.status()));
  }

  private static StreamRendition readRendition(Fields in) {
    return new StreamRendition(
        in.text("name"),
        in.has("width").map(StreamDocument::readSize),
        new Bitrate(in.number("bits_per_second")),
        in.number("segments_produced"),
        in.constant("status", StreamRendition.Status.class));
  }

  private static void writeSize(Resolution size, ObjectNode out) {
    out.put("width", size.width());
    out.put("height", size.height());
  }

  private static Resolution readSize(Fields in) {
    return new Resolution(in.integer("width"), in.integer("height"));
  }
}

package io.streaminfa.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.MediaInfo;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamKey;
import io.streaminfa.stream.StreamPage;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.units.Resolution;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of the streams API, one record a document; component names are the fields. */
final class StreamDocuments {
  private StreamDocuments() {}

  /** POST /streams. */
  record CreateRequest(
      @Nullable String ingestType, @Nullable JsonNode metadata, @Nullable Boolean record) {}

  /** PATCH /streams/{id}. */
  record PatchRequest(@Nullable JsonNode metadata, @Nullable Boolean record) {}

  /** The only document, with {@link Rotated}, that has a key. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Created(
      String streamId,
      String status,
      String ingestType,
      @Nullable String streamKey,
      @Nullable String rtmpUrl,
      String playbackUrl,
      String watchUrl,
      String createdAt) {
    static Created of(NewStream.Made made, PublicUrls.Site site) {
      Stream stream = made.stream();
      return new Created(
          stream.id().value(),
          stream.state().wireName(),
          stream.ingestType().wireName(),
          made.key().map(StreamKey::secret).orElse(null),
          made.key().map(site::rtmp).orElse(null),
          site.playback(stream.id()),
          site.watch(stream.id()),
          stream.createdAt().toString());
    }

    /** Without the secrets. */
    @Override
    public String toString() {
      return "Created[" + streamId + "]";
    }
  }

  record Rotated(String streamId, String streamKey, String rtmpUrl, String rotatedAt) {
    static Rotated of(StreamId id, StreamKey key, String rotatedAt, PublicUrls.Site site) {
      return new Rotated(id.value(), key.secret(), site.rtmp(key), rotatedAt);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
      return "Rotated[" + streamId + "]";
    }
  }

  record Details(
      String streamId,
      String status,
      String ingestType,
      boolean publishing,
      boolean record,
      @JsonRawValue String metadata,
      String playbackUrl,
      String watchUrl,
      String createdAt,
      String updatedAt,
      @Nullable Media mediaInfo,
      List<Rendition> renditions,
      @Nullable Double progress,
      @Nullable Long estimatedRemainingSecs,
      @Nullable Double durationSecs,
      @Nullable Failure error) {
    static Details of(Stream stream, PublicUrls.Site site) {
      boolean upload = stream.ingestType() == IngestType.UPLOAD;
      return new Details(
          stream.id().value(),
          stream.state().wireName(),
          stream.ingestType().wireName(),
          stream.publishing(),
          stream.record(),
          stream.metadata().json(),
          site.playback(stream.id()),
          site.watch(stream.id()),
          stream.createdAt().toString(),
          stream.updatedAt().toString(),
          stream.mediaInfo().map(Media::of).orElse(null),
          stream.renditions().stream().map(Rendition::of).toList(),
          upload ? stream.progress() : null,
          stream.remaining().map(Details::roundedUp).orElse(null),
          stream.duration().map(Details::seconds).orElse(null),
          stream.failure().map(Failure::of).orElse(null));
    }

    private static long roundedUp(Duration duration) {
      return duration.plusMillis(999).toSeconds();
    }

    private static double seconds(Duration duration) {
      return duration.toMillis() / 1000.0;
    }
  }

  record Media(@Nullable Video video, @Nullable Audio audio) {
    static Media of(MediaInfo info) {
      return new Media(
          info.video().map(Video::of).orElse(null), info.audio().map(Audio::of).orElse(null));
    }
  }

  record Video(String codec, int width, int height, double frameRate) {
    static Video of(MediaInfo.Video video) {
      double rate = Math.round(video.frameRate().perSecond() * 1000) / 1000.0;
      return new Video(video.codec(), video.size().width(), video.size().height(), rate);
    }
  }

  record Audio(String codec, int sampleRate, int channels) {
    static Audio of(MediaInfo.Audio audio) {
      return new Audio(audio.codec(), audio.sampleRate(), audio.channels());
    }
  }

  /**
   * @param bitrate bits per second
   */
  record Rendition(
      String name,
      @Nullable Integer width,
      @Nullable Integer height,
      long bitrate,
      long segmentsProduced,
      String status) {
    static Rendition of(StreamRendition rendition) {
      return new Rendition(
          rendition.name(),
          rendition.size().map(Resolution::width).orElse(null),
          rendition.size().map(Resolution::height).orElse(null),
          rendition.bitrate().bitsPerSecond(),
          rendition.segmentsProduced(),
          rendition.status().wireName());
    }
  }

  record Failure(String code, String message) {
    static Failure of(StreamFailure failure) {
      return new Failure(failure.code(), failure.message());
    }
  }

  /** GET /streams. */
  record Page(List<Details> streams, @Nullable String nextCursor, long total) {
    static Page of(StreamPage page, PublicUrls.Site site) {
      return new Page(
          page.streams().stream().map(stream -> Details.of(stream, site)).toList(),
          page.next().map(StreamId::value).orElse(null),
          page.total());
    }
  }

  record Deleted(String streamId, String status, long segmentsDeleted, long storageFreedBytes) {}

  record Stopping(String streamId, String status) {}
}

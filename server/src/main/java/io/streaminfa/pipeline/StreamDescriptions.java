package io.streaminfa.pipeline;

import io.streaminfa.stream.MediaInfo;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.units.Resolution;
import java.util.List;
import java.util.Optional;

/** What a worker says of a source and its renditions, in the words of the registry. */
final class StreamDescriptions {
  private StreamDescriptions() {}

  static MediaInfo mediaInfo(SourceInfo source) {
    Optional<MediaInfo.Audio> audio =
        source.audioCodec().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new MediaInfo.Audio(
                    source.audioCodec(), source.audioSampleRate(), source.audioChannels()));
    return new MediaInfo(
        Optional.of(
            new MediaInfo.Video(source.videoCodec(), source.displaySize(), source.frameRate())),
        audio);
  }

  static List<StreamRendition> renditions(List<Rendition> renditions) {
    return renditions.stream().map(StreamDescriptions::rendition).toList();
  }

  private static StreamRendition rendition(Rendition rendition) {
    Optional<Resolution> size =
        switch (rendition) {
          case Rendition.Video video -> Optional.of(video.size());
          case Rendition.Audio _ -> Optional.empty();
        };
    return new StreamRendition(
        rendition.name(), size, rendition.bitrate(), 0, StreamRendition.Status.ACTIVE);
  }
}

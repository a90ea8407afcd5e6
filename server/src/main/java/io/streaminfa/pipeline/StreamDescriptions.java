package io.streaminfa.pipeline;

import io.streaminfa.stream.MediaInfo;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import java.util.ArrayList;
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

  /** What will be made, before any encoder is open. */
  static List<StreamRendition> planned(LadderPlan plan) {
    List<StreamRendition> renditions = new ArrayList<>();
    for (LadderPlan.Video video : plan.videos()) {
      renditions.add(active(video.name(), Optional.of(video.size()), video.bitrate()));
    }
    for (LadderPlan.Audio audio : plan.audios()) {
      renditions.add(active(audio.name(), Optional.empty(), audio.bitrate()));
    }
    return renditions;
  }

  private static StreamRendition active(String name, Optional<Resolution> size, Bitrate bitrate) {
    return new StreamRendition(name, size, bitrate, 0, StreamRendition.Status.ACTIVE);
  }

  private static StreamRendition rendition(Rendition rendition) {
    Optional<Resolution> size =
        switch (rendition) {
          case Rendition.Video video -> Optional.of(video.size());
          case Rendition.Audio _ -> Optional.empty();
        };
    return active(rendition.name(), size, rendition.bitrate());
  }
}

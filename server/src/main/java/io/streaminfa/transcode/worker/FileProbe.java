package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;

import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.ProbeLimits;
import io.streaminfa.units.Timescale;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/** Finds out what a file is, and whether it is let in: by decoding its beginning. */
final class FileProbe {
  /** Of all streams; at the beginning of a file some audio is among so many. */
  private static final int MAX_PACKETS = 4000;

  /** So many packets of audio without a sound, and it is none. */
  private static final int MAX_SILENT_PACKETS = 50;

  private static final List<Integer> ENCRYPTED_TAGS = List.of(tag("encv"), tag("enca"));

  private final ProbeLimits limits;
  private final Vitals vitals;

  FileProbe(ProbeLimits limits, Vitals vitals) {
    this.limits = limits;
    this.vitals = vitals;
  }

  private static int tag(String letters) {
    return letters.charAt(0)
        | letters.charAt(1) << 8
        | letters.charAt(2) << 16
        | letters.charAt(3) << 24;
  }

  private static WorkerFailure refused(String code, String message) {
    return new WorkerFailure(code, message, true);
  }

  MediaProbe probe(String path) throws WorkerFailure, InterruptedException {
    vitals.begin();
    FileHead head = FileHead.read(path);
    try (MediaFile file = MediaFile.open(path, vitals)) {
      return probe(file, head);
    } catch (WorkerFailure e) {
      throw e.toFailure().code().equals("file_unreadable") ? head.refusal(e) : e;
    } finally {
      vitals.done();
    }
  }

  private MediaProbe probe(MediaFile file, FileHead head)
      throws WorkerFailure, InterruptedException {
    if (file.streams() == 0) {
      throw refused("not_a_media_file", "there is no stream in it");
    }
    AVStream video = chosen(file, avutil.AVMEDIA_TYPE_VIDEO);
    AVStream audio = chosen(file, avutil.AVMEDIA_TYPE_AUDIO);
    if (video == null) {
      throw refused("no_video_stream", "there is no video in this " + file.container());
    }
    checkCodec("codec_not_allowed", video, limits.videoCodecs());
    if (audio != null) {
      checkCodec("audio_codec_not_allowed", audio, limits.audioCodecs());
    }
    checkLongEdge(Math.max(video.codecpar().width(), video.codecpar().height()));
    ProbedPictures pictures = new ProbedPictures(file, video);
    ProbedSound sound = new ProbedSound();
    FileDuration duration = new FileDuration(file, video, head.sizeBytes(), vitals);
    decode(file, video, audio, pictures, sound);
    if (pictures.isEmpty()) {
      throw duration.isCut()
          ? refused("truncated_file", "no picture of what is there decodes")
          : refused("undecodable", "no picture at its beginning decodes");
    }
    MediaProbe.Video probed = pictures.describe();
    checkLongEdge(Math.max(probed.codedSize().longEdge(), probed.displaySize().longEdge()));
    long durationTicks = duration.ticks(new StreamClock(probed.clock()));
    if (Timescale.VIDEO.toDuration(durationTicks).compareTo(limits.maxDuration()) > 0) {
      throw refused(
          "too_long",
          "it lasts %.1f s, %d s are allowed"
              .formatted(
                  Timescale.VIDEO.toSeconds(durationTicks), limits.maxDuration().toSeconds()));
    }
    Optional<MediaProbe.Audio> described =
        audio == null ? Optional.empty() : sound.describe(audio, new StreamClock(probed.clock()));
    return new MediaProbe(
        file.container(),
        durationTicks,
        probed,
        described,
        file.streams() - (described.isPresent() ? 2 : 1));
  }

  /** The default track, else the first; a cover is no video. */
  private static @Nullable AVStream chosen(MediaFile file, int type) throws WorkerFailure {
    AVStream first = null;
    for (int i = 0; i < file.streams(); i++) {
      AVStream stream = file.stream(i);
      if (stream.codecpar().codec_type() != type
          || (stream.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0) {
        continue;
      }
      if ((stream.disposition() & avformat.AV_DISPOSITION_DEFAULT) != 0) {
        return stream;
      }
      first = first == null ? stream : first;
    }
    return first;
  }

  private static void checkCodec(String code, AVStream stream, List<String> allowed)
      throws WorkerFailure {
    if (isEncrypted(stream)) {
      throw refused("encrypted_media", "its media is encrypted");
    }
    String found = CodecNames.of(stream.codecpar().codec_id());
    if (!allowed.contains(found)) {
      throw refused(code, "found " + found + ", allowed are " + String.join(", ", allowed));
    }
  }

  private static boolean isEncrypted(AVStream stream) {
    AVCodecParameters parameters = stream.codecpar();
    for (int i = 0; i < parameters.nb_coded_side_data(); i++) {
      int type = parameters.coded_side_data().getPointer(i).type();
      if (type == avcodec.AV_PKT_DATA_ENCRYPTION_INIT_INFO) {
        return true;
      }
    }
    return ENCRYPTED_TAGS.contains(parameters.codec_tag())
        // libavformat/matroskadec.c keeps the key's id of an encrypted track.
        || av_dict_get(stream.metadata(), "enc_key_id", null, 0) != null;
  }

  private static boolean isEncrypted(AVPacket packet) {
    BytePointer information =
        av_packet_get_side_data(packet, avcodec.AV_PKT_DATA_ENCRYPTION_INFO, (SizeTPointer) null);
    return information != null && !information.isNull();
  }

  private void checkLongEdge(int pixels) throws WorkerFailure {
    if (pixels > limits.maxLongEdgePixels()) {
      throw refused(
          "too_large_picture",
          "its long edge has "
              + pixels
              + " pixels, "
              + limits.maxLongEdgePixels()
              + " are allowed");
    }
  }

  private void decode(
      MediaFile file,
      AVStream video,
      @Nullable AVStream audio,
      ProbedPictures pictures,
      ProbedSound sound)
      throws WorkerFailure, InterruptedException {
    int videoIndex = video.index();
    int audioIndex = audio == null ? -1 : audio.index();
    file.readOnly(audio == null ? List.of(videoIndex) : List.of(videoIndex, audioIndex));
    try (PacketDecoder pictureDecoder = file.openDecoder(videoIndex);
        PacketDecoder soundDecoder = audio == null ? null : file.openDecoder(audioIndex);
        Packet packet = new Packet()) {
      int packets = 0;
      boolean more = file.read(packet.get());
      for (; more && packets < MAX_PACKETS; packets++) {
        AVPacket read = packet.get();
        if (isEncrypted(read)) {
          throw refused("encrypted_media", "its media is encrypted");
        }
        if (read.stream_index() == videoIndex && !pictures.isEnough()) {
          pictureDecoder.send(read, pictures::add);
        } else if (read.stream_index() == audioIndex && soundDecoder != null) {
          sound.offered();
          soundDecoder.send(read, sound::add);
        }
        packet.unref();
        vitals.step();
        if (pictures.isEnough() && (audio == null || sound.isHeard())) {
          return;
        }
        more = file.read(packet.get());
      }
      pictureDecoder.send(null, pictures::add);
      if (soundDecoder != null) {
        soundDecoder.send(null, sound::add);
      }
      requireDecoded(packets, sound);
    }
  }

  private static void requireDecoded(int packets, ProbedSound sound) throws WorkerFailure {
    if (packets == 0) {
      throw refused("truncated_file", "its description is there, its media is not");
    }
    if (!sound.isHeard() && sound.packets() >= MAX_SILENT_PACKETS) {
      throw refused(
          "undecodable", "none of the first " + sound.packets() + " audio packets decodes");
    }
  }
}

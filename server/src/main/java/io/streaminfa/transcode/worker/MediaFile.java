package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_sample_aspect_ratio;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_seek_file;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;

/**
 * A local file, demuxed. Nothing but the file itself is ever opened: no playlist, no reference from
 * within it, no other protocol.
 */
final class MediaFile implements AutoCloseable {
  /** Names of FFmpeg's demuxers; a format is recognised by any of its names. */
  static final List<String> CONTAINERS = List.of("mov", "matroska", "mpegts", "flv", "mpeg", "avi");

  private static final String PROBE_BYTES = String.valueOf(8 << 20);
  private static final String ANALYZE_MICROS = String.valueOf(TimeUnit.SECONDS.toMicros(10));

  /** For opening, for a seek, for one packet. */
  private static final long CALL_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);

  /** Up to so many frame threads decode; each holds a few pictures. */
  private static final int MAX_DECODER_THREADS = 4;

  private final AVFormatContext context;
  private final Deadline deadline;

  /** Strongly held: native code asks it for as long as the file is open. */
  private static final class Deadline extends AVIOInterruptCB.Callback_Pointer {
    private final Vitals vitals;
    private volatile long endNanos;

    Deadline(Vitals vitals) {
      this.vitals = vitals;
    }

    void begin() {
      endNanos = System.nanoTime() + CALL_LIMIT_NANOS;
    }

    /** Asked before each access to the disk, of which a seek may need very many. */
    @Override
    public int call(Pointer opaque) {
      vitals.step();
      return System.nanoTime() - endNanos > 0 ? 1 : 0;
    }
  }

  private MediaFile(AVFormatContext context, Deadline deadline) {
    this.context = context;
    this.deadline = deadline;
  }

  /**
   * @throws WorkerFailure {@code file_unreadable} when it is none of the containers, with FFmpeg's
   *     words
   */
  static MediaFile open(String path, Vitals vitals) throws WorkerFailure {
    Deadline deadline = new Deadline(vitals);
    deadline.begin();
    AVFormatContext context = Native.allocated(avformat_alloc_context(), "avformat_alloc_context");
    context.interrupt_callback().callback(deadline);
    AVDictionary options = new AVDictionary(null);
    try {
      set(options, "protocol_whitelist", "file");
      set(options, "format_whitelist", String.join(",", CONTAINERS));
      set(options, "codec_whitelist", CodecNames.decoders());
      set(options, "enable_drefs", "0");
      set(options, "probesize", PROBE_BYTES);
      set(options, "analyzeduration", ANALYZE_MICROS);
      // With its protocol: a colon in the path is no other one then. Frees the context if it fails.
      int opened = avformat_open_input(context, "file:" + path, null, options);
      if (opened < 0) {
        throw new WorkerFailure("file_unreadable", Native.words(opened), false);
      }
    } finally {
      avutil.av_dict_free(options);
    }
    MediaFile file = new MediaFile(context, deadline);
    int found = avformat_find_stream_info(context, (AVDictionary) null);
    if (found < 0) {
      file.close();
      throw new WorkerFailure(
          "undecodable", "no stream is intelligible: " + Native.words(found), true);
    }
    return file;
  }

  private static void set(AVDictionary options, String key, String value) throws WorkerFailure {
    Native.check(avutil.av_dict_set(options, key, value, 0), key);
  }

  AVFormatContext context() {
    return context;
  }

  String container() {
    return context.iformat().name().getString();
  }

  int streams() {
    return context.nb_streams();
  }

  /**
   * @throws WorkerFailure when the file has no such stream: it is another one than was probed
   */
  AVStream stream(int index) throws WorkerFailure {
    if (index >= streams()) {
      throw new WorkerFailure("file_changed", "there is no stream " + index + " any more", true);
    }
    return context.streams(index);
  }

  /** Packets of the other streams are not given from now on. */
  void readOnly(List<Integer> indices) throws WorkerFailure {
    for (int i = 0; i < streams(); i++) {
      stream(i).discard(indices.contains(i) ? avcodec.AVDISCARD_DEFAULT : avcodec.AVDISCARD_ALL);
    }
  }

  PacketDecoder openDecoder(int index) throws WorkerFailure {
    AVStream stream = stream(index);
    AVCodec codec = avcodec_find_decoder(stream.codecpar().codec_id());
    if (codec == null || codec.isNull()) {
      throw new WorkerFailure(
          "undecodable", "no decoder for " + CodecNames.of(stream.codecpar().codec_id()), true);
    }
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MAX_DECODER_THREADS);
    return PacketDecoder.open(
        codec,
        decoder -> {
          Native.check(
              avcodec_parameters_to_context(decoder, stream.codecpar()),
              "avcodec_parameters_to_context");
          decoder.pkt_timebase(stream.time_base());
          decoder.thread_count(threads);
        });
  }

  /** False at the end, or where nothing more can be read. */
  boolean read(AVPacket packet) throws WorkerFailure {
    deadline.begin();
    int result = av_read_frame(context, packet);
    while (result == avutil.AVERROR_EAGAIN()) {
      result = av_read_frame(context, packet);
    }
    if (result == avutil.AVERROR_EXIT()) {
      throw new WorkerFailure("undecodable", "reading does not come to an end", true);
    }
    return result >= 0;
  }

  /** To a key frame at or before the time, in the stream's own clock; false when it cannot. */
  boolean seek(int index, long pts) {
    deadline.begin();
    return avformat_seek_file(context, index, Long.MIN_VALUE, pts, pts, 0) >= 0;
  }

  /** Adds what only the container says of a picture. */
  void complete(AVFrame frame, int index) throws WorkerFailure {
    AVStream stream = stream(index);
    frame.sample_aspect_ratio(av_guess_sample_aspect_ratio(context, stream, frame));
    if (frame.color_primaries() == avutil.AVCOL_PRI_UNSPECIFIED) {
      frame.color_primaries(stream.codecpar().color_primaries());
    }
    if (frame.color_trc() == avutil.AVCOL_TRC_UNSPECIFIED) {
      frame.color_trc(stream.codecpar().color_trc());
    }
    if (frame.colorspace() == avutil.AVCOL_SPC_UNSPECIFIED) {
      frame.colorspace(stream.codecpar().color_space());
    }
  }

  @Override
  public void close() {
    avformat_close_input(context);
  }
}
